import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../base/random.js";
import { BeamSearch, type BeamSettings } from "./beam-search.js";

const defaults: BeamSettings = {
  beamCount: 2,
  lengthPenalty: 1,
  earlyStopping: false,
  maxNewTokens: 3,
  endTokenCount: 1,
};

/** A model of four tokens: what follows depends on the last token alone. Token 0 ends. */
const followers: Readonly<Record<string, readonly number[]>> = {
  start: [0.05, 0.5, 0.35, 0.1],
  1: [0.1, 0.3, 0.3, 0.3],
  2: [0.8, 0.1, 0.05, 0.05],
  3: [0.4, 0.2, 0.2, 0.2],
};

function search(settings: Partial<BeamSettings>): BeamSearch {
  const all = { ...defaults, ...settings };
  const beams = new BeamSearch(all);
  for (let step = 1; !beams.done; step++) {
    const rows = beams.running.map(({ ids }) => logs(followers[ids.at(-1) ?? "start"]!));
    const next = beams.continuations(rows);
    beams.accept(
      next,
      next.map(({ ids }) => ids.at(-1) === 0 || step === all.maxNewTokens),
    );
  }
  return beams;
}

describe("BeamSearch", () => {
  test("finds what greedy search misses", () => {
    const [best] = search({}).finished;
    assert.deepEqual(best!.ids, [2, 0]);
    assert.ok(Math.abs(best!.score - Math.log(0.35 * 0.8) / 2) < 1e-6);
  });

  test("with enough beams and no penalty for length it is the likeliest of all texts", () => {
    const { finished } = search({ beamCount: 64, lengthPenalty: 0, earlyStopping: "never" });
    const all = everyText([], 0);
    assert.deepEqual(
      finished.slice(0, 10).map(({ score }) => score.toFixed(5)),
      all.slice(0, 10).map((score) => score.toFixed(5)),
    );
  });

  test("scores are sums of log-probabilities over a power of the length, best first", () => {
    for (const lengthPenalty of [0, 0.6, 2])
      for (const { ids, score } of search({ lengthPenalty, beamCount: 3 }).finished)
        assert.ok(Math.abs(score - logProbability(ids) / ids.length ** lengthPenalty) < 1e-5);
    const scores = search({ beamCount: 4 }).finished.map(({ score }) => score);
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
  });

  test("early stopping ends with the first texts that are finished", () => {
    const early = search({ earlyStopping: true, maxNewTokens: 30, lengthPenalty: 4 });
    const late = search({ earlyStopping: "never", maxNewTokens: 30, lengthPenalty: 4 });
    assert.ok(late.finished[0]!.score > early.finished[0]!.score);
    assert.ok(early.finished.every(({ ids }) => ids.length < 10));
  });

  test("beams end where every continuation is forbidden", () => {
    const beams = new BeamSearch(defaults);
    const first = beams.continuations([logs([0, 1, 0, 0])]);
    assert.deepEqual(
      first.map(({ ids }) => ids),
      [[1]],
    );
    beams.accept(first, [false]);
    beams.accept(beams.continuations([logs([0, 0, 0, 0])]), []);
    assert.deepEqual(
      beams.finished.map(({ ids }) => ids),
      [[1]],
    );
    assert.ok(beams.done);
  });

  test("drawn beams follow the seed and the probabilities", () => {
    const firsts = Array.from({ length: 2000 }, (_, seed) => {
      const beams = new BeamSearch({ ...defaults, random: new Random(seed) });
      return beams.continuations([logs(followers["start"]!)])[0]!.ids[0]!;
    });
    for (const [token, probability] of followers["start"]!.entries()) {
      const share = firsts.filter((first) => first === token).length / firsts.length;
      assert.ok(Math.abs(share - probability) < 0.04, `${token}: ${share}`);
    }
    const [one, same] = [1, 1].map((seed) => search({ random: new Random(seed) }).finished);
    assert.deepEqual(one, same);
  });
});

function logs(probabilities: readonly number[]): Float32Array {
  return Float32Array.from(probabilities, Math.log);
}

function logProbability(ids: readonly number[]): number {
  return ids.reduce((sum, id, i) => sum + Math.log(followers[ids[i - 1] ?? "start"]![id]!), 0);
}

/** The log-probabilities of all texts that end within three tokens or are three tokens long, largest first. */
function everyText(ids: readonly number[], sum: number): number[] {
  if (ids.at(-1) === 0 || ids.length === 3) return [sum];
  return followers[ids.at(-1) ?? "start"]!.flatMap((probability, token) =>
    everyText([...ids, token], sum + Math.log(probability)),
  ).sort((a, b) => b - a);
}

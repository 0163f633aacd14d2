import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { assertClose, goldenRuntimes, runOnce } from "../../test/layer-goldens.js";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { float32, int64, Random, type Tensor } from "../base/index.js";
import { gradient, input, leaves, nameOf, negate, sum } from "../engine/index.js";
import { chainLogLikelihood, likeliestTags, tagProbabilities } from "./index.js";

const file = "golden/layers/crf.json";

/** A text whose probabilities were found by trying all paths. */
interface Stored {
  readonly emissions: readonly (readonly number[])[];
  readonly "transitions[from][to]": readonly (readonly number[])[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly tags: readonly number[];
  readonly log_likelihood: number;
  readonly viterbi: readonly number[];
  readonly viterbi_score: number;
  readonly grad_of_negative_log_likelihood: {
    readonly emissions: readonly (readonly number[])[];
    readonly transitions: readonly (readonly number[])[];
    readonly start: readonly number[];
    readonly end: readonly number[];
  };
}

const cases: readonly Stored[] = existsSync(sharedPath(file)) ? sharedJson(file) : [];

const scores = (tagCount: number): ReturnType<typeof input> => input("scores", ["batch", "length", tagCount]);
const tags = input("tags", ["batch", "length"], "int64");
const mask = input("mask", ["batch", "length"], "int64");

function weightsOf(stored: Stored): [string, Tensor][] {
  const tagCount = stored.start.length;
  return [
    ["chain.start", float32([tagCount], stored.start)],
    ["chain.transitions", float32([tagCount, tagCount], stored["transitions[from][to]"].flat())],
    ["chain.end", float32([tagCount], stored.end)],
  ];
}

describe("the tags that a chain finds", () => {
  const [tagCount, length] = [3, 4];
  const random = new Random(8);
  const draw = (count: number): number[] => Array.from({ length: count }, () => random.normal(0, 1.5));
  const free = { start: draw(3), transitions: draw(9), end: draw(3) };
  const emissions = draw(length * tagCount);
  const ruled = {
    ...free,
    start: free.start.with(1, -Infinity),
    transitions: free.transitions.with(2 * tagCount + 1, -Infinity), // tag 1 never follows tag 2
  };

  for (const [what, chain] of [
    ["freely", free],
    ["with tags ruled out", ruled],
  ] as const)
    test(`${what}, the best path and the probabilities are those of trying all paths`, () => {
      const shares = new Float64Array(length * tagCount);
      let [total, best, bestPath] = [0, -Infinity, [] as number[]];
      for (let number = 0; number < tagCount ** length; number++) {
        const path = Array.from({ length }, (_, i) => Math.floor(number / tagCount ** i) % tagCount);
        const score = path.reduce(
          (sum, tag, i) =>
            sum +
            emissions[i * tagCount + tag]! +
            (i === 0 ? chain.start[tag]! : chain.transitions[path[i - 1]! * tagCount + tag]!),
          chain.end[path.at(-1)!]!,
        );
        if (score > best) [best, bestPath] = [score, path];
        total += Math.exp(score);
        path.forEach((tag, i) => {
          shares[i * tagCount + tag]! += Math.exp(score);
        });
      }
      const { tags: found, score } = likeliestTags(emissions, tagCount, chain);
      assert.deepEqual(found, bestPath);
      assert.ok(Math.abs(score - best) < 1e-12);
      tagProbabilities(emissions, tagCount, chain).forEach((probability, i) => {
        assert.ok(Math.abs(probability - shares[i]! / total) < 1e-12, `${i}: ${probability}`);
      });
    });
});

describe("a linear chain of tags", needs(file), () => {
  for (const [number, stored] of cases.entries()) {
    const [length, tagCount] = [stored.emissions.length, stored.start.length];
    const fed = scores(tagCount);
    const likelihood = chainLogLikelihood(fed, tags, mask, "chain");

    for (const runtime of goldenRuntimes)
      test(`likelihood and gradients of ${length} tokens are those of all paths, ${number}, ${runtime.name}`, async () => {
        const parameters = leaves([likelihood], "parameter");
        const outputs = new Map([["likelihood", likelihood]]);
        gradient(negate(sum(likelihood)), [fed, ...parameters]).forEach((dx, i) => {
          if (dx !== undefined) outputs.set(i === 0 ? "emissions" : nameOf(parameters[i - 1]!).slice(6), dx);
        });
        const ones = new Array<number>(length).fill(1);
        const feeds = new Map<string, Tensor>([
          ...weightsOf(stored),
          ["scores", float32([1, length, tagCount], stored.emissions.flat())],
          ["tags", int64([1, length], stored.tags)],
          ["mask", int64([1, length], ones)],
        ]);
        const results = await runOnce(runtime, outputs, feeds);
        assertClose(results.get("likelihood")!, float32([1], [stored.log_likelihood]), "likelihood");
        for (const [name, expected] of Object.entries(stored.grad_of_negative_log_likelihood)) {
          const got = results.get(name)!;
          assertClose(got, float32(got.shape, expected.flat() as number[]), name);
        }
      });

    test(`the likeliest tags of ${length} tokens are those of all paths, ${number}`, () => {
      const chain = {
        start: stored.start,
        transitions: stored["transitions[from][to]"].flat(),
        end: stored.end,
      };
      const { tags: found, score } = likeliestTags(stored.emissions.flat(), tagCount, chain);
      assert.deepEqual(found, stored.viterbi);
      assert.ok(Math.abs(score - stored.viterbi_score) < 1e-5);
    });
  }

  test("padding behind a text changes nothing", async () => {
    const stored = cases.filter(({ start }) => start.length === 3);
    const [first] = stored;
    const length = Math.max(...stored.map(({ emissions }) => emissions.length));
    const rows = <T>(value: (text: Stored, i: number) => T): T[] =>
      stored.flatMap((text) => Array.from({ length }, (_, i) => value(text, i)));
    const likelihood = chainLogLikelihood(scores(3), tags, mask, "chain");
    const run = async (own: readonly Stored[], padded: boolean): Promise<number[]> => {
      const size = padded ? length : own[0]!.emissions.length;
      const cut = <T>(all: readonly T[], per: number): T[] => {
        const at = stored.indexOf(own[0]!) * length * per;
        return padded ? [...all] : all.slice(at, at + size * per);
      };
      const feeds = new Map<string, Tensor>([
        ...weightsOf(first!),
        [
          "scores",
          float32(
            [own.length, size, 3],
            cut(rows((text, i) => [...(text.emissions[i] ?? [9, -9, 9])]).flat(), 3),
          ),
        ],
        [
          "tags",
          int64(
            [own.length, size],
            cut(
              rows((text, i) => text.tags[i] ?? 2),
              1,
            ),
          ),
        ],
        [
          "mask",
          int64(
            [own.length, size],
            cut(
              rows((text, i) => Number(i < text.tags.length)),
              1,
            ),
          ),
        ],
      ]);
      return [
        ...((await runOnce(goldenRuntimes[0]!, new Map([["y", likelihood]]), feeds)).get("y")!
          .data as Float32Array),
      ];
    };
    const together = await run(stored, true);
    for (const [i, text] of stored.entries()) {
      const [alone] = await run([text], false);
      assert.ok(Math.abs(alone! - together[i]!) < 1e-5, `${alone} against ${together[i]}`);
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import type { Stretch } from "../../data/corpus/token-corpus.js";
import type { Network } from "../../models/index.js";
import { wordPieceTokenizer } from "../../tokenizers/index.js";
import { denoising, prefixLm, spanCorruption } from "./index.js";
import type { Noise, ObjectiveSettings, PretrainingProblem } from "./objective.js";
import type { WrittenRow } from "./written-rows.js";

const tokenizer = toyTokenizer();
const corpus = toyCorpus(tokenizer, 30);
const [begin, end] = [tokenizer.special.classification!.id, tokenizer.special.separator!.id];
const maskId = tokenizer.special.mask!.id;

function opened<Opened>(
  objective: { open(context: Parameters<typeof denoising.open>[0]): Opened },
  settings: ObjectiveSettings = {},
  maxLength = 24,
): Opened {
  const decoderInput = (target: readonly number[]): number[] => [0, ...target.slice(0, -1)];
  const network = {} as Network; // not looked at
  return objective.open({ tokenizer, network, settings, rows: { maxLength, endId: end, decoderInput } });
}

/** Source and target of each row of the corpus in a step, without the frame around them. */
function drawn(
  problem: PretrainingProblem<WrittenRow, unknown>,
  step: number,
): { stretch: Stretch; source: number[]; target: number[] }[] {
  const stretches: Stretch[] = [];
  for (let start = 0; start < corpus.tokenCount; start += problem.rowLength)
    stretches.push(corpus.read(start, problem.rowLength));
  const inside = (ids: Int32Array): number[] => {
    assert.deepEqual([ids[0], ids.at(-1)], [begin, end]);
    return [...ids.subarray(1, -1)];
  };
  return problem.redraw!(problem.encode(stretches), 1, step).map(({ stretch, encoding, labels, read }) => {
    assert.deepEqual([...read], [0, ...labels.subarray(0, -1)]);
    return { stretch, source: inside(encoding.ids), target: inside(labels) };
  });
}

describe("span-corruption", () => {
  test("source and target together are the row", () => {
    const problem = opened(spanCorruption, { maskRate: 0.3, spanLength: 2 });
    for (const { stretch, source, target } of drawn(problem, 1)) {
      const isSentinel = (id: number): boolean => tokenizer.idToToken(id)!.startsWith("<extra_id_");
      assert.equal(source.filter(isSentinel).length, target.filter(isSentinel).length);
      const whole = source.flatMap((id) => {
        if (!isSentinel(id)) return [id];
        const rest = target.slice(target.indexOf(id) + 1);
        const stop = rest.findIndex(isSentinel);
        return stop < 0 ? rest : rest.slice(0, stop);
      });
      assert.deepEqual(whole, [...stretch.ids]);
    }
  });

  test("needs as many sentinels as a row has spans", () => {
    assert.throws(() => opened(spanCorruption, {}, 300), /expected 17 sentinels .*, the tokenizer has 8/);
  });

  test("a row of one token teaches nothing, and stops no step", () => {
    const problem = opened(spanCorruption);
    const items = problem.redraw!(problem.encode([corpus.read(0, 1)]), 1, 1);
    assert.equal(problem.weightOf(items), 0);
    const weights = problem.targets(items, 3, 1).get("weights")!.data;
    assert.deepEqual(Array.from(weights, Number), [0]);
  });
});

describe("prefix-lm", () => {
  test("the row goes on in the target where the source ends", () => {
    for (const { stretch, source, target } of drawn(opened(prefixLm), 1)) {
      assert.ok(source.length > 0 && target.length > 0);
      assert.deepEqual([...source, ...target], [...stretch.ids]);
    }
  });
});

describe("denoising", () => {
  const sorted = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b);
  const sources = (noise: readonly Noise[]): { source: number[]; whole: number[] }[] =>
    drawn(opened(denoising, { noise }), 1).map(({ stretch, source, target }) => {
      assert.deepEqual(target, [...stretch.ids], "the row is written as it was");
      return { source, whole: target };
    });

  test("each damage does what it says", () => {
    const changed = (rows: ReturnType<typeof sources>): number =>
      rows.filter(({ source, whole }) => source.join() !== whole.join()).length;
    for (const noise of ["mask", "delete", "infill", "permute", "rotate"] as const)
      assert.ok(changed(sources([noise])) > 3, noise);
    for (const { source, whole } of sources(["mask"]))
      source.forEach((id, i) => {
        assert.ok(id === whole[i] || id === maskId);
      });
    for (const { source, whole } of sources(["delete"]))
      assert.ok(source.length <= whole.length && !source.includes(maskId));
    for (const { source, whole } of sources(["rotate"]))
      assert.ok([...whole, ...whole].join().includes(source.join()));
    for (const { source, whole } of sources(["permute"])) assert.deepEqual(sorted(source), sorted(whole));
    assert.ok(sources(["infill"]).some(({ source }) => source.includes(maskId)));
  });

  test("sentences change places within their document", () => {
    const problem = opened(denoising, { noise: ["permute"] });
    const { ids } = corpus.read(0, 22); // two sentences of the first document, and of the second two and a half
    const seen = new Set<string>();
    for (let step = 1; step < 9; step++) {
      const [item] = problem.redraw!(problem.encode([corpus.read(0, 22)]), 1, step);
      const source = item!.encoding.ids.subarray(1, -1);
      for (const [start, stop] of [
        [0, 10],
        [10, 22],
      ] as const)
        assert.deepEqual(sorted(source.subarray(start, stop)), sorted(ids.subarray(start, stop)));
      seen.add(source.join());
    }
    assert.ok(seen.size > 1);
  });

  test("without a mask token only damages that need none; no damage at all is an error", () => {
    const plain = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"]);
    const open = (noise: readonly Noise[]) =>
      denoising.open({
        tokenizer: plain,
        network: {} as Network,
        settings: { noise },
        rows: { maxLength: 24, decoderInput: (target) => target },
      });
    assert.throws(() => open(["infill"]), /with a mask token/);
    assert.doesNotThrow(() => open(["delete", "rotate"]));
    assert.throws(() => open([]), /expected one of permute, mask/);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runOnce } from "../../../test/layer-goldens.js";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import { int64, Random, type Tensor } from "../../base/index.js";
import type { Stretch } from "../../data/corpus/token-corpus.js";
import { leaves, nameOf, referenceRuntime } from "../../engine/index.js";
import { architectureOf, isBeside, matchWeights, type Network } from "../../models/index.js";
import { forInference } from "../../nn/index.js";
import { nextSentence, sentenceOrder } from "./index.js";
import type { Objective } from "./objective.js";
import type { PairGuesses, PairRow } from "./sentence-pairs.js";
import { framed, textFrame } from "./text-frame.js";

const tokenizer = toyTokenizer();
const corpus = toyCorpus(tokenizer, 30);
const [begin, end] = [tokenizer.special.classification!.id, tokenizer.special.separator!.id];
const rowLength = 21;

function opened(objective: Objective<PairRow, PairGuesses>, settings = {}) {
  const problem = objective.open({
    tokenizer,
    network: {} as Network, // not looked at
    settings,
    rows: { maxLength: rowLength + 3 },
  });
  assert.equal(problem.rowLength, rowLength);
  return problem;
}

const stretches: Stretch[] = [];
for (let start = 0; start < corpus.tokenCount; start += rowLength)
  stretches.push(corpus.read(start, rowLength));

/** The two stretches of a pair, without special tokens, as they were before anything was hidden. */
function sides({ original, encoding: { typeIds } }: PairRow): [number[], number[]] {
  const side = (type: number): number[] =>
    [...original].filter((id, i) => typeIds[i] === type && id !== begin && id !== end);
  return [side(0), side(1)];
}

describe("rows of pairs", () => {
  test("stand in the tokenizer's frame of a pair, the second of type 1; hidden tokens are of both", () => {
    const problem = opened(nextSentence);
    const seen = [0, 0];
    for (let step = 1; step <= 10; step++)
      for (const item of problem.redraw!(problem.encode(stretches), 1, step)) {
        const { original, wordIds, encoding, places, label } = item;
        assert.ok(original.length <= rowLength + 3);
        assert.equal(original[0], begin);
        const [first, second] = sides(item);
        const middle = second.length === 0 ? [] : [...second, end];
        assert.deepEqual([...original], [begin, ...first, end, ...middle]);
        assert.equal(
          encoding.typeIds.reduce((a, b) => a + b, 0),
          middle.length,
        );
        for (const place of places) seen[encoding.typeIds[place]!]!++;
        const words = [...wordIds].filter((word) => word >= 0);
        assert.deepEqual(
          words,
          [...words.keys()],
          "each letter is a word of its own, whichever side it is on",
        );
        if (second.length === 0) assert.equal(label, undefined);
      }
    assert.ok(seen[0]! > 0 && seen[1]! > 0);
  });

  test("next sentence: what does not follow is of another document, about half of the pairs", () => {
    const problem = opened(nextSentence);
    const counts = { follows: 0, strange: 0, untold: 0 };
    for (let step = 1; step <= 20; step++) {
      const rows = problem.encode(stretches);
      for (const [i, item] of problem.redraw!(rows, 1, step).entries()) {
        const [first, second] = sides(item);
        const whole = [...stretches[i]!.ids];
        const within = (part: readonly number[]): boolean =>
          whole.some((_, start) => part.every((id, k) => whole[start + k] === id));
        assert.ok(within(first));
        if (item.label === 0) assert.ok(within(second));
        counts[item.label === undefined ? "untold" : item.label === 0 ? "follows" : "strange"]++;
        if (item.label !== undefined) assert.ok(first.length > 0 && second.length > 0);
      }
    }
    const told = counts.follows + counts.strange;
    assert.ok(Math.abs(counts.strange / told - 0.5) < 0.08, JSON.stringify(counts));
    assert.ok(counts.untold < told / 4, JSON.stringify(counts));
  });

  test("next sentence: rows of one document have nothing strange among them, and are not told", () => {
    const problem = opened(nextSentence);
    const rows = problem.encode([corpus.read(0, 10), corpus.read(0, 10)]);
    assert.deepEqual(
      problem.redraw!(rows, 1, 1).map(({ label }) => label),
      [undefined, undefined],
    );
    const other = problem.encode([corpus.read(0, 10), corpus.read(60, 10)]);
    for (const { label } of problem.redraw!(other, 1, 1)) assert.notEqual(label, undefined);
  });

  test("sentence order: the stretches of a row, one way or the other", () => {
    const problem = opened(sentenceOrder);
    // rows that fit, so that nothing is cut off but by the tenth that is made shorter
    const rows = problem.encode(stretches);
    let [whole, told] = [0, 0];
    for (const [i, item] of problem.redraw!(rows, 1, 1).entries()) {
      if (item.label === undefined) continue;
      const [first, second] = sides(item);
      const inOrder = item.label === 0 ? [...first, ...second] : [...second, ...first];
      told++;
      whole += Number(inOrder.join() === stretches[i]!.ids.join());
    }
    assert.ok(told > 10 && whole > 0.75 * told, `${whole} of ${told}`);
  });

  test("each loss is a mean of its own, whatever the micro-batches; a weight turns the relation up or down", () => {
    const problem = opened(nextSentence, { pairWeight: 3 });
    const items = problem.redraw!(problem.encode(stretches), 1, 1);
    const [total, further] = [problem.weightOf(items), problem.furtherWeightsOf!(items)];
    const sums = [0, 0];
    for (const part of [items.slice(0, 5), items.slice(5)]) {
      const feeds = problem.targets(part, rowLength + 3, total, further);
      ["weights", "pairWeights"].forEach((name, i) => {
        for (const weight of feeds.get(name)!.data as Float32Array) sums[i]! += weight;
      });
    }
    assert.ok(Math.abs(sums[0]! - 1) < 1e-5 && Math.abs(sums[1]! - 3) < 1e-5, sums.join());
  });

  test("a tokenizer without a mask is refused", () => {
    const plain = { ...tokenizer, special: { ...tokenizer.special, mask: undefined } } as typeof tokenizer;
    assert.throws(
      () =>
        nextSentence.open({
          tokenizer: plain,
          network: {} as Network,
          settings: {},
          rows: { maxLength: 24 },
        }),
      /with a mask token/,
    );
  });
});

describe("a model without the head of pairs", () => {
  const config = {
    ...{ model_type: "bert", vocab_size: tokenizer.vocabularySize, hidden_size: 8, num_hidden_layers: 1 },
    ...{ num_attention_heads: 2, intermediate_size: 12, max_position_embeddings: 24, initializer_range: 0.5 },
  };
  const architecture = architectureOf(config, "config");
  const network = architecture.readConfig(config, "config");
  const context = { tokenizer, network, settings: { pairWeight: 2 }, rows: { maxLength: rowLength + 3 } };
  /** What the head is called that BERT has itself. */
  const published = (name: string): string =>
    name.replace(/^beside\.pairs\.pooler/, "pooler").replace(/^beside\.pairs\.relation/, "nextSentence");

  test("has BERT's beside it: the same loss from the same weights; it is saved without", async () => {
    const losses: number[] = [];
    const weights = new Map<string, Tensor>();
    for (const head of ["pre-training", "masked-lm"] as const) {
      const problem = nextSentence.open({ ...context, head });
      assert.equal(problem.beside, head === "masked-lm" ? "the head of pairs" : undefined);
      const outputs = (problem.network ?? network).build(problem.head, 0, problem.inputs!(), forInference());
      const loss = problem.loss(outputs, false);
      const parameters = leaves([loss], "parameter");
      assert.equal(
        parameters.filter((value) => isBeside(nameOf(value))).length,
        head === "masked-lm" ? 4 : 0,
      );
      if (head === "pre-training")
        for (const [name, tensor] of matchWeights(architecture, parameters, new Map(), new Random(1), "")
          .weights)
          weights.set(name, tensor);
      const items = problem.redraw!(problem.encode(stretches), 1, 1);
      const length = rowLength + 3;
      const padded = (rows: readonly Int32Array[]): Tensor =>
        int64(
          [rows.length, length],
          rows.flatMap((row) => Array.from({ length }, (_, i) => row[i] ?? 0)),
        );
      const encodings = items.map(({ encoding }) => encoding);
      const feeds = new Map<string, Tensor>([
        ["ids", padded(encodings.map(({ ids }) => ids))],
        ["mask", padded(encodings.map(({ ids }) => new Int32Array(ids.length).fill(1)))],
        ["typeIds", padded(encodings.map(({ typeIds }) => typeIds))],
        ...problem.targets(items, length, problem.weightOf(items), problem.furtherWeightsOf!(items)),
        ...parameters.map((value) => [nameOf(value), weights.get(published(nameOf(value)))!] as const),
      ]);
      const ran = await runOnce(referenceRuntime(), new Map([["loss", loss]]), feeds);
      losses.push(Number(ran.get("loss")!.data[0]));
    }
    assert.ok(losses[0]! > 1);
    assert.equal(losses[1], losses[0]);
  });
});

describe("frames", () => {
  test("are those of the tokenizer's own encodings", () => {
    const text = { ids: Int32Array.of(5, 6), words: Int32Array.of(7, 8) };
    const one = framed(textFrame(tokenizer, 1), [text]);
    assert.deepEqual(
      [[...one.ids], [...one.wordIds]],
      [
        [begin, 5, 6, end],
        [-1, 0, 1, -1],
      ],
    );
    const pair = framed(textFrame(tokenizer, 2), [text, text]);
    assert.deepEqual([...pair.ids], [...tokenizer.encode("a b", { pair: "a b" }).ids]);
    assert.deepEqual([...pair.typeIds], [...tokenizer.encode("a b", { pair: "a b" }).typeIds]);
    assert.deepEqual([...pair.wordIds], [-1, 0, 1, -1, 2, 3, -1]);
  });
});

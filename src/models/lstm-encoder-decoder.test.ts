import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertClose, goldenRuntimes, runOnce } from "../../test/layer-goldens.js";
import { float32, int64, Random, sizeOf, type Tensor, toNumbers } from "../base/index.js";
import { leaves, nameOf, type Value } from "../engine/index.js";
import { forInference, forTraining } from "../nn/index.js";
import { modelInputs, stepInputs } from "./index.js";
import { lstmEncoderDecoder } from "./lstm-encoder-decoder.js";

const config = {
  ...{ vocab_size: 11, hidden_size: 6, embedding_size: 4, num_hidden_layers: 2 },
  ...{ decoder_start_token_id: 1, pad_token_id: 0 },
};
const types = ["bahdanau", "luong-dot", "luong-general", "luong-concat"];
const sources = [
  [5, 3, 9, 7],
  [4, 8],
];
const targets = [
  [6, 2, 10],
  [3, 7, 5],
];

describe("a recurrent encoder-decoder", () => {
  for (const type of types)
    for (const runtime of goldenRuntimes)
      test(`writes step by step what its graph says at once: ${type}, ${runtime.name}`, async () => {
        const network = lstmEncoderDecoder.readConfig({ ...config, attention_type: type }, "config.json");
        const inputs = modelInputs("sequence-to-sequence");
        const { heads } = network.build("sequence-to-sequence", 0, inputs, forInference());
        const logits = heads.get("logits")!;
        const weights = randomWeights([logits]);
        const read = targets.map((target) => network.decoderInput!(target));
        assert.deepEqual(read, [
          [1, 6, 2],
          [1, 3, 7],
        ]);
        const source = sourceFeeds();
        const whole = await runOnce(
          runtime,
          new Map([["logits", logits]]),
          new Map([...weights, ...source, ["decoderIds", int64([2, 3], read.flat())]]),
        );

        const start = await runOnce(
          runtime,
          network.decoder!.start!(inputs),
          new Map([...weights, ...source]),
        );
        const { logits: next, state } = network.decoder!.step(stepInputs());
        const outputs = new Map([
          ["logits", next],
          ...state.map(({ name, output }) => [`new:${name}`, output] as const),
        ]);
        const carried = new Map(state.map(({ name }) => [name, start.get(name)!]));
        const constants = ["source.memory", "source.mask"].map((name) => [name, start.get(name)!] as const);
        const got: number[][] = [[], []];
        // the first step takes two tokens, the second text's padded in front
        const steps = [
          {
            ids: [
              [0, 1],
              [1, 3],
            ],
            mask: [
              [0, 1],
              [1, 1],
            ],
            counts: [1, 2],
          },
          {
            ids: [[6], [7]],
            mask: [
              [0, 1, 1],
              [1, 1, 1],
            ],
            counts: [1, 1],
          },
          {
            ids: [[2], [0]],
            mask: [
              [0, 1, 1, 1],
              [1, 1, 1, 0],
            ],
            counts: [1, 0],
          },
        ];
        for (const { ids, mask, counts } of steps) {
          const results = await runOnce(
            runtime,
            outputs,
            new Map([
              ...weights,
              ...constants,
              ...carried,
              ["ids", int64([2, ids[0]!.length], ids.flat())],
              ["mask", int64([2, mask[0]!.length], mask.flat())],
            ]),
          );
          for (const { name } of state) carried.set(name, results.get(`new:${name}`)!);
          const scores = toNumbers("float32", Float32Array.from(results.get("logits")!.data as Float32Array));
          for (const [i, row] of got.entries())
            if (counts[i]! > 0) row.push(...scores.slice(11 * i, 11 * (i + 1)));
        }
        const expected = whole.get("logits")!.data as Float32Array;
        assertClose(
          float32([3, 11], got[0]!),
          float32([3, 11], Float32Array.from(expected.slice(0, 33))),
          "first text",
        );
        // the second text's first scores came within a step
        assertClose(
          float32([2, 11], got[1]!),
          float32([2, 11], Float32Array.from(expected.slice(44, 66))),
          "second text",
        );
      });

  test("what it attends to is an output: weights that add up to 1, none of them at padding", async () => {
    for (const type of types) {
      const network = lstmEncoderDecoder.readConfig({ ...config, attention_type: type }, "config.json");
      const inputs = modelInputs("sequence-to-sequence");
      const { crossAttentions } = network.build("sequence-to-sequence", 0, inputs, forInference());
      const [seen] = crossAttentions!;
      const feeds = new Map([
        ...randomWeights([seen!]),
        ...sourceFeeds(),
        ["decoderIds", int64([2, 3], [1, 6, 2, 1, 3, 7])] as const,
      ]);
      const { data, shape } = (await runOnce(goldenRuntimes[0]!, new Map([["seen", seen!]]), feeds)).get(
        "seen",
      )!;
      assert.deepEqual([...shape], [2, 1, 3, 4]);
      const weights = Array.from(data as Float32Array);
      for (let row = 0; row < 6; row++) {
        const own = weights.slice(4 * row, 4 * (row + 1));
        assert.ok(Math.abs(own.reduce((a, b) => a + b) - 1) < 1e-6);
        assert.ok(own.slice(row < 3 ? 4 : 2).every((weight) => weight === 0));
      }
    }
  });

  test("dropout is drawn anew for each step, also where attention comes first", () => {
    for (const type of types) {
      const network = lstmEncoderDecoder.readConfig({ ...config, attention_type: type, dropout: 0.5 }, "c");
      const inputs = modelInputs("sequence-to-sequence");
      const { heads } = network.build("sequence-to-sequence", 0, inputs, forTraining());
      const masks = leaves([heads.get("logits")!], "input").filter(({ dtype }) => dtype === "uint8");
      const shapes = masks.map(({ shape }) => shape.join());
      assert.deepEqual(shapes.sort(), [
        "batch*target,6",
        "batch,sequence,4",
        "batch,target,4",
        "sequence,batch,6",
        "target,batch,6",
      ]);
    }
  });

  test("a score that is not known is refused", () => {
    assert.throws(
      () => lstmEncoderDecoder.readConfig({ ...config, attention_type: "luong" }, "c"),
      /attention_type: expected one of bahdanau, luong-dot/,
    );
  });
});

function sourceFeeds(): Map<string, Tensor> {
  const filled = sources.map((row) => Array.from({ length: 4 }, (_, i) => row[i] ?? 0));
  const mask = sources.map((row) => Array.from({ length: 4 }, (_, i) => Number(i < row.length)));
  return new Map([
    ["ids", int64([2, 4], filled.flat())],
    ["mask", int64([2, 4], mask.flat())],
  ]);
}

function randomWeights(values: readonly Value[]): Map<string, Tensor> {
  const random = new Random(3);
  return new Map(
    leaves(values, "parameter").map((value) => {
      const shape = value.shape as number[];
      const draws = random.fork(nameOf(value));
      return [
        nameOf(value),
        float32(
          shape,
          Array.from({ length: sizeOf(shape) }, () => draws.normal(0, 0.5)),
        ),
      ];
    }),
  );
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertClose, goldenRuntimes, runOnce } from "../../test/layer-goldens.js";
import { float32, int64, Random, sizeOf, type Tensor } from "../base/index.js";
import {
  gradient,
  input,
  leaves,
  multiply,
  nameOf,
  recomputedGradient,
  sum,
  type Value,
} from "../engine/index.js";
import { forInference } from "../nn/index.js";
import { type ModelOutputs, modelInputs } from "./index.js";
import { lstmLm } from "./lstm-lm.js";

const config = { vocab_size: 11, hidden_size: 5, embedding_size: 4, num_hidden_layers: 2, cell_type: "lstm" };
const network = lstmLm.readConfig(config, "config.json");

function build(carriesState: boolean): ModelOutputs {
  return network.build("causal-lm", 0, { ...modelInputs("causal-lm"), carriesState }, forInference());
}

function randomFeeds(values: readonly Value[]): Map<string, Tensor> {
  const random = new Random(3);
  return new Map(
    leaves(values, "parameter").map((value) => {
      const shape = value.shape as number[];
      return [
        nameOf(value),
        float32(
          shape,
          Array.from({ length: sizeOf(shape) }, () => random.normal(0, 0.5)),
        ),
      ];
    }),
  );
}

describe("a recurrent language model that carries its state", () => {
  const text = [3, 7, 1, 10, 4, 8, 2, 9];
  const ids = (rows: readonly (readonly number[])[]): Tensor =>
    int64([rows.length, rows[0]!.length], rows.flat());

  test("gives for a text in parts what it gives for the whole", async () => {
    const [whole, part] = [build(false), build(true)];
    assert.equal(whole.state, undefined);
    assert.deepEqual(
      part.state!.map(({ name, kind }) => [name, kind]),
      ["layers.0.hidden", "layers.0.cell", "layers.1.hidden", "layers.1.cell"].map((name) => [
        name,
        "carried",
      ]),
    );
    for (const runtime of goldenRuntimes) {
      const logits = whole.heads.get("logits")!;
      const feeds = randomFeeds([logits]);
      const rows = [text, [...text].reverse()];
      const expected = await runOnce(
        runtime,
        new Map([["logits", logits]]),
        new Map([...feeds, ["ids", ids(rows)]]),
      );
      const outputs = new Map([
        ["logits", part.heads.get("logits")!],
        ...part.state!.map(({ name, output }) => [`new:${name}`, output] as const),
      ]);
      let state = part.state!.map(({ name }) => [name, float32([2, 5], new Float32Array(10))] as const);
      const got: number[][] = [[], []];
      for (const [start, end] of [
        [0, 3],
        [3, 4],
        [4, 8],
      ] as const) {
        const own = ids(rows.map((row) => row.slice(start, end)));
        const results = await runOnce(runtime, outputs, new Map([...feeds, ...state, ["ids", own]]));
        const { data } = results.get("logits")!;
        const half = data.length / 2;
        for (const [i, row] of got.entries())
          row.push(...(data as Float32Array).slice(i * half, (i + 1) * half));
        state = state.map(([name]) => [name, inSinglePrecision(results.get(`new:${name}`)!)] as const);
      }
      assertClose(float32([2, 8, 11], got.flat()), expected.get("logits")!, "logits");
    }
  });

  test("lets nothing flow back beyond the part", () => {
    const { heads, state } = build(true);
    const loss = sum(multiply(heads.get("logits")!, heads.get("logits")!));
    // what flows to the state is known, so a longer memory is a choice of who trains; ids of earlier parts are not in the graph
    const names = new Set(leaves([loss], "input").map(nameOf));
    assert.deepEqual([...names].sort(), ["ids", ...state!.map(({ name }) => name)].sort());
    for (const dx of gradient(
      loss,
      state!.map(({ input: fed }) => fed),
    ))
      assert.notEqual(dx, undefined);
  });
});

describe("a recurrent language model", () => {
  test("scores chosen rows alone, where they are given", async () => {
    const whole = build(false).heads.get("logits")!;
    const inputs = { ...modelInputs("causal-lm"), predictedRows: input("rows", ["predicted"], "int64") };
    const chosen = network.build("causal-lm", 0, inputs, forInference()).heads.get("logits")!;
    const feeds = randomFeeds([whole])
      .set("ids", int64([2, 3], [1, 2, 3, 4, 5, 6]))
      .set("rows", int64([2], [1, 5]));
    const results = await runOnce(
      goldenRuntimes[0]!,
      new Map([
        ["whole", whole],
        ["chosen", chosen],
      ]),
      feeds,
    );
    const expected = (results.get("whole")!.data as Float32Array).slice(11, 22);
    assertClose(
      float32([1, 11], (results.get("chosen")!.data as Float32Array).slice(0, 11)),
      float32([1, 11], expected),
      "row 1",
    );
    assert.deepEqual([...results.get("chosen")!.shape], [2, 11]);
  });

  test("an output matrix that is the table of embeddings is one parameter with it", () => {
    const tied = lstmLm.readConfig(
      { ...config, embedding_size: 5, tie_word_embeddings: true },
      "config.json",
    );
    const { heads } = tied.build("causal-lm", 0, modelInputs("causal-lm"), forInference());
    const names = leaves([heads.get("logits")!], "parameter").map(nameOf);
    assert.ok(names.includes("embeddings.weight") && !names.includes("prediction.weight"));
    assert.throws(
      () => lstmLm.readConfig({ ...config, tie_word_embeddings: true }, "config.json"),
      /config\.json: embedding_size: expected hidden_size \(5\), got 4/,
    );
  });

  test("gradient checkpointing between its layers gives the same gradients", async () => {
    const { heads, boundaries } = build(false);
    const logits = heads.get("logits")!;
    const loss = sum(multiply(logits, logits));
    const parameters = leaves([loss], "parameter");
    assert.equal(boundaries.length, 3); // around both layers
    const named = (kind: string, gradients: readonly (Value | undefined)[]): [string, Value][] =>
      gradients.map((dx, i) => [`${kind} ${nameOf(parameters[i]!)}`, dx!]);
    const outputs = new Map([
      ...named("kept", gradient(loss, parameters)),
      ...named("recomputed", recomputedGradient(loss, parameters, boundaries)),
    ]);
    const feeds = randomFeeds([loss]).set("ids", int64([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]));
    const results = await runOnce(goldenRuntimes[0]!, outputs, feeds);
    for (const name of parameters.map(nameOf))
      assertClose(results.get(`recomputed ${name}`)!, results.get(`kept ${name}`)!, name);
  });

  test("a cell that is not known is refused", () => {
    assert.throws(
      () => lstmLm.readConfig({ ...config, cell_type: "lstn" }, "c"),
      /cell_type: expected one of lstm, gru/,
    );
  });
});

function inSinglePrecision(tensor: Tensor): Tensor<"float32"> {
  return float32(tensor.shape, Float32Array.from(tensor.data as Float64Array));
}

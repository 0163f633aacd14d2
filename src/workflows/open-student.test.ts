import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { writeTinyFamily } from "../../test/end-to-end/tiny-families.js";
import { temporaryFolder, tinyTokenizer, writeTinyModel } from "../../test/end-to-end/tiny-model.js";
import { leaves } from "../engine/index.js";
import { modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { type OpenModel, openModel } from "./open-model.js";
import { keptLayers, openStudent } from "./open-student.js";
import { loadWeights } from "./session.js";

const config = { num_hidden_layers: 4, hidden_size: 8, intermediate_size: 12, num_attention_heads: 2 };

async function teacherIn(context: TestContext): Promise<{ folder: string; teacher: OpenModel }> {
  const folder = await temporaryFolder(context);
  return { folder, teacher: await openModel(await writeTinyModel(folder, { config })) };
}

async function weightsOf(model: OpenModel): ReturnType<typeof loadWeights> {
  const { heads } = model.network.build("masked-lm", 0, modelInputs("masked-lm"), forInference());
  return loadWeights(model, leaves([...heads.values()], "parameter"), 0);
}

describe("keptLayers", () => {
  test("are spread evenly, from the first on", () => {
    assert.deepEqual(keptLayers(12, 6), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(keptLayers(12, 4), [0, 3, 6, 9]);
    assert.deepEqual(keptLayers(5, 2), [0, 2]);
    assert.deepEqual(keptLayers(2, 2), [0, 1]);
  });
});

describe("openStudent", () => {
  test("half of the teacher's layers, and all that stands around them", async (context) => {
    const { teacher } = await teacherIn(context);
    const student = await openStudent(teacher, tinyTokenizer(), "masked-lm", {});
    assert.equal(student.network.layerCount, 2);
    assert.equal(student.config["num_hidden_layers"], 2);
    const [own, given] = [await weightsOf(student), await weightsOf(teacher)];
    const drawn = new Set(given.newParameters); // the tiny checkpoint has no head
    assert.deepEqual(own.newParameters, given.newParameters);
    for (const [name, tensor] of own.weights) {
      if (drawn.has(name)) continue;
      const from = name.replace(/^layers\.(\d+)/, (_, layer) => `layers.${2 * Number(layer)}`);
      assert.deepEqual(tensor, given.weights.get(from), name);
    }
  });

  test("what config.json says of each layer goes with the layers that are kept", async (context) => {
    const types = ["full_attention", "sliding_attention", "full_attention", "full_attention"];
    const changes = { num_hidden_layers: 4, layer_types: types };
    const folder = await writeTinyFamily(await temporaryFolder(context), "modernbert", changes);
    const teacher = await openModel(folder);
    const student = await openStudent(teacher, tinyTokenizer(), "masked-lm", { layerCount: 3 });
    assert.deepEqual(student.config["layer_types"], [types[0], types[1], types[2]]);
    const half = await openStudent(teacher, tinyTokenizer(), "masked-lm", {});
    assert.deepEqual(half.config["layer_types"], [types[0], types[2]]);
    const [own, given] = [await weightsOf(half), await weightsOf(teacher)];
    const name = (layer: number): string => `layers.${layer}.attention.input.weight`;
    assert.deepEqual(own.weights.get(name(1)), given.weights.get(name(2)));
  });

  test("of another family and width, with what fits", async (context) => {
    const { folder, teacher } = await teacherIn(context);
    const path = join(folder, "student.json");
    const other = { model_type: "distilbert", dim: 8, n_layers: 1, n_heads: 2, hidden_dim: 20 };
    await writeFile(path, JSON.stringify({ ...other, max_position_embeddings: 48 }));
    const student = await openStudent(teacher, tinyTokenizer(), "masked-lm", { architecture: path });
    const [own, given] = [await weightsOf(student), await weightsOf(teacher)];
    const isDrawn = (name: string): boolean => own.newParameters.includes(name);
    for (const name of ["embeddings.word.weight", "layers.0.attention.query.weight"])
      assert.deepEqual(own.weights.get(name), given.weights.get(name), name);
    assert.ok(isDrawn("layers.0.feedForward.inner.weight"), "its feed-forward is wider");
  });

  test("more layers than the teacher has are refused, and layers beside an architecture", async (context) => {
    const { teacher } = await teacherIn(context);
    await assert.rejects(openStudent(teacher, tinyTokenizer(), "masked-lm", { layerCount: 5 }), {
      message: "--student-layers: expected at most 4, the layers of the teacher, got 5",
    });
    await assert.rejects(
      openStudent(teacher, tinyTokenizer(), "masked-lm", { layerCount: 1, architecture: "x.json" }),
      /--student-layers: expected to be left out where --architecture says all of it/,
    );
  });
});

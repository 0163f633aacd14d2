import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder, tinyTokenizer, writeTinyModel } from "../../test/end-to-end/tiny-model.js";
import { leaves } from "../engine/index.js";
import { modelInputs } from "../models/index.js";
import { forTraining } from "../nn/index.js";
import { openArchitecture } from "./open-architecture.js";
import { type OpenModel, openModel } from "./open-model.js";
import { openStudent } from "./open-student.js";

const config = { model_type: "bert", num_hidden_layers: 2, hidden_size: 8, num_attention_heads: 2 };
const rates = { hidden_dropout_prob: 0.2, attention_probs_dropout_prob: 0.3 };

function dropouts(model: OpenModel): number {
  const { heads } = model.network.build("masked-lm", 0, modelInputs("masked-lm"), forTraining());
  return leaves([...heads.values()], "input").filter(({ source }) => source.kind === "input" && source.mask)
    .length;
}

test("a run's rate of dropout is the network's, and config.json keeps its own", async (context) => {
  const folder = await temporaryFolder(context);
  const saved = await writeTinyModel(folder, { config: { ...config, ...rates } });
  const described = join(folder, "architecture.json");
  await writeFile(described, JSON.stringify({ ...config, ...rates, intermediate_size: 12 }));
  const tokenizer = tinyTokenizer();
  assert.ok(dropouts(await openModel(saved)) > 0);
  const teacher = await openModel(saved, { changes: { dropout: 0 } });
  for (const model of [
    teacher,
    await openArchitecture(described, { changes: { tokenizer, dropout: 0 } }),
    await openStudent(await openModel(saved), tokenizer, "masked-lm", { dropout: 0 }),
    await openStudent(teacher, tokenizer, "masked-lm", { architecture: described, dropout: 0 }),
  ]) {
    assert.equal(dropouts(model), 0, model.name);
    for (const [name, rate] of Object.entries(rates)) assert.equal(model.config[name], rate, name);
    assert.equal(model.config["classifier_dropout"], undefined);
  }
});

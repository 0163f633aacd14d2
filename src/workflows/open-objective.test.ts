import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder, tinyTokenizer } from "../../test/end-to-end/tiny-model.js";
import type { JsonObject } from "../base/index.js";
import { presets } from "../models/presets.js";
import { openArchitecture } from "./open-architecture.js";
import { openObjective } from "./open-objective.js";

describe("the objective where none is named", () => {
  const cases: readonly (readonly [preset: string, changes: JsonObject, expected: string])[] = [
    ["bert-tiny", {}, "masked-lm"],
    ["bert-tiny", { architectures: ["BertForPreTraining"] }, "masked-lm"],
    ["gpt2-tiny", {}, "causal-lm"],
    ["xlnet-mini", {}, "permutation-lm"],
    ["t5-mini", {}, "span-corruption"],
    ["bart-mini", {}, "denoising"],
    ["bart-mini", { architectures: ["BartForSequenceClassification"] }, "denoising"],
    ["bart-mini", { model_type: "mbart" }, "denoising"],
    ["electra-mini", {}, "replaced-tokens"],
    ["electra-mini", { architectures: ["ElectraForPreTraining"] }, "replaced-tokens"],
    ["electra-mini", { architectures: ["ElectraForMaskedLM"] }, "masked-lm"],
  ];
  for (const [preset, changes, expected] of cases)
    test(`${preset} ${JSON.stringify(changes)}: ${expected}`, async (t) => {
      const path = join(await temporaryFolder(t), "config.json");
      await writeFile(path, JSON.stringify({ ...presets[preset], ...changes, eos_token_id: 3 }));
      const tokenizer = tinyTokenizer();
      tokenizer.addTokens(
        Array.from({ length: 100 }, (_, i) => `<extra_id_${i}>`),
        { special: true },
      );
      const model = await openArchitecture(path, { changes: { tokenizer } });
      assert.equal(openObjective({}, model, tokenizer).objective.name, expected);
    });
});

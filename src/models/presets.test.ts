import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sizeOf } from "../base/index.js";
import { leaves } from "../engine/index.js";
import { forInference } from "../nn/index.js";
import { architectureOf, type Head, modelInputs } from "./index.js";
import { presetOf, presets, unknownPreset } from "./presets.js";

/** Parameters of transformers' models of these sizes (5.23, by its classes for these heads and their usual vocabularies). */
const published: Readonly<Record<string, readonly [head: Head, vocabularySize: number, count: number]>> = {
  "bert-tiny": ["none", 30522, 4_385_920],
  "bert-mini": ["none", 30522, 11_170_560],
  "bert-small": ["none", 30522, 28_763_648],
  "bert-medium": ["none", 30522, 41_373_184],
  "bert-base": ["none", 30522, 109_482_240],
  "roberta-base": ["masked-lm", 50265, 124_697_433],
  "albert-base": ["masked-lm", 30000, 11_221_680],
  "electra-small": ["replaced-tokens", 30522, 13_549_057],
  "electra-base": ["replaced-tokens", 30522, 109_483_009],
  "modernbert-base": ["masked-lm", 50368, 149_655_232],
  "gpt2-small": ["causal-lm", 50257, 124_439_808],
  "gpt2-medium": ["causal-lm", 50257, 354_823_168],
  "t5-small": ["sequence-to-sequence", 32128, 60_506_624],
  "t5-base": ["sequence-to-sequence", 32128, 222_903_552],
  "bart-base": ["sequence-to-sequence", 50265, 139_420_416 + 50_265], // with the bias that Python holds as a buffer
};

describe("presets", () => {
  for (const [name, config] of Object.entries(presets))
    test(`${name} is a model that can be built`, () => {
      const [head, vocabularySize, count] = published[name] ?? [undefined, 1000, undefined];
      const architecture = architectureOf(config, name);
      const network = architecture.readConfig({ vocab_size: vocabularySize, ...config }, name);
      const built = head ?? [...architecture.classNames.keys()].find((other) => other.endsWith("-lm"))!;
      const asked = architecture.classNames.has(built) ? built : "sequence-to-sequence";
      const { heads } = network.build(asked, 0, modelInputs(asked), forInference());
      const parameters = leaves([...heads.values()], "parameter");
      const size = parameters.reduce((sum, { shape }) => sum + sizeOf(shape as number[]), 0);
      if (count === undefined) assert.ok(size > 0);
      else assert.equal(size, count);
    });

  test("a name that is nearly one is answered with it", () => {
    assert.equal(presetOf("bert-mini"), presets["bert-mini"]);
    assert.equal(presetOf("toString"), undefined);
    assert.match(String(unknownPreset("bert-mni").hint), /did you mean bert-mini/);
  });
});

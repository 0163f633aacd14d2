// What fine-tuning can be told of an encoder-decoder: the depth of its layers, and a larger vocabulary.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Random, toNumbers } from "../../src/base/index.js";
import { leaves, nameOf } from "../../src/engine/index.js";
import { matchWeights, modelInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import type { Tokenizer } from "../../src/tokenizers/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { parameterRules } from "../../src/workflows/parameter-rules.js";
import { repository } from "../shared.js";

const golden = (name: string): string => join(repository, "test", "golden", "models", name);

describe("encoder-decoders", () => {
  test("the decoder's layers lie above the encoder's", async () => {
    const model = await openModel(golden("t5-for-question-answering")); // one layer to read, two to write
    const names = [
      ...["embeddings.word", "encoder.positions", "encoder.layers.0.attention.query", "encoder.norm"],
      ...["decoder.positions", "decoder.layers.0.attention.query", "decoder.layers.1.feedForward.inner"],
      ...["decoder.norm", "spans"],
    ].map((module) => `${module}.weight`);
    const shares = parameterRules({ layerRateDecay: 0.5 }, model, names);
    const depths = names.map((name) => 4 + Math.log2(shares(name).rateShare!));
    assert.deepEqual(depths, [0, 0, 1, 1, 2, 2, 3, 3, 4]);
    const oneLayer = parameterRules({ freezeLayers: 1 }, model, names);
    assert.deepEqual(
      names.map((name) => oneLayer(name).frozen),
      [true, true, true, true, false, false, false, false, false],
    );
  });

  for (const name of ["pegasus-for-conditional-generation", "t5-untied"])
    test(`${name}: more words find room in every array that has a place for each`, async () => {
      const tokenizer = { vocabularySize: 23 } as Tokenizer;
      const model = await openModel(golden(name), { changes: { tokenizer } });
      const head = "sequence-to-sequence";
      const { heads } = model.network.build(head, 0, modelInputs(head), forInference());
      const parameters = leaves([...heads.values()], "parameter");
      const [weights, before] = [
        await model.readWeights(),
        await (await openModel(golden(name))).readWeights(),
      ];
      const found = matchWeights(model.architecture, parameters, weights, new Random(1), name);
      assert.deepEqual(found.newParameters, []);
      for (const parameter of parameters.filter(({ shape }) => shape.includes(23))) {
        const foreign = model.architecture.names.foreign(nameOf(parameter), head);
        const [{ dtype, data }, old] = [found.weights.get(nameOf(parameter))!, before.get(foreign)!];
        assert.deepEqual([...toNumbers(dtype, data)].slice(0, old.data.length), [
          ...toNumbers(old.dtype, old.data),
        ]);
      }
    });
});

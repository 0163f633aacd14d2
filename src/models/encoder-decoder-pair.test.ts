import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError, type JsonObject, OptionError } from "../base/index.js";
import { leaves, nameOf } from "../engine/index.js";
import { forInference } from "../nn/index.js";
import { architectureOf, modelInputs } from "./index.js";

const bert = {
  ...{ model_type: "bert", vocab_size: 9, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  intermediate_size: 8,
};
const reading = { is_decoder: true, add_cross_attention: true };

function pairOf(encoder: JsonObject, decoder: JsonObject, more: JsonObject = {}): JsonObject {
  return { model_type: "encoder-decoder", encoder, decoder, ...more };
}

function parametersOf(config: JsonObject): string[] {
  const head = "sequence-to-sequence";
  const network = architectureOf(config, "config.json").readConfig(config, "config.json");
  const { heads } = network.build(head, 0, modelInputs(head), forInference());
  return leaves([...heads.values()], "parameter").map(nameOf);
}

describe("pairs of an encoder and a decoder", () => {
  test("each parameter belongs to a half; halves of other sizes have a layer between them", () => {
    const same = parametersOf(pairOf(bert, { ...bert, ...reading }));
    assert.ok(same.every((name) => /^(encoder|decoder)\./.test(name)));
    assert.ok(!same.some((name) => name.includes("bridge")));
    const wider = pairOf(bert, { ...bert, ...reading, hidden_size: 12 });
    const added = parametersOf(wider).filter((name) => !same.includes(name));
    assert.deepEqual(added.sort(), ["decoder.bridge.bias", "decoder.bridge.weight"]);
    const { names } = architectureOf(wider, "config.json");
    assert.equal(names.foreign("decoder.bridge.weight"), "enc_to_dec_proj.weight");
  });

  test("a rate of dropout is that of both halves, a vocabulary that of each", () => {
    const { overrides } = architectureOf(pairOf(bert, { ...bert, ...reading }), "config.json");
    const { encoder, decoder } = overrides({ dropout: 0.3 }) as Record<string, JsonObject>;
    assert.deepEqual([encoder!["hidden_dropout_prob"], decoder!["hidden_dropout_prob"]], [0.3, 0.3]);
    assert.equal(decoder!["add_cross_attention"], true);
    assert.throws(() => overrides({ vocabularySize: 10 }), OptionError);
  });

  const refused: Readonly<Record<string, [config: JsonObject, place: string, message: RegExp]>> = {
    "a decoder that is an encoder": [pairOf(bert, bert), "config.json, decoder", /attends to a source/],
    "a decoder that knows no source": [
      pairOf(bert, { ...bert, is_decoder: true }),
      "config.json, decoder",
      /attends to a source/,
    ],
    "a whole encoder-decoder as a half": [
      pairOf({ model_type: "t5" }, { ...bert, ...reading }),
      "config.json, encoder",
      /expected one of .*bert.*, got string "t5"/,
    ],
    "a half that is missing": [{ model_type: "encoder-decoder" }, "config.json", /encoder: expected/],
    "halves that share their weights": [
      pairOf(bert, { ...bert, ...reading }, { tie_encoder_decoder: true }),
      "config.json",
      /tie_encoder_decoder/,
    ],
  };
  for (const [what, [config, place, message]] of Object.entries(refused))
    test(`${what} is refused`, () => {
      assert.throws(
        () => architectureOf(config, "config.json").readConfig(config, "config.json"),
        (error) =>
          error instanceof FileError && error.message.startsWith(place) && message.test(error.message),
      );
    });
});

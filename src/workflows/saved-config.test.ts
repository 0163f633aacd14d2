import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../base/index.js";
import { architectureOf } from "../models/index.js";
import { languageModelling, textClassification } from "../tasks/index.js";
import { savedConfig } from "./saved-config.js";

const example = (label: string): object => ({ text: "a", pair: undefined, label, id: undefined, place: "" });
const classify = textClassification.learn([example("yes"), example("no")] as never, {});
const write = languageModelling.learn([], {});

const saved = (config: JsonObject, problem: typeof classify | typeof write): JsonObject => {
  const architecture = architectureOf(config, "config.json");
  const network = architecture.readConfig(config, "config.json");
  return savedConfig({ config, architecture, network }, problem as never);
};

const gpt2 = {
  model_type: "gpt2",
  n_embd: 8,
  n_layer: 1,
  n_head: 2,
  eos_token_id: 7,
  id2label: { 0: "old" },
};

test("a classifier that reads the last token tells Python how texts are padded", () => {
  const config = saved(gpt2, classify);
  assert.equal(config["pad_token_id"], 7);
  assert.deepEqual(config["architectures"], ["GPT2ForSequenceClassification"]);
  assert.deepEqual(config["id2label"], { 0: "no", 1: "yes" });
});

test("what the model says of padding stays, and no other model is told of any", () => {
  assert.equal(saved({ ...gpt2, pad_token_id: 3 }, classify)["pad_token_id"], 3);
  assert.equal(saved(gpt2, write)["pad_token_id"], undefined);
  const sizes = { hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 12 };
  const bert = { model_type: "bert", vocab_size: 20, eos_token_id: 7, ...sizes };
  assert.equal(saved(bert, classify)["pad_token_id"], undefined);
});

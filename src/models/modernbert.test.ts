import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { int64, type JsonObject, Random, type Tensor } from "../base/index.js";
import { leaves, referenceRuntime } from "../engine/index.js";
import { forInference } from "../nn/index.js";
import { matchWeights, modelInputs } from "./index.js";
import { modernBert } from "./modernbert.js";

const sizes = {
  ...{ vocab_size: 20, hidden_size: 8, num_hidden_layers: 4, num_attention_heads: 2, intermediate_size: 12 },
  ...{ local_attention: 2, pad_token_id: 0, initializer_range: 0.3 },
};

async function lastHiddenOf(config: JsonObject): Promise<Float64Array> {
  const network = modernBert.readConfig(config, "config.json");
  const { lastHidden } = network.build("none", 0, modelInputs("none"), forInference());
  const parameters = leaves([lastHidden], "parameter");
  const { weights } = matchWeights(modernBert, parameters, new Map(), new Random(4), "checkpoint");
  const program = await referenceRuntime().compile(new Map([["y", lastHidden]]));
  const shape = [1, 6];
  const feeds = new Map<string, Tensor>([
    ...weights,
    ["ids", int64(shape, [2, 7, 8, 9, 10, 3])],
    ["mask", int64(shape, [1, 1, 1, 1, 1, 1])],
  ]);
  return (await program.run(feeds)).get("y")!.data as Float64Array;
}

describe("ModernBERT's config.json", () => {
  const older = { ...sizes, global_attn_every_n_layers: 2, global_rope_theta: 500, local_rope_theta: 50 };
  const newer = {
    ...sizes,
    layer_types: ["full_attention", "sliding_attention", "full_attention", "sliding_attention"],
    rope_parameters: {
      full_attention: { rope_type: "default", rope_theta: 500 },
      sliding_attention: { rope_type: "default", rope_theta: 50 },
    },
  };

  test("the form of published checkpoints says the same as that of today", async () => {
    assert.deepEqual(await lastHiddenOf(older), await lastHiddenOf(newer));
  });

  test("and both say something", async () => {
    const plain = await lastHiddenOf(sizes);
    const changed = await lastHiddenOf({ ...older, global_attn_every_n_layers: 3 });
    assert.notDeepEqual(await lastHiddenOf(older), plain);
    assert.notDeepEqual(changed, plain);
  });

  test("frequencies that are scaled are refused", () => {
    const scaled = { ...newer, rope_parameters: { full_attention: { rope_type: "yarn", factor: 2 } } };
    assert.throws(
      () => modernBert.readConfig(scaled, "config.json"),
      /rope_parameters\.full_attention: expected rope_type "default", got "yarn"/,
    );
  });
});

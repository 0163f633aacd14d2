// GPT, GPT-2, Llama and its relatives: what goldens cannot show, and what is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, int64, type JsonObject, Random, sizeOf, type Tensor, toNumbers } from "../base/index.js";
import { leaves, nameOf, referenceRuntime } from "../engine/index.js";
import { forInference, forTraining } from "../nn/index.js";
import { gpt } from "./gpt.js";
import { gpt2 } from "./gpt2.js";
import { type Architecture, foreignWeights, type Head, matchWeights, modelInputs } from "./index.js";
import { llama } from "./llama.js";
import { mistral } from "./mistral.js";
import { qwen2 } from "./qwen2.js";

const gptSizes = { vocab_size: 20, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 12 };
const llamaSizes = {
  ...{ vocab_size: 20, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1 },
  ...{ intermediate_size: 12, max_position_embeddings: 12 },
};

describe("where Python's classes drop out", () => {
  const rates = { embd_pdrop: 0.1, attn_pdrop: 0.2, resid_pdrop: 0.3 };
  /** Of the embeddings; then of the layer's attention, what it gives, and the feed-forward. */
  const inGpt = [0.1, 0.2, 0.3, 0.3];
  const cases: [Architecture, JsonObject, Head, number[]][] = [
    [gpt2, { ...gptSizes, ...rates }, "causal-lm", inGpt],
    [gpt2, { ...gptSizes, ...rates }, "sequence-classification", inGpt],
    [gpt2, { ...gptSizes, ...rates }, "token-classification", [...inGpt, 0.1]],
    [gpt2, { ...gptSizes, ...rates, classifier_dropout: 0.4 }, "token-classification", [...inGpt, 0.4]],
    [gpt2, { ...gptSizes, ...rates }, "span-extraction", inGpt],
    [gpt, { ...gptSizes, ...rates }, "causal-lm", inGpt],
    [llama, llamaSizes, "causal-lm", []],
    [llama, { ...llamaSizes, attention_dropout: 0.2 }, "token-classification", [0.2, 0.1]],
  ];
  for (const [architecture, config, head, expected] of cases)
    test(`${architecture.modelType}, ${head}`, () => {
      const network = architecture.readConfig(config, "config.json");
      const { heads } = network.build(head, 3, modelInputs(head), forTraining());
      const found = leaves([...heads.values()], "input")
        .flatMap(({ source }) => (source.kind === "input" && source.mask !== undefined ? [source.mask] : []))
        .sort((a, b) => a.site - b.site)
        .map(({ rate }) => rate);
      assert.deepEqual(found, expected);
    });
});

describe("a classifier of texts computes its last layer for the last token alone", () => {
  const deep = { num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 };
  const cases: [Architecture, JsonObject][] = [
    [gpt, { ...gptSizes, n_layer: 2 }],
    [gpt2, { ...gptSizes, n_layer: 2, scale_attn_by_inverse_layer_idx: true }],
    [llama, { ...llamaSizes, ...deep, hidden_size: 16 }],
  ];
  for (const [architecture, config] of cases)
    test(`${architecture.modelType}: as if it were computed for all`, async () => {
      const network = architecture.readConfig({ ...config, initializer_range: 0.5 }, "config.json");
      const inputs = modelInputs("sequence-classification");
      const whole = network.build("none", 3, inputs, forInference());
      const { heads, lastHidden } = network.build("sequence-classification", 3, inputs, forInference());
      assert.deepEqual(lastHidden.shape, ["batch", 1, network.hiddenSize]);
      const parameters = leaves([...heads.values()], "parameter");
      const { weights } = matchWeights(architecture, parameters, new Map(), new Random(4), "nowhere");
      const program = await referenceRuntime().compile(
        new Map([
          ["cut", lastHidden],
          ["whole", whole.lastHidden],
        ]),
      );
      const ids = [
        ...[5, 6, 7, 8, 9],
        ...[3, 4, 5, 0, 0], // padding behind
        ...[0, 0, 0, 11, 12], // and in front
      ];
      const mask = [...[1, 1, 1, 1, 1], ...[1, 1, 1, 0, 0], ...[0, 0, 0, 1, 1]];
      const feeds = new Map<string, Tensor>([
        ...weights,
        ["ids", int64([3, 5], ids)],
        ["mask", int64([3, 5], mask)],
        ["typeIds", int64([3, 5], new Array(15).fill(0))],
      ]);
      const outputs = await program.run(feeds);
      const numbersOf = (name: string): ArrayLike<number> => outputs.get(name)!.data as Float64Array;
      const size = network.hiddenSize;
      for (const [row, last] of [4, 2, 4].entries())
        for (let i = 0; i < size; i++) {
          const [cut, expected] = [
            numbersOf("cut")[row * size + i]!,
            numbersOf("whole")[(row * 5 + last) * size + i]!,
          ];
          assert.ok(Math.abs(cut - expected) < 1e-9, `text ${row}: ${cut} is not ${expected}`);
        }
    });

  test("but not where it sees only a part of the text", () => {
    const network = mistral.readConfig({ ...llamaSizes, sliding_window: 3 }, "config.json");
    const { lastHidden } = network.build(
      "sequence-classification",
      3,
      modelInputs("sequence-classification"),
      forInference(),
    );
    assert.deepEqual(lastHidden.shape, ["batch", "sequence", 8]);
  });
});

describe("checkpoints as they are published", () => {
  const config = { ...gptSizes, model_type: "gpt2" };
  const parametersOf = (
    architecture: Architecture,
    json: JsonObject,
    head: Head,
  ): ReturnType<typeof leaves> =>
    leaves(
      [
        ...architecture
          .readConfig(json, "config.json")
          .build(head, 3, modelInputs(head), forInference())
          .heads.values(),
      ],
      "parameter",
    );
  const drawn = (parameters: ReturnType<typeof leaves>): Map<string, Tensor> =>
    new Map(
      parameters.map((parameter) => {
        const random = new Random(3).fork(nameOf(parameter));
        const shape = parameter.shape as number[];
        return [
          nameOf(parameter),
          float32(
            shape,
            Array.from({ length: sizeOf(shape) }, () => random.normal()),
          ),
        ];
      }),
    );

  test("of GPT-2: without the prefix, with masks as buffers, the tied output matrix once more", () => {
    const parameters = parametersOf(gpt2, config, "causal-lm");
    const weights = drawn(parameters);
    const published = new Map<string, Tensor>([
      ...foreignWeights(gpt2, "none", weights),
      ["h.0.attn.bias", float32([1, 1, 12, 12], new Float32Array(144))],
      ["h.0.attn.masked_bias", float32([], [-1e4])],
      ["lm_head.weight", weights.get("embeddings.word.weight")!],
    ]);
    const matched = matchWeights(gpt2, parameters, published, new Random(1), "model");
    assert.deepEqual(matched.newParameters, []);
    assert.deepEqual(matched.unusedWeights, []);
    for (const [name, { data }] of weights) assert.deepEqual(matched.weights.get(name)!.data, data, name);
  });

  test("of an output matrix of its own, a classifier says that it does not use it", () => {
    const untied = { ...llamaSizes, model_type: "llama" };
    const published = foreignWeights(llama, "causal-lm", drawn(parametersOf(llama, untied, "causal-lm")));
    const parameters = parametersOf(llama, untied, "sequence-classification");
    const matched = matchWeights(llama, parameters, published, new Random(1), "model");
    assert.deepEqual(matched.newParameters, ["score.weight"]);
    assert.deepEqual(matched.unusedWeights, ["lm_head.weight"]);
  });

  test("for spans, some families begin with another prefix", () => {
    const nameIn = (architecture: Architecture, head: Head): string =>
      architecture.names.foreign("layers.0.attention.query.weight", head);
    for (const architecture of [llama, qwen2]) {
      assert.equal(nameIn(architecture, "span-extraction"), "transformer.layers.0.self_attn.q_proj.weight");
      assert.equal(nameIn(architecture, "causal-lm"), "model.layers.0.self_attn.q_proj.weight");
      assert.equal(nameIn(architecture, "none"), "layers.0.self_attn.q_proj.weight");
    }
    assert.equal(nameIn(mistral, "span-extraction"), "model.layers.0.self_attn.q_proj.weight");
  });
});

describe("positions of Llama", () => {
  /** The angles of position 1, which are the constants of the graph. */
  const turnsOf = (json: JsonObject): string => {
    const network = llama.readConfig({ ...llamaSizes, ...json }, "config.json");
    const { lastHidden } = network.build("none", 0, modelInputs("none"), forInference());
    const seen: string[] = [];
    const visit = (value: typeof lastHidden): void => {
      const { source } = value;
      if (source.kind === "constant" && source.tensor.shape.join() === "4")
        seen.push(
          Array.from(toNumbers(source.tensor.dtype, source.tensor.data), (x) => x.toPrecision(6)).join(" "),
        );
      if (source.kind === "op") source.inputs.forEach(visit);
    };
    visit(lastHidden);
    return seen[0]!;
  };

  test("by older keys as by newer ones", () => {
    const newer = (rope: JsonObject): string => turnsOf({ rope_parameters: { rope_theta: 500, ...rope } });
    const older = (rope: JsonObject | null): string => turnsOf({ rope_theta: 500, rope_scaling: rope });
    assert.equal(older(null), newer({ rope_type: "default" }));
    assert.equal(older({ type: "linear", factor: 2 }), newer({ rope_type: "linear", factor: 2 }));
    assert.notEqual(older(null), older({ type: "linear", factor: 2 }));
  });

  test("other ways of stretching are refused, not taken for none", () => {
    assert.throws(() => turnsOf({ rope_scaling: { rope_type: "yarn", factor: 4 } }), {
      name: "FileError",
      message: "config.json: rope_type: expected default, linear or llama3, got yarn",
    });
  });
});

describe("what is refused", () => {
  const cases: [Architecture, JsonObject, string][] = [
    [gpt2, { ...gptSizes, n_head: 3 }, "n_embd: expected a multiple of n_head (3), got 8"],
    [gpt, { ...gptSizes, n_head: 3 }, "n_embd: expected a multiple of n_head (3), got 8"],
    [
      llama,
      { ...llamaSizes, num_attention_heads: 4, num_key_value_heads: 3 },
      "num_attention_heads: expected a multiple of num_key_value_heads (3), got 4",
    ],
    [llama, { ...llamaSizes, head_dim: 3 }, "head_dim: expected an even number, got 3"],
  ];
  for (const [architecture, config, message] of cases)
    test(message, () => {
      assert.throws(() => architecture.readConfig(config, "config.json"), {
        name: "FileError",
        message: `config.json: ${message}`,
      });
    });

  test("a head that the family does not have", () => {
    const network = gpt.readConfig(gptSizes, "config.json");
    assert.throws(() => network.build("span-extraction", 0, modelInputs("span-extraction"), forInference()), {
      name: "OptionError",
      message: "GPT has no head span-extraction",
    });
  });
});

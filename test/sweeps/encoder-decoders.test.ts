// Law: an encoder-decoder that reads its source once and then writes step by step, with its past in a cache or in a
// state that it carries, gives the scores of the graph of the whole text, whatever padding the sources have and with
// places of the cache unfilled.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  float32,
  int64,
  type JsonObject,
  Random,
  sizeOf,
  type Tensor,
  toNumbers,
} from "../../src/base/index.js";
import {
  gradient,
  input,
  leaves,
  multiply,
  nameOf,
  type Runtime,
  recomputedGradient,
  referenceRuntime,
  sum,
  type Value,
} from "../../src/engine/index.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { architectures, modelInputs, type Network } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { fromNumbers } from "./numbers.js";

const vocabularySize = 19;

/** Settings of a tiny model of each architecture; several where they change what a step does. */
const configs: Readonly<Record<string, readonly JsonObject[]>> = {
  t5: [
    { d_model: 12, d_kv: 4, d_ff: 16, num_layers: 2, num_decoder_layers: 3, num_heads: 3, ...near() },
    { d_model: 8, d_kv: 8, d_ff: 8, num_layers: 1, num_heads: 2, tie_word_embeddings: false, ...near() },
  ],
  "lstm-encoder-decoder": ["bahdanau", "luong-dot", "luong-general", "luong-concat"].map(
    (attention_type) => ({
      ...{
        hidden_size: 6,
        embedding_size: 4,
        num_hidden_layers: 2,
        decoder_start_token_id: 0,
        attention_type,
      },
      ...{ cell_type: attention_type === "luong-dot" ? "gru" : "lstm" },
    }),
  ),
  bart: [bartSizes(), { ...bartSizes(), tie_word_embeddings: false, scale_embedding: true }],
  mbart: [bartSizes()],
  marian: [bartSizes(), { ...bartSizes(), share_encoder_decoder_embeddings: false, decoder_vocab_size: 19 }],
  pegasus: [bartSizes()],
  "encoder-decoder": [
    { encoder: bertSizes(2), decoder: { ...bertSizes(3), ...reading() } },
    {
      encoder: { ...bertSizes(1), model_type: "distilbert", dim: 8, n_heads: 2, n_layers: 1, hidden_dim: 12 },
      decoder: {
        ...{ ...bertSizes(2), model_type: "roberta", ...reading() },
        ...{ pad_token_id: 14, max_position_embeddings: 32 }, // no text has it: its position is another
      },
    },
    {
      encoder: { ...bertSizes(1), model_type: "xlnet", d_model: 12, n_head: 3, n_layer: 1, d_inner: 16 },
      decoder: {
        ...{ model_type: "gpt2", vocab_size: vocabularySize, n_embd: 8, n_layer: 2, n_head: 2 },
        ...{ n_positions: 16, ...reading() },
      },
    },
  ],
  transformer: [
    bartSizes(),
    { ...bartSizes(), norm_first: true, position_embedding_type: "learned" },
    { ...bartSizes(), share_encoder_decoder_embeddings: false, decoder_vocab_size: 19 },
  ],
  mt5: [{ d_model: 8, d_kv: 4, d_ff: 12, num_layers: 2, num_heads: 2, ...near() }],
};

function bertSizes(layerCount: number): JsonObject {
  return {
    ...{ model_type: "bert", vocab_size: vocabularySize, hidden_size: 12, num_hidden_layers: layerCount },
    ...{ num_attention_heads: 3, intermediate_size: 16, max_position_embeddings: 16 },
  };
}

function reading(): JsonObject {
  return { is_decoder: true, add_cross_attention: true };
}

function bartSizes(): JsonObject {
  return {
    ...{ d_model: 12, encoder_layers: 2, decoder_layers: 3, encoder_ffn_dim: 16, decoder_ffn_dim: 20 },
    ...{ encoder_attention_heads: 2, decoder_attention_heads: 3, max_position_embeddings: 16 },
    ...{ pad_token_id: 1, activation_function: "relu" },
  };
}

/** Buckets of distance that short texts fill. */
function near(): JsonObject {
  return { relative_attention_num_buckets: 6, relative_attention_max_distance: 5 };
}

const sources = [
  [5, 3, 11, 7, 2],
  [6, 1],
  [17, 2, 2, 13],
];
const texts = [
  [0, 3, 11, 7, 2, 9, 4, 18],
  [0, 6, 1, 8, 12, 3, 5, 5],
  [0, 17, 2, 2, 13, 10, 5, 1],
];
/** How many tokens each step takes. */
const stepSizes = [3, 1, 2, 1, 1];

for (const { modelType, readConfig } of architectures)
  for (const [number, config] of (configs[modelType] ?? []).entries()) {
    const place = `${modelType} ${number}`;
    const network = readConfig({ vocab_size: vocabularySize, ...config }, place);
    describe(`steps of ${place}`, () => {
      for (const runtime of [referenceRuntime(), onnxRuntime({ threads: 1 })])
        for (const blockSize of [1, 4])
          test(`${runtime.name}, a cache that grows by ${blockSize}`, async () => {
            const weights = randomWeights(network);
            const whole = await wholeScores(runtime, network, weights);
            const stepped = await steppedScores(runtime, network, weights, blockSize);
            assert.equal(stepped.size, stepSizes.length);
            const bound = runtime.name === "reference" ? 1e-9 : 1e-4;
            for (const [position, scores] of stepped)
              scores.forEach((score, i) => {
                const [text, id] = [Math.floor(i / vocabularySize), i % vocabularySize];
                const expected = whole[(text * texts[0]!.length + position) * vocabularySize + id]!;
                assert.ok(
                  Math.abs(score - expected) <= bound * Math.max(1, Math.abs(expected)),
                  `text ${text}, token ${position}, id ${id}: ${score} against ${expected}`,
                );
              });
          });
    });
  }

describe("gradients of encoder-decoders are the same where the forward pass is computed twice", () => {
  for (const { modelType, readConfig } of architectures) {
    const [config] = configs[modelType] ?? [];
    if (config === undefined) continue;
    test(modelType, async () => {
      const network = readConfig({ vocab_size: vocabularySize, ...config }, modelType);
      const weights = randomWeights(network);
      const head = "sequence-to-sequence";
      const { heads, boundaries } = network.build(head, 0, modelInputs(head), forInference());
      const logits = heads.get("logits")!;
      const loss = sum(multiply(logits, logits));
      const parameters = leaves([loss], "parameter");
      const named = (values: readonly (Value | undefined)[]): Map<string, Value> =>
        new Map(values.map((value, i) => [`gradient of ${nameOf(parameters[i]!)}`, value!]));
      const feeds = [...weights, ...sourceFeeds(), ...textFeeds()];
      const plain = await run(referenceRuntime(), named(gradient(loss, parameters)), feeds);
      const twice = await run(
        referenceRuntime(),
        named(recomputedGradient(loss, parameters, boundaries)),
        feeds,
      );
      for (const [name, tensor] of plain)
        numbers(tensor).forEach((value, i) => {
          const other = numbers(twice.get(name)!)[i]!;
          assert.ok(Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(value)), `${name}[${i}]`);
        });
    });
  }
});

test("every encoder-decoder has settings here", () => {
  const without = architectures.filter(
    ({ modelType, classNames }) => classNames.has("sequence-to-sequence") && configs[modelType] === undefined,
  );
  assert.deepEqual(
    without.map(({ modelType }) => modelType),
    [],
  );
});

/** Weights large enough that a wrong position or mask shows, biases and norms too. */
function randomWeights(network: Network): Map<string, Tensor> {
  const head = "sequence-to-sequence";
  const { heads } = network.build(head, 0, modelInputs(head), forInference());
  const random = new Random(5);
  return new Map(
    leaves([...heads.values()], "parameter").map((parameter) => {
      const draws = random.fork(nameOf(parameter));
      const shape = parameter.shape as number[];
      const data = Float32Array.from({ length: sizeOf(shape) }, () => draws.normal(0, 0.5));
      return [nameOf(parameter), float32(shape, data)];
    }),
  );
}

/** The sources, padded behind with any token. */
function sourceFeeds(): [string, Tensor][] {
  const length = Math.max(...sources.map((source) => source.length));
  const shape = [sources.length, length];
  const fill = (value: (source: readonly number[], i: number) => number): number[] =>
    sources.flatMap((source) => Array.from({ length }, (_, i) => value(source, i)));
  return [
    [
      "ids",
      int64(
        shape,
        fill((source, i) => source[i] ?? 9),
      ),
    ],
    [
      "mask",
      int64(
        shape,
        fill((source, i) => Number(i < source.length)),
      ),
    ],
    [
      "typeIds",
      int64(
        shape,
        fill(() => 0),
      ),
    ],
  ];
}

function textFeeds(): [string, Tensor][] {
  const shape = [texts.length, texts[0]!.length];
  const ids = texts.flat();
  return [
    ["decoderIds", int64(shape, ids)],
    [
      "decoderMask",
      int64(
        shape,
        ids.map(() => 1),
      ),
    ],
  ];
}

async function wholeScores(
  runtime: Runtime,
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
): Promise<Float64Array> {
  const head = "sequence-to-sequence";
  const logits = network.build(head, 0, modelInputs(head), forInference()).heads.get("logits")!;
  const feeds = [...weights, ...sourceFeeds(), ...textFeeds()];
  const results = await run(runtime, new Map([["logits", logits]]), feeds);
  return numbers(results.get("logits")!);
}

/** By the position of the last token read: the scores of what follows it, for each text. */
async function steppedScores(
  runtime: Runtime,
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  blockSize: number,
): Promise<Map<number, Float64Array>> {
  const { start, step } = network.decoder!;
  const ids = (name: string, length: string): Value => input(name, ["batch", length], "int64");
  const source = {
    ids: ids("ids", "sequence"),
    mask: ids("mask", "sequence"),
    typeIds: ids("typeIds", "sequence"),
  };
  const started = await run(runtime, start!(source), [...weights, ...sourceFeeds()]);
  const inputs = {
    ids: ids("ids", "new"),
    mask: ids("mask", "past + new"),
    positions: ids("positions", "new"),
  };
  const { logits, state } = step(inputs);
  const slots = state.filter(({ kind }) => kind === "cache");
  const carried = new Map(
    state.flatMap(({ name, kind }) => (kind === "carried" ? [[name, started.get(name)!] as const] : [])),
  );
  const outputs = new Map([
    ["logits", logits],
    ...state.map(({ name, output }) => [`new:${name}`, output] as const),
  ]);
  const caches = new Map(slots.map(({ name }) => [name, [] as Float64Array[]])); // [place][text, head, size]
  const found = new Map<number, Float64Array>();
  let done = 0;
  for (const count of stepSizes) {
    const room = Math.ceil(done / blockSize) * blockSize;
    const shape = [texts.length, count];
    const mask = Array.from({ length: room + count }, (_, i) => Number(i < done || i >= room));
    const feeds = new Map<string, Tensor>([
      ...[...weights, ...started, ...carried],
      [
        "ids",
        int64(
          shape,
          texts.flatMap((text) => text.slice(done, done + count)),
        ),
      ],
      [
        "positions",
        int64(
          shape,
          texts.flatMap(() => Array.from({ length: count }, (_, i) => done + i)),
        ),
      ],
      [
        "mask",
        int64(
          [texts.length, room + count],
          texts.flatMap(() => mask),
        ),
      ],
    ]);
    for (const slot of slots) {
      const [, headCount, , size] = slot.input.shape as number[];
      const places = caches.get(slot.name)!;
      const data = [];
      for (let row = 0; row < texts.length * headCount!; row++)
        for (let i = 0; i < room; i++)
          for (let k = 0; k < size!; k++) data.push(places[i]?.[row * size! + k] ?? 7); // unfilled: anything
      const dtype = runtime.name === "reference" ? "float64" : "float32"; // the reference keeps all digits
      feeds.set(slot.name, fromNumbers(dtype, [texts.length, headCount!, room, size!], data));
    }
    const results = await run(runtime, outputs, feeds);
    for (const name of carried.keys()) carried.set(name, results.get(`new:${name}`)!);
    for (const {
      name,
      input: { shape: slotShape },
    } of slots) {
      const [, headCount, , size] = slotShape as number[];
      const fresh = numbers(results.get(`new:${name}`)!);
      for (let i = 0; i < count; i++) {
        const place = new Float64Array(texts.length * headCount! * size!);
        for (let row = 0; row < texts.length * headCount!; row++)
          place.set(fresh.subarray((row * count + i) * size!, (row * count + i + 1) * size!), row * size!);
        caches.get(name)!.push(place);
      }
    }
    done += count;
    found.set(done - 1, numbers(results.get("logits")!));
  }
  return found;
}

async function run(
  runtime: Runtime,
  outputs: ReadonlyMap<string, Value>,
  feeds: Iterable<readonly [string, Tensor]>,
): Promise<ReadonlyMap<string, Tensor>> {
  const program = await runtime.compile(outputs);
  try {
    return await program.run(new Map(feeds));
  } finally {
    await program.close();
  }
}

const numbers = ({ dtype, data }: Tensor): Float64Array => toNumbers(dtype, data);

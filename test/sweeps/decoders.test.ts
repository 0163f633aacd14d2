// Law: a decoder that goes step by step, with its past in a cache or in a state that it carries, gives the scores of
// the graph of the whole text, whatever padding stands in front, however many tokens a step has, and with places of the
// cache yet unfilled.
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
import { leaves, nameOf, type Runtime, referenceRuntime, type Value } from "../../src/engine/index.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { architectures, modelInputs, type Network, stepInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { fromNumbers } from "./numbers.js";

const vocabularySize = 19;

const llama = {
  ...{ hidden_size: 16, num_attention_heads: 4, num_hidden_layers: 2, intermediate_size: 20 },
  max_position_embeddings: 16,
};

const bertDecoder: JsonObject = {
  ...{ hidden_size: 12, num_attention_heads: 3, num_hidden_layers: 2, intermediate_size: 20 },
  ...{ max_position_embeddings: 16, is_decoder: true },
};

/** Settings of a tiny model of each architecture that writes; several where they change what a step does. */
const configs: Readonly<Record<string, readonly JsonObject[]>> = {
  bert: [bertDecoder],
  roberta: [{ ...bertDecoder, type_vocab_size: 1, pad_token_id: 0 }],
  "xlm-roberta": [{ ...bertDecoder, type_vocab_size: 1, pad_token_id: 0 }],
  camembert: [{ ...bertDecoder, type_vocab_size: 1, pad_token_id: 0 }],
  electra: [{ ...bertDecoder, embedding_size: 7 }],
  "lstm-lm": [
    { hidden_size: 7, embedding_size: 5, num_hidden_layers: 2 },
    { hidden_size: 6, num_hidden_layers: 1, cell_type: "gru", tie_word_embeddings: true },
  ],
  gpt2: [
    { n_embd: 12, n_head: 3, n_layer: 2, n_positions: 16 },
    { n_embd: 8, n_head: 2, n_layer: 3, n_positions: 16, tie_word_embeddings: false },
    { n_embd: 8, n_head: 2, n_layer: 3, n_positions: 16, scale_attn_by_inverse_layer_idx: true },
  ],
  "openai-gpt": [{ n_embd: 12, n_head: 3, n_layer: 2, n_positions: 16 }],
  llama: [
    llama,
    { ...llama, num_key_value_heads: 2, tie_word_embeddings: true, attention_bias: true },
    { ...llama, num_key_value_heads: 1, rope_scaling: { type: "linear", factor: 2 } },
  ],
  mistral: [{ ...llama, num_key_value_heads: 2, sliding_window: 3 }],
  qwen2: [
    { ...llama, num_key_value_heads: 2, use_sliding_window: true, max_window_layers: 1, sliding_window: 2 },
  ],
};

/** Each text, and how many of its tokens each step takes: first a prompt, padded in front to the longest of the batch. */
const texts = [
  [5, 3, 11, 7, 2, 9, 4, 18],
  [6, 1, 8, 12, 3],
  [17, 2, 2, 13, 10, 5],
];
const promptLengths = [5, 2, 3];
const later = [1, 2];

for (const architecture of architectures)
  for (const [number, config] of (configs[architecture.modelType] ?? [undefined]).entries()) {
    const place = `${architecture.modelType} ${number}`;
    const json = { vocab_size: vocabularySize, ...config };
    const network = config === undefined ? undefined : architecture.readConfig(json, place);
    if (network === undefined) continue;
    describe(`steps of ${place}`, () => {
      for (const runtime of [referenceRuntime(), onnxRuntime({ threads: 1 })])
        for (const blockSize of [1, 4])
          test(`${runtime.name}, a cache that grows by ${blockSize}`, async () => {
            const weights = randomWeights(network);
            const expected = await wholeScores(runtime, network, weights);
            const got = await steppedScores(runtime, network, weights, blockSize);
            const bound = runtime.name === "reference" ? 1e-9 : 1e-4;
            assert.equal(got.length, texts.length * (1 + later.length));
            for (const { text, position, scores } of got)
              scores.forEach((score, id) => {
                const whole = expected(text, position)[id]!;
                assert.ok(
                  Math.abs(score - whole) <= bound * Math.max(1, Math.abs(whole)),
                  `text ${text}, token ${position}, id ${id}: ${score} against ${whole}`,
                );
              });
          });
    });
  }

test("every architecture that writes has settings here", () => {
  const withoutSettings = architectures.filter(
    ({ modelType, classNames }) => classNames.has("causal-lm") && configs[modelType] === undefined,
  );
  assert.deepEqual(
    withoutSettings.map(({ modelType }) => modelType),
    [],
  );
});

/** Weights large enough that a wrong position or mask shows, biases and norms too. */
function randomWeights(network: Network): Map<string, Tensor> {
  const { heads } = network.build("causal-lm", 0, modelInputs("causal-lm"), forInference());
  const random = new Random(5);
  return new Map(
    leaves([...heads.values()], "parameter").map((parameter) => {
      const draws = random.fork(nameOf(parameter));
      const shape = parameter.shape as number[];
      return [
        nameOf(parameter),
        float32(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, () => draws.normal(0, 0.5)),
        ),
      ];
    }),
  );
}

/** Scores by the graph of the whole sequence, padding behind. */
async function wholeScores(
  runtime: Runtime,
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
): Promise<(text: number, position: number) => Float64Array> {
  const logits = network.build("causal-lm", 0, modelInputs("causal-lm"), forInference()).heads.get("logits")!;
  const length = Math.max(...texts.map((text) => text.length));
  const ids = texts.flatMap((text) => Array.from({ length }, (_, i) => text[i] ?? 0));
  const mask = texts.flatMap((text) => Array.from({ length }, (_, i) => Number(i < text.length)));
  const shape = [texts.length, length];
  const result = await run(runtime, new Map([["logits", logits]]), [
    ...weights,
    ["ids", int64(shape, ids)],
    ["mask", int64(shape, mask)],
    ["typeIds", int64(shape, new Float64Array(ids.length))],
  ]);
  const scores = numbers(result.get("logits")!);
  return (text, position) => {
    const start = (text * length + position) * vocabularySize;
    return scores.subarray(start, start + vocabularySize);
  };
}

interface Scores {
  readonly text: number;
  /** The token after which these scores come. */
  readonly position: number;
  readonly scores: Float64Array;
}

/** The same texts step by step; the cache has room for a multiple of `blockSize` tokens, unfilled places hold anything. */
async function steppedScores(
  runtime: Runtime,
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  blockSize: number,
): Promise<Scores[]> {
  const { logits, state } = network.decoder!.step(stepInputs());
  const caches = state.filter(({ kind }) => kind === "cache");
  const carried = new Map<string, Tensor>();
  const dtype = runtime.name === "reference" ? "float64" : "float32"; // the reference keeps all digits
  for (const { name, kind, input } of state)
    if (kind === "carried") {
      const shape = [texts.length, ...(input.shape.slice(1) as number[])];
      carried.set(name, fromNumbers(dtype, shape, new Float64Array(sizeOf(shape))));
    }
  const outputs = new Map<string, Value>([
    ["logits", logits],
    ...state.map(({ name, output }) => [`new:${name}`, output] as const),
  ]);
  const cache = new Map<string, Float64Array[]>(caches.map(({ name }) => [name, []]));
  const seen: boolean[][] = texts.map(() => []); // which places of the cache hold a token, not padding
  const done = texts.map(() => 0);
  const found: Scores[] = [];
  const steps = [promptLengths, ...later.map((count) => texts.map(() => count))];
  for (const counts of steps) {
    const width = Math.max(...counts);
    const used = seen[0]!.length;
    const room = Math.ceil(used / blockSize) * blockSize;
    const feeds = new Map<string, Tensor>([...weights, ...carried]);
    const places = texts.map((_, text) => Array.from({ length: width }, (_, i) => i - width + counts[text]!));
    const position = (text: number, place: number): number => (place < 0 ? 0 : done[text]! + place);
    const perPlace = (value: (text: number, place: number) => number): number[] =>
      places.flatMap((row, text) => row.map((place) => value(text, place)));
    feeds.set(
      "ids",
      int64(
        [texts.length, width],
        perPlace((text, place) => (place < 0 ? 0 : texts[text]![position(text, place)]!)),
      ),
    );
    feeds.set("positions", int64([texts.length, width], perPlace(position)));
    const mask = texts.flatMap((_, text) => [
      ...Array.from({ length: room }, (_, i) => Number(seen[text]![i] ?? false)),
      ...places[text]!.map((place) => Number(place >= 0)),
    ]);
    feeds.set("mask", int64([texts.length, room + width], mask));
    for (const { name, input } of caches) {
      const [, headCount, , size] = input.shape as number[];
      const filled = cache.get(name)!;
      const data: number[] = [];
      for (let text = 0; text < texts.length; text++)
        for (let head = 0; head < headCount!; head++)
          for (let i = 0; i < room; i++)
            for (let k = 0; k < size!; k++)
              data.push(filled[i]?.[(text * headCount! + head) * size! + k] ?? 7);
      feeds.set(name, fromNumbers(dtype, [texts.length, headCount!, room, size!], data));
    }
    const results = await run(runtime, outputs, feeds);
    for (const name of carried.keys()) carried.set(name, results.get(`new:${name}`)!);
    for (const { name, input } of caches) {
      const [, headCount, , size] = input.shape as number[];
      const fresh = numbers(results.get(`new:${name}`)!);
      for (let i = 0; i < width; i++) {
        const place = new Float64Array(texts.length * headCount! * size!);
        for (let row = 0; row < texts.length * headCount!; row++)
          place.set(fresh.subarray((row * width + i) * size!, (row * width + i + 1) * size!), row * size!);
        cache.get(name)!.push(place);
      }
    }
    const scores = numbers(results.get("logits")!);
    for (const text of texts.keys()) {
      seen[text]!.push(...places[text]!.map((place) => place >= 0));
      done[text] = done[text]! + counts[text]!;
      const own = scores.slice(text * vocabularySize, (text + 1) * vocabularySize);
      found.push({ text, position: done[text]! - 1, scores: own });
    }
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

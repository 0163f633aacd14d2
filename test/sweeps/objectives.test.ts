// Law: what an objective draws follows from the seed, the step and the rows alone, it hides nothing that stands for no
// text, its loss falls when a tiny model learns a plain language by it, and its trials give numbers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type JsonObject, Random } from "../../src/base/index.js";
import { nameOf } from "../../src/engine/index.js";
import { architectureOf, type Head, matchWeights } from "../../src/models/index.js";
import {
  type AnyPretrainingProblem,
  type ObjectiveName,
  type ObjectiveSettings,
  objectiveNames,
  objectives,
} from "../../src/tasks/pretraining/index.js";
import type { TaskItem } from "../../src/tasks/task.js";
import { adamW } from "../../src/training/optimizers/index.js";
import { constantSchedule } from "../../src/training/schedules/index.js";
import { Trainer } from "../../src/training/trainer.js";
import type { OpenModel } from "../../src/workflows/open-model.js";
import { lengthOf, modelFeeds } from "../../src/workflows/row-layout.js";
import { drawItems, evaluationOutputs, runItems } from "../../src/workflows/run-items.js";
import { buildGraphs } from "../../src/workflows/session.js";
import { toyCorpus, toyTokenizer } from "../toy-corpus.js";

const tokenizer = toyTokenizer();
const corpus = toyCorpus(tokenizer, 40);
const maxLength = 24;
const stepCount = 30;

const bert: JsonObject = {
  ...{ model_type: "bert", hidden_size: 24, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ intermediate_size: 48, max_position_embeddings: maxLength },
};
/** A family that was not published with pairs of sentences. */
const modernBert: JsonObject = { ...bert, model_type: "modernbert", global_attn_every_n_layers: 1 };
const gpt2: JsonObject = { model_type: "gpt2", n_embd: 24, n_layer: 1, n_head: 2, n_positions: maxLength };

const xlnet: JsonObject = { model_type: "xlnet", d_model: 24, n_layer: 1, n_head: 2, d_inner: 48 };
const t5: JsonObject = {
  ...{ model_type: "t5", d_model: 24, d_kv: 12, d_ff: 48, num_layers: 1, num_decoder_layers: 1 },
  ...{ num_heads: 2, decoder_start_token_id: 0, eos_token_id: 3 },
};
const bart: JsonObject = {
  ...{ model_type: "bart", d_model: 24, encoder_layers: 1, decoder_layers: 1, encoder_attention_heads: 2 },
  ...{ decoder_attention_heads: 2, encoder_ffn_dim: 48, decoder_ffn_dim: 48, init_std: 0.1 },
  ...{ max_position_embeddings: maxLength, decoder_start_token_id: 3, bos_token_id: 2, eos_token_id: 3 },
};

interface ToyCase {
  readonly config: JsonObject;
  /** What of the first losses may be left after the steps. */
  readonly rest: number;
  readonly settings?: ObjectiveSettings;
  /** The head that the model has for it, where it is not the first that the objective asks for. */
  readonly head?: Head;
}

/** Models for each objective. */
const models: Readonly<Record<ObjectiveName, ToyCase | readonly ToyCase[]>> = {
  "masked-lm": { config: bert, rest: 0.8 },
  "causal-lm": { config: gpt2, rest: 0.7 },
  "next-sentence": [
    { config: bert, rest: 0.85 },
    { config: modernBert, rest: 0.85, head: "masked-lm" },
  ],
  "sentence-order": [
    { config: bert, rest: 0.85 },
    { config: modernBert, rest: 0.85, head: "masked-lm" },
  ],
  "permutation-lm": { config: xlnet, rest: 0.8 },
  "span-corruption": { config: t5, rest: 0.8, settings: { maskRate: 0.3, spanLength: 2 } },
  denoising: { config: bart, rest: 0.8 },
  "prefix-lm": [
    { config: t5, rest: 0.8 },
    { config: gpt2, rest: 0.8 },
  ],
  "span-boundary": { config: bert, rest: 0.85 },
  "bidirectional-lm": { config: { model_type: "bi-lm", hidden_size: 24, num_hidden_layers: 1 }, rest: 0.8 },
  "replaced-tokens": {
    config: { ...bert, model_type: "electra", embedding_size: 16 },
    rest: 0.95,
    settings: { generatorShare: 0.5, detectionWeight: 1 },
  },
};

/** A model without weights yet. */
function toyModel(given: JsonObject): OpenModel {
  const config = { initializer_range: 0.1, pad_token_id: 0, vocab_size: tokenizer.vocabularySize, ...given };
  const architecture = architectureOf(config, "config");
  return {
    ...{
      name: "toy",
      directory: "toy",
      configPath: "toy",
      commit: undefined,
      isNew: true,
      addedTokenCount: 0,
    },
    config,
    architecture,
    network: architecture.readConfig(config, "config"),
    readWeights: async () => new Map(),
    readText: async () => undefined,
  };
}

function opened(
  name: ObjectiveName,
  { config, settings = {}, head }: ToyCase,
): {
  readonly model: OpenModel;
  readonly problem: AnyPretrainingProblem;
  readonly rows: readonly TaskItem[];
} {
  const model = toyModel(config);
  const { network } = model;
  const rows = { maxLength, endId: tokenizer.special.separator!.id };
  const { decoderInput } = network;
  const problem = objectives[name].open({
    tokenizer,
    network,
    settings,
    ...(head === undefined ? {} : { head }),
    rows: decoderInput === undefined ? rows : { ...rows, decoderInput },
  });
  const starts = Array.from(
    { length: Math.ceil(corpus.tokenCount / problem.rowLength) },
    (_, i) => i * problem.rowLength,
  );
  return {
    model,
    problem,
    rows: problem.encode(starts.map((start) => corpus.read(start, problem.rowLength))),
  };
}

test("phrases of the corpus are hidden as wholes", async () => {
  const { network } = toyModel(bert);
  const problem = objectives["masked-lm"].open({
    ...{ tokenizer, network, settings: { masking: "pmi", maskRate: 0.3 }, rows: { maxLength } },
  });
  const items = problem.encode([corpus.read(0, problem.rowLength)]);
  assert.throws(() => problem.redraw!(items, 1, 1), /before they were looked for/);
  const progress: number[] = [];
  const found = await problem.prepare!([corpus], (done, total) => progress.push(done / total));
  assert.match(found, /phrases that are hidden as wholes, by their words: \d+ of 2, .* of the text$/);
  assert.equal(progress.at(-1), 1);
  // in this language a sentence is a run of five letters
  const drawn = Array.from({ length: 20 }, (_, i) => problem.redraw!(items, 1, i)[0]!);
  const together = drawn.filter(({ places }: { places: Int32Array }) =>
    places.some((place, i) => places[i + 1] === place + 1),
  );
  assert.ok(together.length > 15, `${together.length}`);
  assert.deepEqual(problem.redraw!(items, 1, 1), problem.redraw!(items, 1, 1));
});

const cases = objectiveNames.flatMap((name) => [models[name]].flat().map((toy) => [name, toy] as const));

for (const [name, toy] of cases)
  describe(`${name}, ${toy.config["model_type"]}`, () => {
    const { model, problem, rows } = opened(name, toy);
    const drawn = (seed: number, step: number): readonly TaskItem[] =>
      problem.redraw?.(rows, seed, step) ?? rows;

    test("every row of the corpus is one, and none is longer than asked for", () => {
      assert.equal(rows.length, Math.ceil(corpus.tokenCount / problem.rowLength));
      assert.deepEqual(
        rows.map(({ example }) => example),
        [...rows.keys()],
      );
      for (const items of [rows, drawn(1, 1)])
        for (const { encoding } of items)
          assert.ok(encoding.ids.length <= maxLength && encoding.typeIds.length === encoding.ids.length);
    });

    test("the same seed and step draw the same batch, others another", () => {
      assert.deepEqual(drawn(1, 1), drawn(1, 1));
      if (problem.redraw === undefined) return;
      assert.notDeepEqual(drawn(1, 2), drawn(1, 1));
      assert.notDeepEqual(drawn(2, 1), drawn(1, 1));
    });

    test("what is guessed in a text stands for text", () => {
      for (const item of drawn(1, 1)) {
        if (!("places" in item) || !("original" in item)) continue;
        const { places, original, labels } = item as unknown as Record<
          "places" | "original" | "labels",
          Int32Array
        >;
        if (problem.head === "causal-lm") continue; // all of it is foretold, what ends texts too
        places.forEach((place, i) => {
          assert.equal(labels[i], original[place]);
          assert.ok(!tokenizer.isSpecial(original[place]!));
        });
      }
    });

    test("the loss falls, and trials give numbers", async () => {
      const graphs = buildGraphs(model, problem);
      const { weights } = matchWeights(
        model.architecture,
        graphs.parameters,
        new Map(),
        new Random(1).fork("initial weights"),
        "toy",
      );
      assert.deepEqual([...weights.keys()].sort(), graphs.parameters.map(nameOf).sort());
      const trainer = await Trainer.create({
        loss: graphs.trainingLoss,
        forwards: new Map([
          ["evaluation", evaluationOutputs(graphs, true)],
          ...(graphs.proposal === undefined ? [] : ([["proposal", graphs.proposal]] as const)),
        ]),
        weights,
        optimizer: adamW(),
        schedule: constantSchedule(1e-2, 0, stepCount),
        maxGradientNorm: 1,
        seed: 1,
      });
      try {
        const losses: number[] = [];
        for (let step = 1; step <= stepCount; step++) {
          const first = (step * 8) % (rows.length - 8);
          const items = await drawItems(trainer.learner, problem, rows.slice(first, first + 8), {
            ...{ seed: 1, step, layout: { paddingId: 0 } },
          });
          const targets = problem.targets(
            items,
            lengthOf(items),
            problem.weightOf(items),
            problem.furtherWeightsOf?.(items),
          );
          losses.push((await trainer.step([new Map([...modelFeeds(items, 0), ...targets])])).loss);
        }
        const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
        const [before, after] = [mean(losses.slice(0, 3)), mean(losses.slice(-3))];
        assert.ok(after < toy.rest * before, `${before} to ${after}`);

        const run = await runItems(trainer.learner, "evaluation", problem, rows, {
          ...{ batchSize: 16, layout: { paddingId: 0 }, withLoss: true, state: [] },
        });
        assert.ok(Number.isFinite(run.loss));
        const stretches = rows.map(() => corpus.read(0, 0));
        const { metrics, exampleCount } = problem.evaluate(
          stretches,
          problem.decide(stretches, rows, run.outputs),
        );
        assert.equal(exampleCount, rows.length);
        assert.ok(problem.primaryMetric.name in metrics || problem.primaryMetric.name === "loss");
        if (problem.head === "causal-lm")
          assert.ok(
            Math.abs(Math.log(metrics["perplexity"]!) - run.loss!) < 1e-4,
            "perplexity is that of the loss",
          );
        for (const [metric, value] of Object.entries(metrics))
          assert.ok(Number.isFinite(value), `${metric} is ${value}`);
      } finally {
        await trainer.close();
      }
    });
  });

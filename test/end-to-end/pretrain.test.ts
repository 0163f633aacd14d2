import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { CorporaFacts } from "../../src/workflows/events.js";
import {
  loadGenerator,
  loadPipeline,
  type PretrainOptions,
  pretrain,
  type TrainingResult,
} from "../../src/workflows/index.js";
import { temporaryFolder, tinyConfig, tinyRows, tinyTokenizer } from "./tiny-model.js";

interface World {
  readonly path: (name: string) => string;
  readonly options: (name: string, changes?: Partial<PretrainOptions>) => PretrainOptions;
}

/** A folder with texts, a tokenizer and the config of a small model. */
async function world(context: TestContext, config = tinyConfig()): Promise<World> {
  const folder = await temporaryFolder(context);
  const path = (name: string): string => join(folder, name);
  await writeFile(path("vocab.txt"), tinyTokenizer().toFiles().get("vocab.txt")!);
  const { architectures: _, vocab_size: __, ...architecture } = config;
  await writeFile(path("model.json"), JSON.stringify(architecture));
  const documents = (count: number, seed: number): string => {
    const lines = tinyRows(4 * count, seed).map(({ text }) => text);
    return Array.from({ length: count }, (_, i) => lines.slice(4 * i, 4 * i + 4).join(" ")).join("\n\n");
  };
  await writeFile(path("a.txt"), documents(120, 5));
  await writeFile(path("b.txt"), documents(60, 6));
  await writeFile(path("valid.txt"), documents(20, 7));
  return {
    path,
    options: (name, changes) => ({
      ...{ architecture: path("model.json"), tokenizer: path("vocab.txt") },
      ...{ train: [path("a.txt"), path("b.txt")], validation: [path("valid.txt")] },
      ...{ outputDirectory: path(name), maxLength: 24, batchSize: 8, maxSteps: 12, learningRate: 5e-3 },
      ...{ threads: 1, evaluateEvery: 4, saveEvery: 5, logEvery: 2 },
      ...changes,
    }),
  };
}

/** Run until `step` is done, then stop. */
function runUntil(options: PretrainOptions, step: number): Promise<TrainingResult> {
  const stop = new AbortController();
  const progress = ({ phase, done }: { phase: string; done: number }): void => {
    if (phase === "train" && done === step) stop.abort();
  };
  return pretrain(options, { signal: stop.signal, events: { progress } });
}

/** What a run leaves, but for times. */
async function remains(directory: string): Promise<Record<string, string>> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
  const bytes = await readFile(join(directory, "model.safetensors"));
  const { log_history: history, ...state } = JSON.parse(await read("trainer_state.json"));
  const timeless = history.map((entry: object) =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !/_runtime$|_per_second$/.test(key))),
  );
  return {
    model: createHash("sha256").update(bytes).digest("hex"),
    log: await read("metrics.jsonl"),
    history: JSON.stringify([timeless, state]),
  };
}

const gpt2 = {
  ...{ model_type: "gpt2", n_embd: 32, n_layer: 2, n_head: 2, n_positions: 32, initializer_range: 0.1 },
  ...{ bos_token_id: 3, eos_token_id: 3 },
};

describe("pre-training", () => {
  test("masked: learns from a corpus, leaves model, record and card, which fill what is hidden", async (t) => {
    const { path, options } = await world(t);
    let facts: CorporaFacts | undefined;
    const run = await pretrain(options("bert", { maxSteps: 150, masking: "word", evaluateEvery: 50 }), {
      events: {
        corpora: (told) => {
          facts = told;
        },
      },
    });
    // the vocabulary has 85 tokens, some 27 of which the language uses
    assert.ok(run.metrics["perplexity"]! < 30, `${run.metrics["perplexity"]}`);
    assert.ok(run.metrics["masked_accuracy"]! > 0.02 && run.metrics["masked_accuracy"]! < 0.2);
    assert.ok(Math.abs(2 ** run.metrics["bits_per_hidden_token"]! - run.metrics["perplexity"]!) < 1e-6);
    assert.deepEqual(
      facts!.corpora.map(({ use, report }) => [use, report.documentCount]),
      [
        ["train", 180],
        ["validation", 20],
      ],
    );
    assert.equal(facts!.objective, "masked-lm");
    assert.equal(facts!.times.length, 1);
    const config = JSON.parse(await readFile(join(path("bert"), "config.json"), "utf8"));
    assert.deepEqual(config.architectures, ["BertForMaskedLM"]);
    const card = await readFile(join(path("bert"), "README.md"), "utf8");
    assert.match(card, /pre-trained on [\d.]+ k tokens of/);
    assert.match(card, /## Corpus/);
    assert.doesNotMatch(card, /was kept|undefined|NaN/);
    const record = JSON.parse(await readFile(join(path("bert"), "run.json"), "utf8"));
    assert.equal(record.options.objective, "masked-lm");
    assert.equal(record.data.corpora.length, 2);
    const fill = await loadPipeline(path("bert"));
    await fill("the film is good");
    await fill.close();
  });

  test("causal: bits a character and byte are told, and the model writes", async (t) => {
    const { path, options } = await world(t, gpt2);
    const { metrics } = await pretrain(options("gpt", { maxSteps: 100, evaluateEvery: 50 }));
    assert.ok(metrics["perplexity"]! < 30, `${metrics["perplexity"]}`);
    // letters are bytes here; words have some four of them, and the spaces between
    assert.ok(Math.abs(metrics["bits_per_byte"]! - metrics["bits_per_character"]!) < 1e-9);
    const perToken = Math.log2(metrics["perplexity"]!);
    assert.ok(metrics["bits_per_byte"]! < perToken / 2.5 && metrics["bits_per_byte"]! > perToken / 6);
    const generator = await loadGenerator(path("gpt"));
    await generator.close();
  });

  const variants: readonly (readonly [string, Partial<PretrainOptions>, readonly number[]])[] = [
    ["at several steps, across an epoch", { maxSteps: 26, batchSize: 16 }, [3, 7, 24]],
    ["with accumulated gradients, the best kept", { accumulationSteps: 3, keepBest: true }, [5]],
    ["with weighted corpora and a part of them held out", { weights: [3, 1], validationSplit: 0.1 }, [4]],
  ];
  for (const [name, changes, stops] of variants)
    test(`is exact after a resume: ${name}`, async (t) => {
      const { path, options } = await world(t);
      const all = (folder: string): PretrainOptions => {
        const { validation, ...rest } = options(folder, changes);
        return "validationSplit" in changes ? rest : { ...rest, validation: validation! };
      };
      await pretrain(all("whole"));
      const expected = await remains(path("whole"));
      for (const step of stops) {
        const piece = await runUntil({ ...all("pieces"), resume: true }, step);
        assert.equal(piece.interrupted, true);
        assert.equal(piece.steps, step);
      }
      await pretrain({ ...all("pieces"), resume: true });
      assert.deepEqual(await remains(path("pieces")), expected);
    });

  test("a changed corpus is not resumed; the corpus of an earlier run is taken as it is", async (t) => {
    const { path, options } = await world(t);
    const kept = { corpusDirectory: path("corpus") };
    await runUntil(options("run", kept), 2);
    const reused: boolean[] = [];
    const corpora = (facts: CorporaFacts): void => {
      reused.push(...facts.corpora.map(({ isReused }) => isReused));
    };
    await pretrain(options("other", { ...kept, maxSteps: 1 }), { events: { corpora } });
    assert.deepEqual(reused, [true, true]);
    await writeFile(path("b.txt"), "the film is good");
    await assert.rejects(
      pretrain(options("run", { ...kept, resume: true })),
      /there is a corpus of other texts/,
    );
    await assert.rejects(
      pretrain(options("run", { resume: true })),
      /cannot be resumed exactly: changed since are training corpora/,
    );
  });

  test("held-out documents that are learnt from too are counted, told and recorded", async (t) => {
    const { path, options } = await world(t);
    const documents = async (name: string): Promise<string[]> =>
      (await readFile(path(name), "utf8")).split("\n\n");
    const [learnt, heldOut] = await Promise.all(["b.txt", "valid.txt"].map(documents));
    await writeFile(path("valid.txt"), [...learnt!.slice(3, 6), ...heldOut!].join("\n\n"));
    let facts: CorporaFacts | undefined;
    const corpora = (told: CorporaFacts): void => {
      facts = told;
    };
    await pretrain(options("run", { maxSteps: 1 }), { events: { corpora } });
    const { knownTokenRate, ...counts } = facts!.known!;
    assert.deepEqual(counts, { documentCount: 23, knownCount: 3 });
    assert.ok(knownTokenRate > 0.05 && knownTokenRate < 0.25, `${knownTokenRate}`);
    const record = JSON.parse(await readFile(join(path("run"), "run.json"), "utf8"));
    assert.deepEqual(record.data.known, facts!.known);
    const card = await readFile(join(path("run"), "README.md"), "utf8");
    assert.match(card, /Also seen in training, which flatters the results: 3 of the held-out documents\./);
  });

  test("a dry run tells what there is and leaves nothing", async (t) => {
    const { path, options } = await world(t);
    const run = await pretrain(options("dry", { dryRun: true }));
    assert.equal(run.dryRun, true);
    assert.equal(run.plan.totalSteps, 12);
    await assert.rejects(readdir(path("dry")), /ENOENT/);
  });

  test("what cannot be is refused before anything is written", async (t) => {
    const { path, options } = await world(t);
    const refused = async (changes: Partial<PretrainOptions>, message: RegExp): Promise<void> => {
      await assert.rejects(pretrain(options("none", changes)), message);
      await assert.rejects(readdir(path("none")), /ENOENT/);
    };
    await refused({ architecture: "bert-mni" }, /expected a file in the form of config.json or a preset/);
    await refused(
      { architecture: "gpt2-tiny", objective: "masked-lm" },
      /--objective masked-lm: expected one of .*bert.*, got gpt2/,
    );
    await refused({ objective: "causal-lm", maskRate: 0.2 }, /maskRate: causal-lm takes no notice of it/);
    await refused({ weights: [1] }, /--weights: expected one for each --train-file \(2\), got 1/);
    await refused({ validationSplit: 0.1 }, /the run has a validation file already/);
    await refused({ maxLength: 4000 }, /--max-length: expected at most/);
  });
});

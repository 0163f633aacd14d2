// What is learnt beside a model is resumed exactly, and saved as a model of its own or left out; so is what rows are drawn
// by that is found in the corpus.
import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readSafetensorsFile } from "../../src/hub/index.js";
import type { ModelFacts } from "../../src/workflows/events.js";
import {
  type AdaptOptions,
  adapt,
  loadModel,
  type PretrainOptions,
  pretrain,
} from "../../src/workflows/index.js";
import { stoppedAfter } from "./domain-runs.js";
import { lastingFiles } from "./lasting-files.js";
import { temporaryFolder, tinyConfig, tinyRows, tinyTokenizer, writeTinyModel } from "./tiny-model.js";

/** Options of a run over a small text; each answers where it leaves its model. */
async function world(
  context: TestContext,
  config: object,
  objective: Pick<PretrainOptions, "objective" | "masking">,
): Promise<(name: string, changes?: Partial<PretrainOptions>) => PretrainOptions> {
  const folder = await temporaryFolder(context);
  const { architectures: _, vocab_size: __, ...architecture } = tinyConfig();
  await writeFile(join(folder, "vocab.txt"), tinyTokenizer().toFiles().get("vocab.txt")!);
  await writeFile(join(folder, "model.json"), JSON.stringify({ ...architecture, ...config }));
  const texts = tinyRows(160, 5).map(({ text }) => text);
  await writeFile(join(folder, "text.txt"), texts.join("\n\n"));
  return (name, changes) => ({
    ...{ architecture: join(folder, "model.json"), tokenizer: join(folder, "vocab.txt") },
    ...{ train: [join(folder, "text.txt")], validationSplit: 0.2, outputDirectory: join(folder, name) },
    ...{ maxLength: 20, batchSize: 8, maxSteps: 5, threads: 1, evaluateEvery: 5, saveEvery: 3 },
    ...objective,
    ...changes,
  });
}

/** Run to the end at once, and again with a stop after the second step; the notes of the first run. */
async function runTwice(
  options: Awaited<ReturnType<typeof world>>,
  files: readonly string[],
): Promise<{ directory: string; notes: string[]; metrics: Readonly<Record<string, number>> }> {
  const notes: string[] = [];
  const whole = options("whole");
  const { metrics } = await pretrain(whole, { events: { note: (text) => notes.push(text) } });
  const parts = options("parts");
  const stop = new AbortController();
  await pretrain(parts, {
    signal: stop.signal,
    events: { progress: ({ phase, done }) => phase === "train" && done === 2 && stop.abort() },
  });
  await pretrain({ ...parts, resume: true });
  for (const file of files) {
    const bytes = (directory: string): Promise<Buffer> => readFile(join(directory, file));
    assert.ok((await bytes(whole.outputDirectory)).equals(await bytes(parts.outputDirectory)), file);
  }
  return { directory: whole.outputDirectory, notes, metrics };
}

describe("pre-training with something beside model and rows", () => {
  test("replaced-tokens: the model and its generator load as Python's classes, with one embedding", async (t) => {
    const config = { model_type: "electra", embedding_size: 16 };
    const options = await world(t, config, { objective: "replaced-tokens" });
    const files = ["model.safetensors", "generator/model.safetensors"];
    const { directory, notes, metrics } = await runTwice(options, files);
    assert.ok(metrics["replaced_rate"]! > 0 && metrics["replaced_rate"]! < 0.25);
    assert.ok(notes.some((text) => /without the generator; it is in .*generator$/.test(text)));
    const model = await loadModel(directory, { head: "replaced-tokens" });
    const generator = await loadModel(join(directory, "generator"), { head: "masked-lm" });
    assert.deepEqual([...model.newParameters, ...generator.newParameters], []);
    const words = "embeddings.word.weight";
    assert.deepEqual(model.weights.get(words), generator.weights.get(words));
    const inner = "layers.0.feedForward.inner.weight";
    assert.deepEqual(model.weights.get(inner)!.shape, [64, 32]);
    assert.deepEqual(generator.weights.get(inner)!.shape, [16, 8]);
    const { architectures } = JSON.parse(await readFile(join(directory, "config.json"), "utf8"));
    assert.deepEqual(architectures, ["ElectraForPreTraining"]);
  });

  test("replaced-tokens: the generator goes on with the model, by itself or named, and is exact after a resume", async (t) => {
    const config = { model_type: "electra", embedding_size: 16 };
    const options = await world(t, config, { objective: "replaced-tokens" });
    const begun = options("begun", { generatorShare: 0.5 });
    await pretrain(begun);
    const { architecture: _, tokenizer: __, objective: ___, ...rest } = options("gone-on");
    const still = { maxSteps: 1, learningRate: 1e-30, optimizer: "sgd", weightDecay: 0 } as const;
    const model = begun.outputDirectory;
    const facts: ModelFacts[] = [];
    const gone = { ...rest, ...still, model };
    await adapt(gone, { events: { model: (told) => facts.push(told) } });
    for (const file of ["model.safetensors", "generator/model.safetensors"]) {
      const [before, after] = await Promise.all(
        [model, gone.outputDirectory].map((folder) => readSafetensorsFile(join(folder, file))),
      );
      assert.deepEqual(after, before, file);
    }
    assert.deepEqual(facts[0]!.newParameters, []);
    assert.deepEqual(facts[0]!.unusedWeights, []);
    assert.match(facts[0]!.problem, /generator of 2 layers x 16/);

    // elsewhere, a generator must be named; without one it begins anew
    await cp(join(model, "generator"), join(model, "..", "apart"), { recursive: true });
    await rm(join(model, "generator"), { recursive: true });
    const alone = { ...rest, ...still, model, outputDirectory: join(model, "..", "alone") };
    await adapt(alone, { events: { model: (told) => facts.push(told) } });
    assert.ok(facts[1]!.newParameters.some((name) => name.startsWith("beside.generator.")));
    assert.match(facts[1]!.problem, /generator of 2 layers x 8/);
    const extended = { vocabulary: "extend", newPieces: 4, minFrequency: 1 } as const;
    const named = (name: string): AdaptOptions => ({
      ...{ ...rest, ...extended, model, generator: join(model, "..", "apart") },
      outputDirectory: join(model, "..", name),
    });
    await adapt(named("named"), { events: { model: (told) => facts.push(told) } });
    assert.deepEqual(facts[2]!.newParameters, []);
    await stoppedAfter(2, (context) => adapt(named("parts"), context));
    await adapt({ ...named("parts"), resume: true });
    const [whole, parts] = ["named", "parts"].map((name) => lastingFiles(join(model, "..", name)));
    assert.deepEqual(await parts, await whole);
    assert.ok("generator/model.safetensors" in (await whole!));

    await assert.rejects(
      adapt({ ...named("none"), generatorShare: 0.5 }),
      /--generator-share: expected to be left out/,
    );
    await assert.rejects(
      adapt({ ...named("none"), objective: "masked-lm" }),
      /--generator: masked-lm takes no notice of it/,
    );
    const apart = join(model, "..", "apart", "config.json");
    const narrow = { ...JSON.parse(await readFile(apart, "utf8")), embedding_size: 12 };
    await writeFile(apart, JSON.stringify(narrow));
    await assert.rejects(
      adapt(named("none")),
      /a generator with the embeddings of the model .*x 16\), got .* x 12/,
    );
    const other = await writeTinyModel(join(model, ".."));
    await assert.rejects(
      adapt({ ...named("none"), generator: other }),
      /model_type: expected electra.*got bert/,
    );
  });

  test("masked-lm by phrases: they are found in the corpus again when a run is resumed, and told", async (t) => {
    const options = await world(t, {}, { objective: "masked-lm", masking: "pmi" });
    const { notes } = await runTwice(options, ["model.safetensors"]);
    assert.ok(
      notes.some((text) => /^phrases that are hidden as wholes, by their words: \d+ of 2/.test(text)),
    );
  });

  test("span-boundary: the head is in the checkpoints, and not in the model", async (t) => {
    const options = await world(t, {}, { objective: "span-boundary" });
    const { directory, notes, metrics } = await runTwice(options, ["model.safetensors"]);
    assert.ok(Number.isFinite(metrics["boundary_perplexity"]));
    assert.ok(notes.some((text) => /without the head of span boundaries/.test(text)));
    const model = await loadModel(directory, { head: "masked-lm" });
    assert.deepEqual(model.newParameters, []);
    const named = async (file: string): Promise<string[]> => {
      const stored = await readSafetensorsFile(join(directory, file));
      return [...stored.keys()].filter((name) => name.startsWith("beside."));
    };
    assert.equal((await named("model.safetensors")).length, 0);
    assert.equal((await named("checkpoint-5/model.safetensors")).length, 10);
  });
});

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { type FineTuneOptions, fineTune, train } from "../../src/workflows/index.js";
import { stoppedAfter } from "./domain-runs.js";
import { lastingFiles } from "./lasting-files.js";
import { type TinyWorld, tinyRows, tinyTokenizer, tinyWorld, writeRows } from "./tiny-model.js";

let world: TinyWorld;
let teacher: string;
let remove: () => unknown;

before(async () => {
  world = await tinyWorld({ after: (done) => (remove = done as () => unknown) }, { trainRows: 160 });
  teacher = world.path("teacher");
  await fineTune({ ...options("teacher"), epochs: 4 });
});
after(() => remove());

function options(name: string): FineTuneOptions {
  const { model, train: rows, validation, path } = world;
  return {
    ...{ model, train: rows, validation, outputDirectory: path(name), learningRate: 5e-3, batchSize: 8 },
    ...{ threads: 1, evaluateEvery: 5, saveEvery: 4, logEvery: 5 },
  };
}

describe("a student that learns a task from a teacher", () => {
  test("is exact after a resume, stands beside its teacher in the end, and is another than one without", async () => {
    const { path } = world;
    const notes: string[] = [];
    let problem: string | undefined;
    const all = (name: string): FineTuneOptions => ({ ...options(name), teacher, maxSteps: 12 });
    const whole = await fineTune(all("whole"), {
      events: {
        note: (told) => notes.push(told),
        model: (told) => {
          problem = told.problem;
        },
      },
    });
    const piece = await stoppedAfter(7, (context) => fineTune(all("pieces"), context));
    assert.deepEqual([piece.interrupted, piece.steps], [true, 7]);
    const resumed = await fineTune({ ...all("pieces"), resume: true });
    assert.deepEqual(await lastingFiles(path("pieces")), await lastingFiles(path("whole")));
    assert.deepEqual(resumed.taught, whole.taught);

    assert.deepEqual(whole.taught!.student.metrics, whole.metrics);
    assert.ok(whole.taught!.teacher.metrics["accuracy"]! > 0.8);
    assert.equal(notes.filter((note) => /^(teacher|student): \d+ parameters, accuracy/.test(note)).length, 2);
    assert.deepEqual(JSON.parse(await readFile(path("whole/distillation.json"), "utf8")), whole.taught);
    const record = JSON.parse(await readFile(path("whole/run.json"), "utf8"));
    assert.equal(record.options.teacher, teacher);
    assert.match(problem!, /2 labels, taught by BERT, 2 layers x 32/);

    const { teacher: _, ...alone } = all("alone");
    await fineTune(alone);
    const weightsOf = async (name: string): Promise<string> =>
      (await lastingFiles(path(name)))["model.safetensors"]!;
    assert.notEqual(await weightsOf("alone"), await weightsOf("whole"));
    await assert.rejects(
      fineTune({ ...all("pieces"), resume: true, temperature: 3 }),
      /cannot be resumed exactly: changed since are options/,
    );
  });

  test("a teacher alone teaches a model from scratch that cuts texts otherwise, without any right label", async () => {
    const { path } = world;
    const random = tinyRows(240, 21).map(({ text }, i) => ({
      text,
      label: i % 2 === 0 ? "praise" : "blame",
    }));
    const wrong = await writeRows(path("wrong.jsonl"), random);
    const bag = { model_type: "bi-lstm", hidden_size: 16, embedding_size: 16, num_hidden_layers: 1 };
    await writeFile(path("student.json"), JSON.stringify(bag));
    const letters = tinyTokenizer().toFiles().get("vocab.txt") as string;
    const [, ...others] = letters.split("\n");
    await writeFile(
      path("vocab.txt"),
      ["[PAD]", ...others.filter((word) => !/^(the|film|was)$/.test(word))].join("\n"),
    );
    const { model: _, ...rest } = options("scratch");
    const { metrics } = await train({
      ...{ ...rest, train: wrong, teacher, labelWeight: 0, temperature: 1, epochs: 4, learningRate: 1e-2 },
      ...{ architecture: path("student.json"), tokenizer: path("vocab.txt") },
    });
    assert.ok(metrics["accuracy"]! > 0.8, `${metrics["accuracy"]}`);
  });

  test("words are taught too", async () => {
    const { path } = world;
    const tags = new Map([..."good fine great lovely bright".split(" ")].map((word) => [word, "GOOD"]));
    const tagged = tinyRows(80, 31).map(({ text }) => {
      const words = text.split(" ");
      return { words, tags: words.map((word) => tags.get(word) ?? "REST") };
    });
    const rows = await writeRows(path("tags.jsonl"), tagged);
    const common = {
      ...options("tagger"),
      train: rows,
      validation: rows,
      task: "token-classification",
    } as const;
    await fineTune({ ...common, epochs: 3 });
    const { taught } = await fineTune({
      ...{ ...common, outputDirectory: path("tags-taught"), teacher: path("tagger") },
      ...{ epochs: 3, labelWeight: 0 },
    });
    assert.ok(taught!.teacher.metrics["accuracy"]! > 0.95, JSON.stringify(taught));
    assert.ok(taught!.student.metrics["accuracy"]! > 0.95, JSON.stringify(taught));
    await assert.rejects(
      fineTune({ ...options("none"), teacher: path("tagger") }),
      /expected a model for text-classification, got one for token-classification/,
    );
  });

  test("what cannot be is refused before anything is written", async () => {
    const { path } = world;
    const refused = async (changes: Partial<FineTuneOptions>, message: RegExp): Promise<void> => {
      await assert.rejects(fineTune({ ...options("none"), ...changes }), message);
      await assert.rejects(readdir(path("none")), /ENOENT/);
    };
    await refused({ temperature: 3 }, /temperature: expected --teacher with it, got none/);
    const other = tinyRows(40, 3).map(({ text, label }) => ({ text, label: `${label}!` }));
    const rows = await writeRows(path("other.jsonl"), other);
    await refused(
      { teacher, train: rows, validation: rows },
      /expected a model that knows the labels blame!, praise!, got one without blame!, praise!/,
    );
    const numbers = await writeRows(
      path("numbers.jsonl"),
      tinyRows(40, 3).map(({ text }, i) => ({ text, label: i / 7 })),
    );
    await refused(
      { teacher, train: numbers, validation: numbers },
      /expected a task that gives each text or word one class/,
    );
  });

  test("a teacher with further labels teaches those that the rows have", async () => {
    const { path } = world;
    const three = tinyRows(90, 4).map(({ text, label }, i) => ({
      text,
      label: i % 9 === 0 ? "neither" : label,
    }));
    const rows = await writeRows(path("three.jsonl"), three);
    await fineTune({ ...options("three"), train: rows, epochs: 1 });
    const notes: string[] = [];
    await fineTune(
      { ...options("two"), teacher: path("three"), maxSteps: 2 },
      { events: { note: (told) => notes.push(told) } },
    );
    assert.ok(notes.includes("the teacher's scores of neither, which no training row has, are left out"));
  });
});

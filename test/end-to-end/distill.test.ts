import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { type DistillOptions, distill, loadPipeline } from "../../src/workflows/index.js";
import { type DomainWorld, domainWorld, stoppedAfter } from "./domain-runs.js";
import { lastingFiles } from "./lasting-files.js";

let world: DomainWorld;
before(async () => {
  world = await domainWorld();
});
after(() => world.remove());

describe("teaching a student", () => {
  for (const losses of ["distilbert", "minilm"] as const)
    test(`${losses}: learns, is exact after a resume, and stands beside its teacher in the end`, async () => {
      const { path, model, options } = world;
      const all = (name: string): DistillOptions => ({
        ...options(name),
        ...{ teacher: model, studentLayers: 2, losses, relationHeads: 8 },
      });
      const notes: string[] = [];
      const whole = await distill(all(`${losses}-whole`), { events: { note: (text) => notes.push(text) } });
      for (const step of [7]) {
        const piece = await stoppedAfter(step, (context) =>
          distill({ ...all(`${losses}-pieces`), resume: true }, context),
        );
        assert.deepEqual([piece.interrupted, piece.steps], [true, step]);
      }
      const resumed = await distill({ ...all(`${losses}-pieces`), resume: true });
      assert.deepEqual(
        await lastingFiles(path(`${losses}-pieces`)),
        await lastingFiles(path(`${losses}-whole`)),
      );

      const { teacher, student } = whole.taught!;
      assert.deepEqual(resumed.taught, whole.taught);
      assert.ok(student.parameterCount < teacher.parameterCount);
      assert.deepEqual(student.metrics, whole.metrics);
      assert.ok(teacher.metrics["masked_accuracy"]! >= 0 && teacher.metrics["perplexity"]! > 1);
      assert.equal(
        notes.filter((note) => /^(teacher|student): \d+ parameters, perplexity/.test(note)).length,
        2,
      );
      // of a student that learns relations alone, neither the head nor what comes after its last attention moves
      assert.equal(
        notes.some((note) => /parameters are trained/.test(note)),
        losses === "minilm",
      );
      assert.deepEqual(
        JSON.parse(await readFile(path(`${losses}-whole/distillation.json`), "utf8")),
        whole.taught,
      );

      // the teacher is saved nowhere, and was not trained
      for (const place of [`${losses}-whole`, `${losses}-whole/checkpoint-10`]) {
        const weights = await readSafetensorsFile(join(path(place), "model.safetensors"));
        assert.ok(
          [...weights.keys()].every((name) => !name.includes("teacher") && !/layer\.[2-9]/.test(name)),
        );
      }
      const card = await readFile(path(`${losses}-whole/README.md`), "utf8");
      assert.match(
        card,
        /2 layers × 32, .* for masked language modelling, begun with weights of `.*`, pre-trained on/,
      );
      const fill = await loadPipeline(path(`${losses}-whole`));
      await fill("the film is good");
      await fill.close();
    });

  test("a step of no size leaves the teacher's layers as they were, and the loss of the student its own", async () => {
    const { path, model, options } = world;
    const still = { maxSteps: 1, learningRate: 1e-30, optimizer: "sgd", weightDecay: 0, dropout: 0 } as const;
    await distill({ ...options("begun"), ...still, teacher: model });
    const [given, own] = await Promise.all(
      [model, path("begun")].map((folder) => readSafetensorsFile(join(folder, "model.safetensors"))),
    );
    for (const [name, tensor] of own!) {
      const from = name.replace(/layer\.(\d+)/, (_, layer) => `layer.${2 * Number(layer)}`);
      assert.deepEqual(tensor.data, given!.get(from)!.data, name);
    }
    const same = await distill({ ...options("same"), ...still, teacher: model, studentLayers: 4 });
    assert.deepEqual(same.taught!.student.metrics, same.taught!.teacher.metrics);
  });

  test("a narrower student of another family learns by relations", async () => {
    const { path, model, options } = world;
    const narrow = { model_type: "distilbert", dim: 16, n_layers: 1, n_heads: 4, hidden_dim: 32 };
    await writeFile(path("student.json"), JSON.stringify({ ...narrow, max_position_embeddings: 48 }));
    const taught = { ...options("narrow"), teacher: model, architecture: path("student.json") };
    const { taught: sides } = await distill({ ...taught, losses: "minilm", labelWeight: 1 });
    assert.ok(sides!.student.parameterCount < sides!.teacher.parameterCount / 2);
    const config = JSON.parse(await readFile(path("narrow/config.json"), "utf8"));
    assert.deepEqual([config.model_type, config.architectures], ["distilbert", ["DistilBertForMaskedLM"]]);
    await assert.rejects(
      distill({ ...taught, outputDirectory: path("none") }),
      /expected a student as wide as its teacher \(32\), got 16/,
    );
  });
});

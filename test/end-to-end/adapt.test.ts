import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Tensor } from "../../src/base/index.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { type AdaptOptions, adapt, loadTokenizer } from "../../src/workflows/index.js";
import { type DomainWorld, domainWorld, stoppedAfter } from "./domain-runs.js";
import { lastingFiles } from "./lasting-files.js";

const weightsIn = (directory: string): Promise<ReadonlyMap<string, Tensor>> =>
  readSafetensorsFile(join(directory, "model.safetensors"));
const table = "bert.embeddings.word_embeddings.weight";
const bias = "cls.predictions.bias";

/** A row of a table, or a number of a bias. */
function rowOf({ data, shape }: Tensor, row: number): number[] {
  const size = data.length / shape[0]!;
  return Array.from(data.subarray(row * size, (row + 1) * size) as Float32Array);
}

/** The mean of some rows, in float32. */
function meanOf(tensor: Tensor, rows: readonly number[]): number[] {
  const parts = rows.map((row) => rowOf(tensor, row));
  return parts[0]!.map((_, i) => Math.fround(parts.reduce((sum, part) => sum + part[i]! / rows.length, 0)));
}

let world: DomainWorld;
before(async () => {
  world = await domainWorld();
});
after(() => world.remove());

describe("adapting a model to a domain", () => {
  test("extended: new words are tokens, whose rows begin as the mean of what stood there", async () => {
    const { path, model, options } = world;
    const extended = { model, vocabulary: "extend", newPieces: 12 } as const;
    // steps so small that nothing moves
    const still = { maxSteps: 1, learningRate: 1e-30, optimizer: "sgd", weightDecay: 0 } as const;
    await adapt({ ...options("begun"), ...extended, ...still });
    const [old, tokenizer] = await Promise.all([model, path("begun")].map((one) => loadTokenizer(one)));
    assert.ok(tokenizer!.vocabularySize > old!.vocabularySize);
    const [before, after] = await Promise.all([weightsIn(model), weightsIn(path("begun"))]);
    for (const name of [table, bias]) {
      assert.equal(after.get(name)!.shape[0], tokenizer!.vocabularySize);
      for (let id = 0; id < old!.vocabularySize; id++)
        assert.deepEqual(rowOf(after.get(name)!, id), rowOf(before.get(name)!, id), `${name} ${id}`);
      const [word] = tokenizer!.encode("cambium", { specialTokens: false }).ids;
      const letters = Array.from(old!.encode("cambium", { specialTokens: false }).ids);
      assert.ok(word! >= old!.vocabularySize && letters.length === 7);
      assert.deepEqual(rowOf(after.get(name)!, word!), meanOf(before.get(name)!, letters), name);
    }
    assert.deepEqual(tokenizer!.encode("the film is good").ids, old!.encode("the film is good").ids);
  });

  test("retrained: a piece that was there keeps its row, and special tokens their ids", async () => {
    const { path, model, options } = world;
    const still = { maxSteps: 1, learningRate: 1e-30, optimizer: "sgd", weightDecay: 0 } as const;
    await adapt({ ...options("anew"), model, vocabulary: "retrain", ...still });
    const [old, tokenizer] = await Promise.all([model, path("anew")].map((one) => loadTokenizer(one)));
    assert.deepEqual(tokenizer!.special, old!.special);
    const [before, after] = await Promise.all([weightsIn(model), weightsIn(path("anew"))]);
    assert.equal(after.get(table)!.shape[0], tokenizer!.vocabularySize);
    let sameCount = 0;
    for (let id = 0; id < tokenizer!.vocabularySize; id++) {
      const oldId = old!.tokenToId(tokenizer!.idToToken(id)!);
      if (oldId === undefined) continue;
      sameCount++;
      assert.deepEqual(rowOf(after.get(table)!, id), rowOf(before.get(table)!, oldId));
    }
    assert.ok(sameCount > 20 && sameCount < tokenizer!.vocabularySize, `${sameCount}`);
  });

  for (const vocabulary of ["keep", "extend", "retrain"] as const)
    test(`${vocabulary}: learns the domain, and is exact after a resume`, async () => {
      const { path, model, options } = world;
      const all = (name: string): AdaptOptions => ({ ...options(name), model, vocabulary });
      const whole = await adapt(all(`${vocabulary}-whole`));
      assert.ok(whole.metrics["perplexity"]! < 90, `${whole.metrics["perplexity"]}`);
      for (const step of [7]) {
        const piece = await stoppedAfter(step, (context) =>
          adapt({ ...all(`${vocabulary}-pieces`), resume: true }, context),
        );
        assert.deepEqual([piece.interrupted, piece.steps], [true, step]);
      }
      await adapt({ ...all(`${vocabulary}-pieces`), resume: true });
      assert.deepEqual(
        await lastingFiles(path(`${vocabulary}-pieces`)),
        await lastingFiles(path(`${vocabulary}-whole`)),
      );
    });

  test("settings of a vocabulary that stays are refused", async () => {
    const options = { model: "x", train: ["x.txt"], outputDirectory: "x" };
    await assert.rejects(
      adapt({ ...options, newPieces: 3 }),
      /--new-pieces: expected --vocabulary extend, got keep/,
    );
    await assert.rejects(
      adapt({ ...options, vocabulary: "retrain", minFrequency: 3 }),
      /--min-frequency: expected --vocabulary extend, got retrain/,
    );
  });
});

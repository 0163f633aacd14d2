import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needs, sharedPath } from "../../test/shared.js";
import {
  type BatchOptions,
  batchCountOf,
  batchesFrom,
  epochBatches,
  paddingShare,
  readRows,
  restoreOrder,
  sortedBatches,
  streamBatches,
} from "./index.js";

const options = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 300 }),
  batchSize: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
  bucketing: fc.boolean(),
  dropLast: fc.boolean(),
  poolBatches: fc.integer({ min: 1, max: 5 }),
});

const flat = (batches: readonly Uint32Array[]) => batches.flatMap((rows) => [...rows]);

describe("training batches", () => {
  test("hold each row once an epoch; only a last one is smaller, or left out", () => {
    fc.assert(
      fc.property(options, fc.nat(5), (options: BatchOptions, epoch) => {
        const batches = epochBatches(options, epoch);
        const rows = flat(batches);
        assert.equal(new Set(rows).size, rows.length);
        assert.equal(batches.length, batchCountOf(options));
        const small = batches.filter((batch) => batch.length < options.batchSize);
        assert.ok(small.length <= (options.dropLast ? 0 : 1));
        assert.ok(rows.every((row) => row < options.lengths.length));
        if (!options.dropLast) assert.equal(rows.length, options.lengths.length);
      }),
    );
  });

  test("are the same for one seed and epoch, others for another", () => {
    const lengths = Array.from({ length: 200 }, (_, i) => 5 + (i % 60));
    const at = (seed: number, epoch: number) => epochBatches({ lengths, batchSize: 8, seed }, epoch);
    assert.deepEqual(at(1, 0), at(1, 0));
    assert.notDeepEqual(at(1, 0), at(2, 0));
    assert.notDeepEqual(at(1, 0), at(1, 1));
  });

  test("go on from any cursor as if never stopped", () => {
    fc.assert(
      fc.property(options, fc.nat(), (options: BatchOptions, stop) => {
        const whole = [...batchesFrom(options, 3)];
        if (whole.length === 0) return;
        const from = stop % whole.length;
        assert.deepEqual([...batchesFrom(options, 3, whole[from]!.cursor)], whole.slice(from));
      }),
    );
  });

  test("leave out other rows in each epoch", () => {
    const lengths = new Array(10).fill(1);
    const left = [0, 1, 2, 3].map((epoch) => {
      const rows = flat(epochBatches({ lengths, batchSize: 4, seed: 3, dropLast: true }, epoch));
      return [...lengths.keys()].filter((row) => !rows.includes(row)).join();
    });
    assert.ok(new Set(left).size > 1);
  });

  test("bucketed, pad far less than shuffled ones on SST-2", needs("data/en/sst2/train.tsv"), async () => {
    const { rows } = await readRows(sharedPath("data/en/sst2/train.tsv"));
    // words and the two special tokens; close to the tokenizer's count
    const lengths = rows.map((row) => 2 + String(row.fields["1"]).split(" ").length);
    const share = (bucketing: boolean) =>
      paddingShare(lengths, epochBatches({ lengths, batchSize: 32, seed: 1, bucketing }, 0));
    assert.ok(share(false) > 0.4, `shuffled: ${share(false)}`);
    assert.ok(share(true) < 0.03, `bucketed: ${share(true)}`);
    assert.ok(paddingShare(lengths, sortedBatches(lengths, 32)) < 0.01);
  });
});

describe("evaluation batches", () => {
  test("go from long to short, and results return to the order of the rows", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.integer({ min: 1, max: 9 }), (lengths, batchSize) => {
        const batches = sortedBatches(lengths, batchSize);
        const inOrder = flat(batches).map((row) => lengths[row]!);
        assert.deepEqual(
          inOrder,
          [...lengths].sort((a, b) => b - a),
        );
        const results = batches.map((rows) => Array.from(rows, (row) => `row ${row}`));
        assert.deepEqual(
          restoreOrder(batches, results),
          lengths.map((_, row) => `row ${row}`),
        );
      }),
    );
  });

  test("padding is the share of places without a token", () => {
    assert.equal(paddingShare([1, 3, 4], [Uint32Array.of(0, 1), Uint32Array.of(2)]), 1 - 8 / 10);
  });
});

describe("streamBatches", () => {
  const batches = (itemCount: number, streamCount: number): number[][] =>
    streamBatches(itemCount, streamCount).map((rows) => [...rows]);

  test("each row of a batch goes on from the same row of the batch before", () => {
    assert.deepEqual(batches(4, 2), [
      [0, 2],
      [1, 3],
    ]);
    for (const [itemCount, streamCount] of [
      [23, 5],
      [20, 5],
      [7, 7],
      [3, 8],
      [1, 1],
      [100, 32],
    ] as const) {
      const all = batches(itemCount, streamCount);
      assert.deepEqual(
        all.flat().sort((a, b) => a - b),
        Array.from({ length: itemCount }, (_, i) => i),
      );
      assert.equal(all.length, Math.ceil(itemCount / streamCount));
      for (const [i, rows] of all.entries())
        for (const [place, row] of rows.entries()) if (i > 0) assert.equal(row, all[i - 1]![place]! + 1);
    }
  });

  test("no items, no batches", () => assert.deepEqual(batches(0, 4), []));
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { Random, type Tensor } from "../base/index.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { Arena, layOut } from "./arena.js";
import { adamW } from "./optimizers/index.js";
import { SparseRows } from "./sparse-rows.js";
import { openUpdate, type Update } from "./update.js";
import { updatePlan } from "./update-plan.js";

const slots = [
  { name: "before", shape: [5, 7], group: 0 },
  { name: "table", shape: [40, 8], group: 0 },
  { name: "between", shape: [3], group: 0 },
  { name: "positions", shape: [12, 4], group: 0 },
  { name: "norm", shape: [9], group: 1 },
];
const layout = layOut(slots, 2);
const optimizer = adamW({ weightDecay: 0.1 });
const tables = new Set(["table", "positions"]);

async function openedUpdate(names?: ReadonlySet<string>): Promise<Update> {
  const runtime = await openRuntime({ name: "onnxruntime", threads: 1 });
  const update = await openUpdate(runtime, layout, updatePlan(optimizer, slots), names);
  const random = new Random(5);
  for (const { data } of update.parameters.views.values())
    data.forEach((_, i) => {
      data[i] = random.normal();
    });
  return update;
}

/** A step whose gradient has a few rows of the tables; the row 0 of `table` comes, but is zero. */
async function takeStep(update: Update, step: number): Promise<number> {
  const random = new Random(100 + step);
  for (const { data } of update.gradients.views.values()) data.fill(0);
  for (const name of ["before", "between", "norm"]) fill(update.gradients.view(name).data, random);
  const rows = (count: number, last: number): bigint[] =>
    Array.from({ length: count }, () => BigInt(1 + random.integer(last)));
  for (const [name, ids, size] of [
    ["table", rows(3, 39), 8],
    ["positions", rows(2, 5), 4],
  ] as const) {
    for (const id of ids)
      fill(update.gradients.view(name).data.subarray(Number(id) * size, (Number(id) + 1) * size), random);
    update.noteRows(name, [0n, ...ids]);
  }
  const norm = update.gradientNorm();
  const scalars = [0.1, 0].map((decay) => optimizer.scalars(step, 0.05, decay));
  await update.run(scalars, 0.5, 0);
  return norm;
}

function fill(data: Float32Array, random: Random): void {
  data.forEach((_, i) => {
    data[i] = random.normal();
  });
}

function bytesOf(update: Update): string[] {
  const all = [...update.parameters.views, ...update.stateArrays] as [string, Tensor<"float32">][];
  const digest = (data: Float32Array): string => createHash("sha256").update(data.slice()).digest("hex");
  return all.map(([name, { data }]) => `${name} ${digest(data)}`);
}

describe("rows that no batch has read", () => {
  test("are left out to the same bytes, also when a run goes on from its states", async () => {
    const [whole, sparse] = [await openedUpdate(), await openedUpdate(tables)];
    let resumed: Update | undefined;
    for (let step = 1; step <= 8; step++) {
      const [expected, norm] = [await takeStep(whole, step), await takeStep(sparse, step)];
      assert.ok(Math.abs(norm - expected) < 1e-6 * expected, `${norm}, expected ${expected}`);
      assert.deepEqual(bytesOf(sparse), bytesOf(whole));
      if (resumed !== undefined) {
        assert.equal(await takeStep(resumed, step), norm);
        assert.deepEqual(bytesOf(resumed), bytesOf(sparse));
      }
      if (step !== 4) continue;
      resumed = await openedUpdate(tables);
      await takeStep(resumed, 9); // what it had read before counts no more
      for (const [name, { data }] of sparse.parameters.views) resumed.parameters.view(name).data.set(data);
      for (const [name, { data }] of sparse.stateArrays)
        (resumed.stateArrays.get(name)!.data as Float32Array).set(data as Float32Array);
      resumed.reviewStates();
    }
    for (const update of [whole, sparse, resumed!]) await update.close();
  });

  test("are told from those that have gradient or states", () => {
    const states = [new Arena(layout)];
    const rows = new SparseRows(layout, tables, states);
    states[0]!.view("table").data[8 * 20] = 1;
    rows.note("table", [30n, 30n, 2n]);
    const at = (row: number): number => 48 + 8 * row; // 35 numbers of `before`, aligned
    const positions = { start: 384, end: 432 };
    assert.deepEqual(rows.gradientRanges(0), [
      { start: 0, end: at(0) },
      { start: at(40), end: positions.start },
      { start: at(2), end: at(3) },
      { start: at(30), end: at(31) },
    ]);
    const { active, idle } = rows.updateRanges(0);
    assert.deepEqual(active, [
      { start: 0, end: at(0) },
      { start: at(40), end: positions.start },
      { start: at(0), end: at(3) }, // two idle rows before row 2 are not worth a loop
      { start: at(20), end: at(21) },
      { start: at(30), end: at(31) },
    ]);
    assert.deepEqual(idle, [
      { start: at(3), end: at(20) },
      { start: at(21), end: at(30) },
      { start: at(31), end: at(40) },
      positions,
    ]);
    assert.deepEqual(rows.updateRanges(1), { active: [{ start: 0, end: 16 }], idle: [] });
  });
});

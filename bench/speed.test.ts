import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparisonsOf } from "./comparisons.js";
import { speedRows } from "./speed.js";
import { speedSvg } from "./speed-svg.js";
import type { DatedRecord } from "./tables.js";

const machine = { processor: "a processor", cores: 2 };
const record = (date: string, seconds: Readonly<Record<string, number>>): DatedRecord => ({
  date,
  machine,
  ...{
    results: Object.fromEntries(Object.entries(seconds).map(([side, taken]) => [side, { seconds: taken }])),
  },
});

describe("the picture of speeds", () => {
  const compare = comparisonsOf["train-step"] as Parameters<typeof speedRows>[1];
  const rows = speedRows(
    [
      record("2026-01-01T00:00:00Z", { ours: 1, pytorch: 0.8 }),
      record("2026-02-01T00:00:00Z", { ours: 1, pytorch: 2, openvino: 0.5 }),
    ],
    compare,
  );

  test("has a row for each pair of sides, with the ratios of all records", () => {
    const facts = rows.map(({ work, peer, ratios }) => [work, peer, ratios.map(({ ratio }) => ratio)]);
    assert.deepEqual(facts, [
      ["training step, BERT-base", "PyTorch", [0.8, 2]],
      ["the same, OpenVINO", "PyTorch", [4]],
    ]);
  });

  test("tells faster from slower and newest from older", () => {
    const svg = speedSvg("speeds", rows);
    assert.match(svg, /class="slower older"[^>]*><title>[^<]*2026-01-01: 0\.80/);
    assert.match(svg, /class="faster"[^>]*><title>[^<]*2026-02-01: 2\.00/);
    assert.match(
      svg,
      /<desc[^>]*>training step, BERT-base, PyTorch: 2\.00\. the same, OpenVINO, PyTorch: 4\.00\./,
    );
  });
});

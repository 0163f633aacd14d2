import assert from "node:assert/strict";
import { test } from "node:test";
import * as numbers from "./number-text.js";

function each(write: (value: number) => string, cases: readonly [number, string][]): void {
  for (const [value, text] of cases) assert.equal(write(value), text, `of ${value}`);
}

test("counts", () => {
  each(numbers.countText, [
    [0, "0"],
    [950, "950"],
    [1204, "1,204"],
    [67_349, "67,349"],
    [1e9, "1,000,000,000"],
  ]);
  each(numbers.largeCountText, [
    [950, "950"],
    [999.6, "1.0 k"],
    [5_932_032, "5.9 M"],
    [9_960_000, "10 M"],
    [109_482_240, "109 M"],
    [999_600_000, "1.0 G"],
  ]);
});

test("bytes", () => {
  each(numbers.bytesText, [
    [12, "12 B"],
    [90_000, "90 kB"],
    [1_100_000_000, "1.1 GB"],
    [86_700_000, "87 MB"],
  ]);
});

test("shares", () => {
  each(numbers.percentText, [
    [0, "0 %"],
    [0.0001, "<0.1 %"],
    [0.002, "0.2 %"],
    [0.02, "2 %"],
    [0.34, "34 %"],
    [0.66, "66 %"],
    [0.996, "99.6 %"],
    [0.9999, ">99.9 %"],
    [1, "100 %"],
  ]);
});

test("losses and learning rates", () => {
  each(numbers.measureText, [
    [0.2134, "0.213"],
    [0, "0.000"],
    [-0.5, "-0.500"],
    [0.00004, "4.0e-5"],
    [12_345, "1.235e4"],
    [Number.NaN, "NaN"],
  ]);
  each(numbers.rateText, [
    [1.7e-5, "1.7e-5"],
    [5e-5, "5.0e-5"],
    [0, "0"],
    [0.1, "0.1"],
    [0.0123, "0.012"],
  ]);
});

test("speeds", () => {
  assert.equal(numbers.speedText(9312.4, "tokens/s"), "9,310 tokens/s");
  assert.equal(numbers.speedText(0.4217, "steps/s"), "0.422 steps/s");
});

test("times", () => {
  each(numbers.clockText, [
    [0, "0:00"],
    [44, "0:44"],
    [59.6, "1:00"],
    [725, "12:05"],
    [3725, "1:02:05"],
    [-3, "0:00"],
  ]);
  each(numbers.durationText, [
    [0.25, "0.3 s"],
    [9.96, "10 s"],
    [44, "44 s"],
    [59.7, "1 min"],
    [130, "2 min 10 s"],
    [3599.7, "1 h"],
    [9000, "2 h 30 min"],
    [86_390, "1 d"],
    [90_000, "1 d 1 h"],
  ]);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { colors } from "./colors.js";
import { barText, type Progress, progressBarText, progressText, shareDone } from "./progress-text.js";
import { textWidth } from "./text-width.js";

const plain = colors(false);
const progress: Progress = {
  label: "epoch 2/3",
  done: 62,
  total: 93,
  facts: ["loss 0.213", "lr 1.7e-5", "9,300 tokens/s"],
  secondsLeft: 44,
};

describe("progress line", () => {
  test("has a bar of up to 31 columns", () => {
    assert.equal(
      progressBarText(progress, 120, plain),
      "epoch 2/3 ━━━━━━━━━━━━━━━━━━━━╺━━━━━━━━━━  66 %  loss 0.213  lr 1.7e-5  9,300 tokens/s  0:44 left",
    );
  });

  test("gives up the bar, then the last facts, then the rest", () => {
    assert.equal(
      progressBarText(progress, 76, plain),
      "epoch 2/3 ━━━━━━╺━━━  66 %  loss 0.213  lr 1.7e-5  9,300 tokens/s  0:44 left",
    );
    assert.equal(
      progressBarText(progress, 74, plain),
      "epoch 2/3  66 %  loss 0.213  lr 1.7e-5  9,300 tokens/s  0:44 left",
    );
    assert.equal(progressBarText(progress, 45, plain), "epoch 2/3  66 %  loss 0.213  0:44 left");
    assert.equal(progressBarText(progress, 20, plain), "epoch 2/3  66 %  0:…");
  });

  test("never exceeds the width, and colours take no columns", () => {
    for (let width = 10; width < 130; width++) {
      for (const color of [false, true]) {
        assert.ok(textWidth(progressBarText(progress, width, colors(color))) <= width, `at ${width}`);
      }
    }
    assert.ok(progressBarText(progress, 120, colors(true)).includes(`\u001b[32m${"━".repeat(20)}\u001b[39m`));
  });

  test("in a log has no bar", () => {
    assert.equal(progressText(progress), "epoch 2/3  66 %  loss 0.213  lr 1.7e-5  9,300 tokens/s  0:44 left");
  });

  test("counts where the total is unknown", () => {
    const unknown = { label: "reading", done: 1204, total: 0, facts: [] };
    assert.equal(shareDone(unknown), undefined);
    assert.equal(progressBarText(unknown, 80, plain), "reading 1,204");
  });
});

test("the bar is empty at the start and full only at the end", () => {
  assert.equal(barText(0, 4, plain), "╺━━━");
  assert.equal(barText(0.999, 4, plain), "━━━╺");
  assert.equal(barText(1, 4, plain), "━━━━");
});

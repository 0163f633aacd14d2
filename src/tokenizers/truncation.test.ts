import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { combineWindows, keptLengths, roomFor, windowsOver } from "./truncation.js";

describe("truncation", () => {
  test("longest first leaves a short text whole and else gives both half", () => {
    assert.deepEqual(keptLengths([30, 4], 10, "longest-first"), [6, 4]);
    assert.deepEqual(keptLengths([4, 30], 10, "longest-first"), [4, 6]);
    assert.deepEqual(keptLengths([30, 40], 11, "longest-first"), [5, 6]);
    assert.deepEqual(keptLengths([40, 30], 11, "longest-first"), [6, 5]);
    assert.deepEqual(keptLengths([3, 4], 7, "longest-first"), [3, 4]);
  });

  test("longest first uses all the room and takes no more than there is", () => {
    const length = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(length, length, length, (first, second, room) => {
        const kept = keptLengths([first, second], room, "longest-first");
        assert.equal(kept[0]! + kept[1]!, Math.min(room, first + second));
        assert.ok(kept[0]! <= first && kept[1]! <= second);
      }),
    );
  });

  test("only one text gives up tokens where that is asked for", () => {
    assert.deepEqual(keptLengths([30, 4], 10, "only-first"), [6, 4]);
    assert.deepEqual(keptLengths([4, 30], 10, "only-second"), [4, 6]);
    assert.throws(
      () => keptLengths([30, 4], 10, "only-second"),
      /more than the 24 tokens that must go, got 4/,
    );
    assert.throws(() => keptLengths([30], 10, "only-second"), /needs a second text/);
    assert.deepEqual(keptLengths([30, 4], 10, "none"), [30, 4]);
  });

  test("a maximum length below the special tokens is refused", () => {
    assert.equal(roomFor(5, 3), 2);
    for (const length of [2, -1, 3.5, Number.NaN])
      assert.throws(() => roomFor(length, 3), { name: "OptionError" });
  });

  test("windows share the stride and cover the text", () => {
    const window = (start: number, end: number) => ({ start, end });
    assert.deepEqual(windowsOver(10, 4, { stride: 1 }), [window(0, 4), window(3, 7), window(6, 10)]);
    assert.deepEqual(windowsOver(10, 4, { stride: 1, truncationSide: "left" }), [
      window(6, 10),
      window(3, 7),
      window(0, 4),
    ]);
    assert.deepEqual(windowsOver(10, 4, {}), [window(0, 4)]);
    assert.deepEqual(windowsOver(10, 4, { truncationSide: "left" }), [window(6, 10)]);
    assert.deepEqual(windowsOver(3, 4, { stride: 9 }), [window(0, 3)]);
    for (const stride of [4, -1, 0.5])
      assert.throws(() => windowsOver(10, 4, { stride }), /^OptionError: stride/);
  });

  test("windows of two texts are combined in the library's order", () => {
    const [a, b] = [
      [0, 1, 2].map((start) => ({ start, end: start })),
      [5, 6].map((start) => ({ start, end: start })),
    ];
    const order = combineWindows([a!, b!]).map((windows) => windows.map(({ start }) => start).join());
    assert.deepEqual(order, ["0,5", "1,5", "1,6", "2,5", "2,6", "0,6"]);
  });
});

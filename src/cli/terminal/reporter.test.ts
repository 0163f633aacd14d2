import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Reporter, reporter } from "./reporter.js";

function recorded(
  isTTY: boolean,
  columns = 100,
): { out: Reporter; text: () => string; tick: (ms: number) => void } {
  let now = 0;
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  const stream = { isTTY, columns, write };
  return {
    out: reporter({ stream, clock: () => now, color: false }),
    text: () => text,
    tick: (ms) => {
      now += ms;
    },
  };
}

const step = (done: number, label = "epoch 1/1") => ({ label, done, total: 100, facts: [`loss ${done}`] });

describe("reporter", () => {
  test("separates things of different kinds by one empty line", () => {
    const { out, text } = recorded(false);
    out.section("data", ["a.tsv"]);
    out.section("model", ["bert"]);
    out.table({ head: ["epoch"], rows: [["1"]] });
    out.table({ head: ["step"], rows: [["2"]] });
    out.warning("two lines\nof text");
    out.line("a line");
    out.error("wrong");
    const expected = [
      "",
      "  data      a.tsv",
      "  model     bert",
      "",
      "  epoch",
      "      1",
      "",
      "  step",
      "     2",
      "",
      "  warning  two lines",
      "           of text",
      "  a line",
      "",
      "  error  internal: wrong",
      "         This is a defect of Tsugiki, not of your input. Please report it with the command,",
      "         what `npx tsugiki info` prints, and what TSUGIKI_DEBUG=1 adds to this message.",
      "",
    ];
    assert.equal(text(), expected.join("\n"));
  });

  test("redraws one line on a terminal, ten times a second, and at every turn", () => {
    const { out, text, tick } = recorded(true, 60);
    for (let done = 0; done <= 100; done++) {
      out.progress(step(done));
      tick(30);
    }
    const frames = text().split("\r").slice(1);
    assert.equal(frames.length, 26); // the first and every fourth, as 30 ms lie between two steps
    for (const frame of frames) {
      assert.match(
        frame.replace("\u001b[K", "<clear>"),
        /^ {2}epoch 1\/1 ━*(╺━*)? +\d+ % {2}loss \d+<clear>$/,
      );
    }
    assert.match(frames.at(-1)!, /100 % {2}loss 100/);
    out.progress(step(1, "evaluation"));
    assert.ok(text().endsWith("   1 %  loss 1\u001b[K"), "a new label does not wait");
  });

  test("clears the line before anything else is printed, with one empty line left above", () => {
    const { out, text } = recorded(true);
    out.section("data", ["a.tsv"]);
    out.progress(step(1));
    out.table({ head: ["epoch"], rows: [["1"]] });
    out.progress(step(2));
    out.close();
    out.close();
    const bar = "╺".padEnd(31, "━");
    assert.equal(
      text(),
      `\n  data      a.tsv\n\n\r  epoch 1/1 ${bar}   1 %  loss 1\u001b[K\r\u001b[K  epoch\n      1\n\n\r  epoch 1/1 ${bar}   2 %  loss 2\u001b[K\r\u001b[K`,
    );
  });

  test("prints a line every tenth of the work elsewhere, none sooner than a second", () => {
    const { out, text, tick } = recorded(false);
    for (let done = 0; done <= 100; done++) {
      out.progress(step(done));
      tick(500);
    }
    const shown = text().match(/loss \d+/g);
    assert.deepEqual(
      shown,
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((done) => `loss ${done}`),
    );
    assert.ok(!text().includes("\r") && !text().includes("\u001b"));
  });

  test("prints a line every ten seconds of slow work, none of work that is over at once", () => {
    const slow = recorded(false);
    for (let done = 0; done < 10; done++) {
      slow.out.progress(step(done));
      slow.tick(6000);
    }
    assert.deepEqual(slow.text().match(/loss \d+/g), ["loss 2", "loss 4", "loss 6", "loss 8"]);
    const fast = recorded(false);
    for (let done = 0; done <= 100; done++) {
      fast.out.progress(step(done));
      fast.tick(9);
    }
    assert.equal(fast.text(), "");
    const hasty = recorded(false);
    for (let done = 0; done <= 100; done += 25) {
      hasty.out.progress(step(done));
      hasty.tick(done < 75 ? 1000 : 100);
    }
    hasty.out.progress(step(100));
    assert.deepEqual(hasty.text().match(/loss \d+/g), ["loss 25", "loss 50", "loss 75", "loss 100"]);
  });
});

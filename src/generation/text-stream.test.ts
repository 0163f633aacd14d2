import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { heldBack, stopPlace } from "./stop-text.js";
import { TextStream } from "./text-stream.js";

/** Tokens are the bytes of UTF-8. */
const decode = (ids: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(ids));
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

describe("TextStream", () => {
  test("a character is shown once it is whole", () => {
    const stream = new TextStream(decode);
    assert.deepEqual(
      bytes("aé日😀").map((byte) => stream.push(byte)),
      ["a", "", "é", "", "", "日", "", "", "", "😀"],
    );
    assert.equal(stream.end(), "");
  });

  test("what is left of a broken character comes at the end", () => {
    const stream = new TextStream(decode);
    assert.equal(stream.push(0xe6), "");
    assert.equal(stream.end(), "\ufffd");
  });

  test("a stop string is not shown, nor is what may become one before it is known", () => {
    const stream = new TextStream(decode, ["\n\n", "。"]);
    assert.deepEqual(
      bytes("a\nb\n\nc").map((byte) => stream.push(byte)),
      ["a", "", "\nb", "", "", ""],
    );
    assert.equal(stream.end(), "");
    assert.equal(stream.text, "a\nb");
  });

  test("what was held back for nothing comes at the end", () => {
    const stream = new TextStream(decode, ["stop"]);
    const pieces = bytes("sto").map((byte) => stream.push(byte));
    assert.deepEqual([...pieces, stream.end()], ["", "", "", "sto"]);
  });

  test("what a decoder changes afterwards was shown as it was", () => {
    // as a decoder that removes the space before a full stop
    const stream = new TextStream((ids) => ["the", "the end", "the end.", "the end. So"][ids.length - 1]!);
    assert.deepEqual(
      [stream.push(0), stream.push(1), stream.push(2), stream.push(3)],
      ["the", " end", ".", " So"],
    );
  });
});

describe("stop strings", () => {
  test("the first one counts", () => {
    assert.equal(stopPlace("one two three", ["three", "two"]), 4);
    assert.equal(stopPlace("one", ["two"]), undefined);
    assert.equal(stopPlace("one", []), undefined);
  });

  test("what is held back is the longest beginning of one", () => {
    assert.equal(heldBack("a\n", ["\n\n"]), 1);
    assert.equal(heldBack("abab", ["abc", "babx"]), 3);
    assert.equal(heldBack("abc", ["abc"]), 0);
  });
});

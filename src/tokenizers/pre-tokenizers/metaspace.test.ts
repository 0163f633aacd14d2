import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { rawEnd, rawStart, rawText } from "../aligned-text.js";
import { readPreTokenizer } from "./index.js";
import { type MetaspaceOptions, metaspace } from "./metaspace.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

const file = "golden/tokenizers/pretokenizers.json";

/** The pieces with their spans in the raw text. */
function cut(step: PreTokenizer, text: string, offset = 0): [string, number, number][] {
  const { source, bounds } = step.split({
    source: rawText(text, offset),
    bounds: text === "" ? [] : [0, text.length],
  });
  const pieces: [string, number, number][] = [];
  for (let k = 0; k < bounds.length; k += 2) {
    const [start, end] = [bounds[k]!, bounds[k + 1]!];
    pieces.push([source.text.slice(start, end), rawStart(source, start), rawEnd(source, end - 1)]);
  }
  return pieces;
}

const words = (text: string, options: MetaspaceOptions, offset = 0): string[] =>
  cut(metaspace(options), text, offset).map(([piece]) => piece);

describe("Metaspace", () => {
  test("against the tokenizers library", needs(file), () => {
    const step = readPreTokenizer(
      { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
      "",
    );
    const golden = sharedJson(file);
    golden.strings.forEach((text: string, i: number) => {
      const units = [0];
      for (const character of text) units.push(units.at(-1)! + character.length);
      const expected = golden.pieces.Metaspace[i].map(([piece, [start, end]]: [string, [number, number]]) => [
        piece,
        units[start],
        units[end],
      ]);
      assert.deepEqual(cut(step, text), expected, JSON.stringify(text));
    });
  });

  test("the prefix: always, first, never; not where there is one", () => {
    assert.deepEqual(words("a b", {}), ["▁a", "▁b"]);
    assert.deepEqual(words(" a", {}), ["▁a"]);
    assert.deepEqual(words("a b", { prependScheme: "never" }), ["a", "▁b"]);
    assert.deepEqual(words("a b", { prependScheme: "first" }), ["▁a", "▁b"]);
    assert.deepEqual(words("a b", { prependScheme: "first" }, 3), ["a", "▁b"]);
  });

  test("without cuts, and with another sign", () => {
    assert.deepEqual(words("a b", { split: false }), ["▁a▁b"]);
    assert.deepEqual(words("a b", { replacement: "_" }), ["_a", "_b"]);
  });

  test("every piece of a step before gets its prefix", () => {
    const both = readPreTokenizer(
      {
        type: "Sequence",
        pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "▁" }],
      },
      "",
    );
    assert.deepEqual(cut(both, " ab  😀 c"), [
      ["▁ab", 1, 3],
      ["▁😀", 5, 7],
      ["▁c", 8, 9],
    ]);
  });

  test("files of old versions and wrong files", () => {
    const read = (json: object): unknown =>
      readPreTokenizer({ type: "Metaspace", ...json }, "t").toJson()["prepend_scheme"];
    assert.equal(read({ replacement: "▁", add_prefix_space: false }), "never");
    assert.equal(read({ replacement: "▁", add_prefix_space: true }), "always");
    assert.throws(() => read({ replacement: "ab" }), /t: expected "replacement" to be one character/);
    assert.throws(
      () => read({ replacement: "▁", prepend_scheme: "no" }),
      /expected "prepend_scheme" to be one of/,
    );
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readDecoder } from "./index.js";

function decode(json: object, tokens: string[]): string[] {
  const step = readDecoder(json as never, "file");
  assert.deepEqual(step.toJson(), json);
  return step.decode(tokens);
}

describe("decoders", () => {
  test("BPEDecoder puts a space behind each word but the last", () => {
    const json = { type: "BPEDecoder", suffix: "</w>" };
    assert.deepEqual(decode(json, ["lo", "w</w>", "new</w>"]), ["lo", "w ", "new"]);
  });

  test("ByteFallback joins bytes that are text, and marks each that is not", () => {
    const json = { type: "ByteFallback" };
    assert.deepEqual(decode(json, ["a", "<0xE7>", "<0x8C>", "<0xAB>", "b"]), ["a", "猫", "b"]);
    assert.deepEqual(decode(json, ["<0xE7>", "<0x8C>", "b", "<0x41>"]), ["\ufffd", "\ufffd", "b", "A"]);
  });

  test("Fuse, Replace, Strip", () => {
    assert.deepEqual(decode({ type: "Fuse" }, ["a", "b"]), ["ab"]);
    const literal = { type: "Replace", pattern: { String: "▁" }, content: " " };
    assert.deepEqual(decode(literal, ["▁a▁", "b"]), [" a ", "b"]);
    const regex = { type: "Replace", pattern: { Regex: "a+|$" }, content: "-" };
    assert.deepEqual(decode(regex, ["baab"]), ["b-b-"]);
    const strip = { type: "Strip", content: " ", start: 1, stop: 2 };
    assert.deepEqual(decode(strip, ["  a   ", " ", "b"]), [" a ", "", "b"]);
    assert.throws(() => decode({ ...strip, content: "ab" }, []), { name: "FileError" });
  });

  test("Llama's way back", () => {
    const json = {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    };
    assert.deepEqual(decode(json, ["▁a", "▁", "<0xC3>", "<0xA9>"]), ["a é"]);
  });
});

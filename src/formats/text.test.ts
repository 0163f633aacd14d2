import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeText, textLines } from "./text.js";

const encode = (text: string) => new TextEncoder().encode(text);

async function linesOf(chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  let number = 0;
  for await (const line of textLines(chunks, "a.txt")) {
    assert.equal(line.number, ++number);
    lines.push(line.text);
  }
  return lines;
}

describe("lines of text", () => {
  test("are the same however the bytes come in", async () => {
    const text = fc.array(fc.constantFrom("a", "雨", "😀", "\n", "\r\n", " ")).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (text, size) => {
        const bytes = encode(text);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const expected = text.split(/\r?\n/);
        if (expected.at(-1) === "") expected.pop();
        assert.deepEqual(await linesOf(chunks), expected);
      }),
    );
  });

  test("do not begin with the byte order mark", async () => {
    assert.deepEqual(await linesOf([encode("\ufeffa\nb")]), ["a", "b"]);
    assert.equal(decodeText(encode("\ufeffa"), "a.txt"), "a");
  });

  test("that are not UTF-8 are named", async () => {
    const bytes = new Uint8Array([0x61, 0x0a, 0x62, 0x0a, 0x93, 0xfa, 0x0a]); // 日 in Shift_JIS
    await assert.rejects(
      linesOf([bytes]),
      /^FileError: a\.txt, line 3: expected UTF-8 text, got other bytes$/,
    );
    await assert.rejects(linesOf([bytes.subarray(0, 2), bytes.subarray(2)]), /line 3/);
    assert.throws(() => decodeText(bytes, "a.txt"), /line 3/);
  });

  test("of UTF-16 or of no text are refused", () => {
    assert.throws(() => decodeText(new Uint8Array([0xff, 0xfe, 0x61, 0]), "a.txt"), /got UTF-16/);
    assert.throws(() => decodeText(new Uint8Array([1, 0, 2]), "a.txt"), /got a binary file/);
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type ReadDocumentsOptions, readDocuments } from "./files-documents.js";
import { type FileReport, PlaceCounter } from "./raw-document.js";
import { longestDocument } from "./text-documents.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-documents-"));
after(() => rmSync(folder, { recursive: true }));

// two rows (雨 1, 雪 0) written by pyarrow 26.0.1
const rainAndSnow =
  "UEFSMRUAFSgVKCwVBBUAFQYVBhwAAAACAAAABAEDAAAA6ZuoAwAAAOmbqhUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEBAAAA" +
  "AAAAAAAAAAAAAAAAFQQZPDUAGAZzY2hlbWEVBAAVDCUCGAR0ZXh0JQBMHAAAABUEJQIYBWxhYmVsABYEGRwZLCYAHBUMGSUG" +
  "ABkYBHRleHQVABYEFk4WTiYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQQZJQYAGRgFbGFiZWwVABYEFlIWUiZWSRwVABUA" +
  "FQIAPCkGGSYABAAAABagARYEJggWoAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAMcAAABQ" +
  "QVIx";

interface Read {
  readonly texts: string[];
  readonly places: string[];
  readonly files: FileReport[];
  readonly cut: PlaceCounter;
  readonly doneBytes: number;
}

/** The documents of files that are written with a content, and what was told about them. */
async function read(
  contents: Record<string, string | Uint8Array>,
  options: ReadDocumentsOptions = {},
): Promise<Read> {
  const paths = Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
  const [texts, places]: [string[], string[]] = [[], []];
  const files: FileReport[] = [];
  const cut = new PlaceCounter();
  let doneBytes = 0;
  const listener = {
    cut,
    onBytes: (bytes: number): void => {
      doneBytes = bytes;
    },
    onFile: (report: FileReport): void => void files.push(report),
  };
  for await (const { text, place } of readDocuments(paths, options, listener)) {
    texts.push(text.trim());
    places.push(place.replace(`${folder}/`, ""));
  }
  return { texts, places, files, cut, doneBytes };
}

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))));

describe("plain text", () => {
  test("blank lines and the end of a file end a document", async () => {
    const { texts, places, files, doneBytes } = await read({
      "a.txt": "\ufeffone\ntwo\r\n\r\n \nthree\n\n\n",
      "b.txt": "\n\nfour",
    });
    assert.deepEqual(texts, ["one\ntwo", "three", "four"]);
    assert.deepEqual(places, ["a.txt, line 1", "a.txt, line 5", "b.txt, line 3"]);
    assert.deepEqual(
      files.map(({ lineCount, documentCount, skipped }) => [lineCount, documentCount, skipped]),
      [
        [7, 2, []],
        [3, 1, []],
      ],
    );
    assert.equal(doneBytes, files[0]!.size + files[1]!.size);
  });

  test("a packed text is the same", async () => {
    const { texts, files, doneBytes } = await read({ "a.txt.gz": gzipSync("一\n\n二\n") });
    assert.deepEqual(texts, ["一", "二"]);
    assert.equal(doneBytes, files[0]!.size);
  });

  test("an empty file is told", async () => {
    const { texts, files } = await read({ "empty.txt": "", "text.txt": "text" });
    assert.deepEqual(texts, ["text"]);
    assert.deepEqual(files[0]!.skipped, [{ reason: "empty file", count: 1, firstLine: 1 }]);
  });

  test("a long text without blank lines is cut at line ends", async () => {
    const line = `${"接ぎ木をする。".repeat(20)}\n`;
    const count = Math.ceil((3.5 * longestDocument) / line.length);
    const { texts, places, cut } = await read({ "long.txt": line.repeat(count) });
    assert.equal(texts.length, 4);
    assert.equal(cut.count, 3);
    assert.ok(texts.every((text) => text.length <= longestDocument && text.endsWith("。")));
    assert.equal(texts.map((text) => `${text}\n`).join(""), line.repeat(count));
    assert.equal(places[1], `long.txt, line ${(texts[0]!.split("\n").length + 1).toLocaleString("en-US")}`);
  });

  test("a very long line is cut behind sentences, and no character is lost", async () => {
    const text = "これは長い一行です🌱。".repeat(900_000); // some 30 MB
    const { texts, cut } = await read({ "line.txt": text });
    assert.equal(cut.count, texts.length - 1);
    assert.ok(texts.every((part) => part.length <= longestDocument && part.endsWith("🌱。")));
    assert.equal(texts.join(""), text);
  });

  test("one without any place to cut is cut between characters", async () => {
    const text = "🌱".repeat(longestDocument);
    const { texts } = await read({ "line.txt": `a${text}` });
    assert.ok(texts.every((part) => !/\p{Surrogate}/u.test(part)));
    assert.equal(texts.join(""), `a${text}`);
  });

  test("lines that are not UTF-8 are skipped and counted, with the first place", async () => {
    const good = "text\n".repeat(1000);
    const { texts, files } = await read({
      "mixed.txt": bytes(good, 0x93, 0xfa, "\n", good, 0xe9, "\n", "a\0b\n"),
    });
    assert.deepEqual(texts, ["text\n".repeat(2000).trim()]);
    assert.deepEqual(files[0]!.skipped, [
      { reason: "bytes that are not UTF-8", count: 2, firstLine: 1001 },
      { reason: "a NUL character, as binary data has", count: 1, firstLine: 2003 },
    ]);
  });

  test("or end the reading, if so they should", async () => {
    const content = bytes("text\n".repeat(30), 0x93, 0xfa, "\n");
    await assert.rejects(read({ "mixed.txt": content }, { onBadText: "stop" }), {
      name: "FileError",
      message: /mixed\.txt, line 31: expected text, got bytes that are not UTF-8/,
    });
  });
});

describe("files of another kind", () => {
  const cases: [name: string, content: string | Uint8Array, message: RegExp][] = [
    ["utf-16.txt", bytes(0xff, 0xfe, "a", 0), /expected UTF-8 text, got UTF-16/],
    ["binary.bin", bytes("PK", 0, 1, 2, 3), /expected text, got a binary file/],
    [
      "sjis.txt",
      bytes("a\n", 0x93, 0xfa, "\n", 0x96, 0x7b, "\n"),
      /line 2: expected text, got bytes that are not UTF-8; so it is with 2 of 3 lines/,
    ],
    ["broken.txt.gz", gzipSync("text ".repeat(10_000)).subarray(0, 60), /expected a gzip file/],
    ["broken.parquet", "PAR1 no PAR1", /expected a readable Parquet file/],
    ["packed.parquet.gz", gzipSync("PAR1"), /got a packed one/],
    ["words.conll", "a O\nb O\n", /got a file of labelled words/],
    [
      "no-column.jsonl",
      '{"body": "a"}\n{"body": "b"}\n',
      /line 1: expected text, got nothing in "text"; so it is with 2 of 2 lines/,
    ],
    ["no.jsonl", "text\nmore\n", /line 1: expected text, got no JSON/],
    ["empty.csv", "", /expected rows, got an empty file/],
  ];
  for (const [name, content, message] of cases)
    test(name, async () => {
      await assert.rejects(read({ [name]: content }), { name: "FileError", message });
    });

  test("a missing file", async () => {
    const listener = { cut: new PlaceCounter(), onBytes: () => {}, onFile: () => {} };
    await assert.rejects(readDocuments([join(folder, "none.txt")], {}, listener).next(), /found none/);
  });

  test("the tenth of bad lines is found out long before the end", async () => {
    const content = bytes(
      ...Array.from({ length: 20_000 }, (_, i) => (i % 5 === 0 ? "\xe9" : "a")).flatMap((c) => [
        c === "a" ? "a" : 0xe9,
        "\n",
      ]),
    );
    await assert.rejects(read({ "often.txt": content }), /so it is with 2,\d+ of 10,0\d\d lines/);
  });
});

describe("rows", () => {
  test("of JSONL: objects and strings; bad ones are skipped and counted", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => JSON.stringify({ text: `text ${i}` }));
    rows.push('"a string"', "", "{", '{"text": 5}', '{"text": null}');
    const { texts, places, files } = await read({ "rows.jsonl": rows.join("\n") });
    assert.equal(texts.length, 41);
    assert.equal(places[40], "rows.jsonl, line 41");
    assert.deepEqual(files[0]!.skipped, [
      { reason: "blank line", count: 1, firstLine: 42 },
      { reason: "no JSON", count: 1, firstLine: 43 },
      { reason: 'a number in "text"', count: 1, firstLine: 44 },
      { reason: 'nothing in "text"', count: 1, firstLine: 45 },
    ]);
  });

  test("of another column, and of a file that its ending does not tell", async () => {
    const options = { textColumn: "body", jsonl: true };
    const { texts } = await read({ "rows.txt.gz": gzipSync('{"body": "a\\n\\nb"}\n') }, options);
    assert.deepEqual(texts, ["a\n\nb"]);
  });

  test("a long text is cut", async () => {
    const text = "A sentence. ".repeat(longestDocument / 8).trim();
    const { texts, cut } = await read({ "long.jsonl": JSON.stringify({ text }) });
    assert.equal(texts.length, 2);
    assert.deepEqual(cut.count, 1);
    assert.equal(texts.join(" "), text);
  });

  test("a line of JSON that is too long to be held is told", async () => {
    const rows = Array.from({ length: 20 }, () => '{"text": "a"}');
    rows.splice(3, 0, JSON.stringify({ text: "x".repeat(36 * 2 ** 20) }));
    const { texts, files } = await read({ "rows.jsonl": rows.join("\n") });
    assert.equal(texts.length, 20);
    assert.deepEqual(files[0]!.skipped, [
      { reason: "a line of JSON longer than 32 MB", count: 1, firstLine: 4 },
    ]);
  });

  test("of Parquet", async () => {
    const { texts, places } = await read({ "rows.parquet": Buffer.from(rainAndSnow, "base64") });
    assert.deepEqual(texts, ["雨", "雪"]);
    assert.deepEqual(places, ["rows.parquet, line 1", "rows.parquet, line 2"]);
  });

  test("of CSV", async () => {
    const { texts, places } = await read({ "rows.csv": 'text,label\n"a ""b""",1\nc,2\n' });
    assert.deepEqual(texts, ['a "b"', "c"]);
    assert.deepEqual(places, ["rows.csv, line 2", "rows.csv, line 3"]);
  });
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { globFiles } from "./glob-files.js";
import { type ByteSource, type TextInput, type TextOptions, textInputs } from "./text-inputs.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-texts-"));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function* chunks(...parts: (string | Uint8Array)[]): ByteSource {
  yield* parts;
}

async function read(options: TextOptions, input: ByteSource = chunks()): Promise<TextInput[]> {
  const all: TextInput[] = [];
  for await (const text of textInputs(options, input)) all.push(text);
  return all;
}

const texts = (...all: string[]): TextInput[] => all.map((text) => ({ text }));

describe("patterns of files", () => {
  for (const name of ["a.txt", "b.txt", "b.json", ".hidden.txt", "deep/c.txt", "deep/er/d.txt", "q[1].txt"])
    write(`glob/${name}`, "");
  const found = async (...patterns: string[]): Promise<string[]> => {
    const files = await globFiles(patterns.map((pattern) => join(folder, "glob", pattern)));
    return files.map((file) => file.slice(folder.length + "/glob/".length));
  };

  test("name files", async () => {
    assert.deepEqual(await found("*.txt"), ["a.txt", "b.txt", "q[1].txt"]);
    assert.deepEqual(await found("?.{txt,json}"), ["a.txt", "b.json", "b.txt"]);
    assert.deepEqual(await found("**/*.txt"), ["a.txt", "b.txt", "deep/c.txt", "deep/er/d.txt", "q[1].txt"]);
    assert.deepEqual(await found("deep/**"), ["deep/c.txt", "deep/er/d.txt"]);
    assert.deepEqual(await found("d*/*/d.txt", "b.json", "*.json"), ["deep/er/d.txt", "b.json"]);
    assert.deepEqual(await found("q[1].txt", ".h*"), ["q[1].txt", ".hidden.txt"]);
  });

  test("that name nothing are an error", async () => {
    await assert.rejects(
      found("*.csv"),
      /\*\.csv: expected a file or a pattern that names files, found none/,
    );
    await assert.rejects(found("deep"), /expected a file/);
  });
});

describe("texts", () => {
  test("are lines, empty ones too, whatever the chunks", async () => {
    const lines = Buffer.from("\ufeffone\r\n\n日本\u0000語 \u2028x\n\ufefflast");
    const expected = texts("one", "", "日本\u0000語 \u2028x", "\ufefflast");
    for (const size of [1, 2, 3, 7, 100]) {
      const parts = Array.from({ length: Math.ceil(lines.length / size) }, (_, i) =>
        lines.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(await read({}, chunks(...parts)), expected, `chunks of ${size}`);
    }
    assert.deepEqual(await read({}, chunks("a\n", "b\n")), texts("a", "b"));
    assert.deepEqual(await read({}, chunks()), []);
  });

  test("come from words and files of many kinds", async () => {
    const plain = write("a.txt", "x\ny\n");
    const packed = write("b.txt.gz", gzipSync("z\n"));
    const json = write("c.jsonl", '"s"\n{"text":"t","n":1}\n{"text":"u","pair":"v"}\n');
    const table = write("d.csv", "id,body\n1,hello\n2,world\n");
    assert.deepEqual(await read({ texts: ["w"], files: [plain, packed] }), texts("w", "x", "y", "z"));
    assert.deepEqual(await read({ files: [json] }), [...texts("s", "t"), { text: "u", pair: "v" }]);
    assert.deepEqual(await read({ files: [table], textColumn: "body" }), texts("hello", "world"));
    const lines = chunks('"a\\nb"\n{"q":"c","a":"d"}');
    const columns = { jsonl: true, textColumn: "q", pairColumn: "a" };
    assert.deepEqual(await read(columns, lines), [{ text: "a\nb" }, { text: "c", pair: "d" }]);
    assert.deepEqual(
      await read({ files: [json], jsonl: false }),
      texts('"s"', '{"text":"t","n":1}', '{"text":"u","pair":"v"}'),
    );
  });

  test("that cannot be read are refused with their place", async () => {
    await assert.rejects(read({}, chunks("ok\n", Buffer.from([0x82, 0xa0]))), {
      message: "standard input, line 2: expected UTF-8 text, got other bytes",
    });
    const json = write("bad.jsonl", '{"text":"t"}\n{"body":"u"}\n');
    await assert.rejects(read({ files: [json] }), {
      message: `${json}, line 2: expected a text in "text", got undefined`,
      hint: "name the column that holds it: --text-column (there are body)",
    });
    await assert.rejects(read({ jsonl: true }, chunks("[1]")), /line 1: expected a string or an object/);
    await assert.rejects(read({ jsonl: true }, chunks("{")), /standard input, line 1: expected JSON/);
    const torn = write("torn.txt.gz", gzipSync("a\n".repeat(99)).subarray(0, 20));
    await assert.rejects(read({ files: [torn] }), {
      name: "FileError",
      message: /torn.txt.gz: expected a gzip file/,
    });
  });
});

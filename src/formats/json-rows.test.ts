import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { jsonErrorOffset, objectOffsets } from "./json-place.js";
import { parseJsonFile, readJsonRows } from "./json-rows.js";
import { readJsonLines } from "./jsonl.js";

const encode = (text: string) => new TextEncoder().encode(text);
const shown = (text: string) => readJsonRows(text, "a.json").rows.map((row) => [row.line, { ...row.fields }]);

describe("JSON rows", () => {
  test("an array of objects, each with its line", () => {
    assert.deepEqual(shown('[{"a": 1},\n\n {"a": {"b": [{}]}},\n{"c": "}{"}]'), [
      [1, { a: 1 }],
      [3, { a: Object.assign(Object.create(null), { b: [Object.create(null)] }) }],
      [4, { c: "}{" }],
    ]);
    assert.deepEqual(readJsonRows('[{"b": 1}, {"a": 1, "b": 2}]', "a.json").columns, ["b", "a"]);
  });

  test("objects under data", () => {
    assert.deepEqual(shown('{"version": {"data": [{}]}, "x": [{}],\n"data":\n[{"a": 1}]}'), [[3, { a: 1 }]]);
  });

  test("one object a line, as Python's loaders also accept", () => {
    assert.deepEqual(shown('{"a": 1}\n\n{"a": 2}\r\n'), [
      [1, { a: 1 }],
      [3, { a: 2 }],
    ]);
  });

  test("one object alone is one row", () => {
    assert.deepEqual(shown('{"text": "x"}'), [[1, { text: "x" }]]);
  });

  test("one array a column is refused", () => {
    assert.throws(() => shown('{"text": ["a"], "label": ["b"]}'), /got one array a column \(text, label\)/);
  });
});

describe("JSON lines", () => {
  test("with byte order mark, CRLF and blank lines", async () => {
    const set = await readJsonLines([encode('\ufeff{"a": 1}\r\n\r\n{"a": 2, "b": null}\n \n')], "a.jsonl");
    assert.deepEqual(
      set.rows.map((row) => [row.line, { ...row.fields }]),
      [
        [1, { a: 1 }],
        [3, { a: 2, b: null }],
      ],
    );
    assert.deepEqual(set.columns, ["a", "b"]);
    assert.deepEqual(set.skipped, [
      { line: 2, reason: "blank line" },
      { line: 4, reason: "blank line" },
    ]);
  });

  test("a line that is no object is named", async () => {
    await assert.rejects(
      readJsonLines([encode('{"a": 1}\n[1]\n')], "a.jsonl"),
      /a\.jsonl, line 2: expected a JSON object, got an array of 1/,
    );
    await assert.rejects(
      readJsonLines([encode('{"a": 1}\n{"a": \n')], "a.jsonl"),
      /a\.jsonl, line 2: expected JSON/,
    );
  });
});

describe("the place of a JSON error", () => {
  test("is where the text stops being JSON", () => {
    for (const [text, offset] of [
      ['{"a": 1,}', 8],
      ["[1, 2", 5],
      ["[1 2]", 3],
      ['{"a" 1}', 4],
      ['{"a": "b\nc"}', 6],
      ["nul", 0],
      ["[1] x", 4],
      ["{} ", 3],
      ['[{"a": [1, {"b": tru}]}]', 17],
    ] as const) {
      assert.equal(jsonErrorOffset(text), offset, text);
    }
  });

  test("is the end exactly where there is no error", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        assert.equal(jsonErrorOffset(text), text.length);
        const part = text.slice(0, cut % (text.length + 1));
        let valid = true;
        try {
          JSON.parse(part);
        } catch {
          valid = false;
        }
        if (valid) assert.equal(jsonErrorOffset(part), part.length);
      }),
    );
  });

  test("is told as a line", () => {
    assert.throws(
      () => parseJsonFile('[\n{"a": 1},\n{"a": 2}\n{"a": 3}\n]', "a.json"),
      /^FileError: a\.json, line 4: expected JSON, got "\{\\"a\\": 3\}\\n\]"$/,
    );
    assert.throws(
      () => parseJsonFile('[\n{"a": 1}', "a.json"),
      /a\.json, line 2: expected JSON, got the end of the file/,
    );
  });

  test("objects of an array are found, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), (objects) => {
        const text = JSON.stringify(objects);
        const offsets = objectOffsets(text);
        assert.equal(offsets.length, objects.length);
        offsets.forEach((offset, i) => {
          assert.ok(text.startsWith(JSON.stringify(objects[i]), offset));
        });
        assert.equal(
          objectOffsets(JSON.stringify({ other: objects, data: objects }), "data").length,
          objects.length,
        );
      }),
    );
  });
});

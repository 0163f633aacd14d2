import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Delimiter, parseRecords, readCsv } from "./csv.js";
import type { SkippedLine } from "./row.js";

const cells = (text: string, delimiter: Delimiter = ",") =>
  parseRecords(text, "a.csv", delimiter).map((record) => record.cells);

const fails = (text: string, delimiter: Delimiter, message: RegExp) =>
  assert.throws(() => readCsv(text, "a.csv", { delimiter, hasHeader: () => true }), message);

describe("comma-separated text", () => {
  test("quotes hold delimiters, line ends and quotes", () => {
    assert.deepEqual(cells('a,"b, c",d\r\n"e ""f""","g\nh",i\n'), [
      ["a", "b, c", "d"],
      ['e "f"', "g\nh", "i"],
    ]);
  });

  test("a quote inside a cell is a quote", () => {
    assert.deepEqual(cells('a 5" disk,1\n'), [['a 5" disk', "1"]]);
  });

  test("a cell may be empty, quoted or not, also the last", () => {
    assert.deepEqual(cells(',"",\n""\nx,'), [["", "", ""], [""], ["x", ""]]);
  });

  test("records know their lines, blank lines are counted", () => {
    const skipped: SkippedLine[] = [];
    const records = parseRecords('a,b\n\n"c\n\nd",e\r\n\r\nf,g', "a.csv", ",", skipped);
    assert.deepEqual(
      records.map((record) => record.line),
      [1, 3, 7],
    );
    assert.deepEqual(
      skipped.map(({ line }) => line),
      [2, 6],
    );
  });

  test("without a line feed, carriage returns end lines", () => {
    assert.deepEqual(cells("a,b\rc,d\r"), [
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  test("whatever is written in quotes is read back", () => {
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.constantFrom<Delimiter>(",", ";"), (rows, delimiter) => {
        const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quote).join(delimiter)).join("\n");
        assert.deepEqual(cells(text, delimiter), rows);
      }),
    );
  });

  test("a header names the columns; without one they are numbered", () => {
    const text = "text,label\nx,1\n";
    const named = readCsv(text, "a.csv", { delimiter: ",", hasHeader: () => true });
    assert.deepEqual(named.columns, ["text", "label"]);
    assert.deepEqual({ ...named.rows[0]!.fields }, { text: "x", label: "1" });
    const numbered = readCsv(text, "a.csv", { delimiter: ",", hasHeader: () => false });
    assert.deepEqual(numbered.columns, ["1", "2"]);
    assert.equal(numbered.rows.length, 2);
  });

  test("a column without a name is called by its number", () => {
    const { columns } = readCsv(",text\n0,x\n", "a.csv", { delimiter: ",", hasHeader: () => true });
    assert.deepEqual(columns, ["1", "text"]);
  });

  test("a column may be called __proto__", () => {
    const { rows } = readCsv("__proto__,b\nx,y\n", "a.csv", { delimiter: ",", hasHeader: () => true });
    assert.deepEqual(Object.entries(rows[0]!.fields), [
      ["__proto__", "x"],
      ["b", "y"],
    ]);
  });

  test("errors name file and line", () => {
    fails(
      "text,label\na,b\nc\n",
      ",",
      /^FileError: a\.csv, line 3: expected 2 columns \(text, label\), got 1$/,
    );
    fails('a,b\n"c,d\ne,f\n', ",", /a\.csv, line 2: expected a closing quote, got the end of the file/);
    fails('a,b\n"c" x,d\n', ",", /line 2: expected "," or the line's end after a closing quote, got " x"/);
    fails("a,a\nb,c\n", ",", /line 1: expected each column name once, got "a" twice/);
  });
});

describe("tab-separated text", () => {
  test("quotes are plain where no cell begins with one", () => {
    assert.deepEqual(cells('{"0": 3}\tx "y" z\n', "\t"), [['{"0": 3}', 'x "y" z']]);
  });

  test("quotes are plain where a cell begins with one that nothing closes, and every line fits so", () => {
    assert.deepEqual(cells('"Stop , he said\t1\nok\t0\n', "\t"), [
      ['"Stop , he said', "1"],
      ["ok", "0"],
    ]);
  });

  test("quotes quote where all are closed", () => {
    assert.deepEqual(cells('"a ""b"""\t1\nc\t0\n', "\t"), [
      ['a "b"', "1"],
      ["c", "0"],
    ]);
  });

  test("quotes quote where the lines would not fit otherwise", () => {
    assert.deepEqual(cells('"a\nb\tc"\t1\nd\t0\n', "\t"), [
      ["a\nb\tc", "1"],
      ["d", "0"],
    ]);
  });

  test("a line with a column too many is an error", () => {
    const rows = "x\t1\n".repeat(1203);
    assert.throws(
      () => readCsv(`${rows}a\tb\t1\n`, "areas.tsv", { delimiter: "\t", hasHeader: () => false }),
      /^FileError: areas\.tsv, line 1,204: expected 2 columns as in the first line, got 3$/,
    );
  });
});

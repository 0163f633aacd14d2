import assert from "node:assert/strict";
import { test } from "node:test";
import { readRunningText } from "./running-text.js";

const rowsOf = async (text: string): Promise<[unknown, number][]> => {
  const { rows } = await readRunningText([new TextEncoder().encode(text)], "text.txt");
  return rows.map(({ fields, line }) => [fields["text"], line]);
};

test("a row is a line with its end and the blank lines after it; together they are the file", async () => {
  assert.deepEqual(await rowsOf("\none\r\ntwo\n \n\n三\n"), [
    ["\none\n", 1],
    ["two\n \n\n", 3],
    ["三\n", 6],
  ]);
});

test("blank lines alone are no rows", async () => {
  assert.deepEqual(await rowsOf("\n \n"), []);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DatedRecord, type TableForm, tableOf, withTable } from "./tables.js";

const machine = { processor: "a processor", cores: 2 };
interface Score extends DatedRecord {
  readonly model: string;
  readonly score: number;
}
const form: TableForm<Score> = {
  key: ({ model }) => model,
  head: ["model", "score"],
  rows: ({ model, score }) => [[model, `${score}`]],
};

describe("tables of records", () => {
  test("show the newest of each key, and tell of a busy machine", () => {
    const records = [
      { date: "2026-01-01T00:00:00Z", machine, model: "small", score: 1 },
      { date: "2026-01-02T00:00:00Z", machine, model: "small", score: 2 },
      { date: "2026-01-02T00:00:00Z", machine, model: "large", score: 3 },
      { date: "2026-01-03T00:00:00Z", machine, model: "large", score: 4, warning: "busy" },
    ];
    const lines = ["| model | score |", "| --- | --- |", "| small | 2 |", "| large | 4 |", ""];
    const where = "a processor, 2 cores";
    const note = `Measured on 2026-01-02, ${where}; 2026-01-03, ${where}, other work beside it.`;
    assert.equal(tableOf(form, records), [...lines, note].join("\n"));
    assert.equal(tableOf(form, []), "Not measured yet.");
  });

  test("stand between their marks, again and again", () => {
    const page = "above\n\n<!-- table: speed -->\nold\n<!-- end of table -->\nbelow\n";
    const made = withTable(page, "speed", "new\nlines");
    assert.equal(made, page.replace("old", "new\nlines"));
    assert.equal(withTable(made, "speed", "old"), page);
    assert.throws(() => withTable(page, "memory", "new"), /table: memory/);
  });
});

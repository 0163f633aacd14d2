// The programs of evidence in small: on a language of forty words, with some steps each.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type DomainWorld, domainWorld } from "../test/end-to-end/domain-runs.js";
import { tinyRows, writeRows } from "../test/end-to-end/tiny-model.js";

const programs = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

describe("programs of evidence", () => {
  let world: DomainWorld;
  let shared: string;
  before(async () => {
    world = await domainWorld({ model_type: "modernbert", max_position_embeddings: 128 }); // as rootstocks are
    shared = world.path("shared");
    for (const name of ["mdn-ja-area", "mdn-ja-api-group"]) {
      const folder = join(shared, "corpora", "labelled", name);
      await mkdir(folder, { recursive: true });
      await writeRows(join(folder, "train.jsonl"), tinyRows(60, 21));
      await writeRows(join(folder, "valid.jsonl"), tinyRows(12, 22));
    }
    const text = await readFile(world.path("domain.txt"), "utf8");
    for (const name of ["ja-modern", "ja-literary", "ja-technical"]) {
      await mkdir(join(shared, "corpora", name), { recursive: true });
      // one page is that of a validation row
      const page = name === "ja-technical" ? `${tinyRows(12, 22)[0]!.text}\nand more\n\n` : "";
      await writeFile(join(shared, "corpora", name, "text.txt.gz"), gzipSync(`${page}${text} ${name}\n`));
    }
  });
  after(() => world.remove());

  /** Run a program twice, the second time for one more seed; returns its lines and its table. */
  const gathered = async (
    name: string,
    flags: readonly string[],
  ): Promise<{ readonly lines: Record<string, number | string>[]; readonly table: string }> => {
    const results = world.path(`${name}.jsonl`);
    const words = ["--shared", shared, "--results", results, "--scratch", world.path(`out-${name}`)];
    const all = [join(programs, `${name}.js`), ...words, ...flags, "--seeds"];
    await run(process.execPath, [...all, "1"]);
    const first = await readFile(results, "utf8");
    await run(process.execPath, [...all, "1,2"]);
    const text = await readFile(results, "utf8");
    assert.ok(text.startsWith(first), "what was finished stays");
    const [, ...lines] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(lines.length, 2 * (first.trim().split("\n").length - 1));
    return { lines, table: await readFile(world.path(`${name}.md`), "utf8") };
  };

  test("learning rates and poolings, then labels against accuracy by the best of them", async () => {
    const model = ["--ja", world.model, "--tasks", "areas"];
    const tried = [...model, "--labels", "20", "--tried", "20"];
    const rates = await gathered("learning-rates", tried);
    assert.equal(rates.lines.length, 2 * 19);
    assert.match(rates.table, /\| n-grams \| 1000 \|/);
    assert.match(rates.table, /\*\*/);
    const chosen = ["--rates", world.path("learning-rates.jsonl")];
    const poolings = await gathered("poolings", [...tried, ...chosen]);
    assert.equal(poolings.lines.length, 2 * 4);
    assert.match(poolings.table, /\| from scratch \| .*\*\*/);
    const flags = [...model, "--labels", "all", ...chosen, "--poolings", world.path("poolings.jsonl")];
    const { lines, table } = await gathered("labels-against-accuracy", flags);
    assert.equal(lines.length, 2 * 6);
    const settled = lines.filter(({ pooling }) => pooling === "own").map(({ way }) => way);
    assert.deepEqual([...new Set(settled)], ["frozen", "Bi-LSTM", "bag of words", "n-grams"]);
    const grams = lines.filter(({ way }) => way === "n-grams");
    assert.ok(grams.every(({ accuracy }) => Number(accuracy) > 0.6));
    assert.match(table, /\| ja: area of a web technology \(9\) \| all \|( [\d.]+ ± [\d.]+ \|){6}/);
  });

  test("domain", async () => {
    const flags = ["--model", world.model, "--labels", "20", "--steps", "3", "--fine-tuning-steps", "4"];
    const { lines, table } = await gathered("domain", flags);
    assert.equal(lines.length, 2 * 2 * 4);
    assert.match(table, /2 of \d+ lines \(1 of \d+ pages\) are left out/);
    assert.match(table, /\| vocabulary extended \| 3 \|/);
  });

  test("objectives", async () => {
    const flags = ["--tasks", "areas", "--labels", "20", "--steps", "2", "--fine-tuning-steps", "2"];
    const { lines, table } = await gathered("objectives", flags);
    assert.equal(lines.length, 2 * 10);
    assert.match(table, /\| ELECTRA, replaced tokens \| 2 \|/);
  });

  test("students", async () => {
    const flags = ["--teacher", world.model, "--tasks", "areas", "--labels", "20", "--steps", "2"];
    const { lines, table } = await gathered("students", [...flags, "--fine-tuning-steps", "2"]);
    assert.equal(lines.length, 2 * 6);
    const count = (student: string): number =>
      Number(lines.find((line) => line["student"] === student)!["parameterCount"]);
    assert.ok(count("distilbert") < count("teacher"));
    assert.equal(count("random"), count("layers"));
    assert.match(table, /Students have 2 of the teacher's 4 layers/);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { readTokenizer, type Tokenizer } from "./index.js";

const goldens = "golden/tokenizers";
const gpt2 = "models/gpt2-tokenizer";

function load(folder: string, names: readonly string[]): Tokenizer {
  const files = names.map((name) => [name, readFileSync(sharedPath(`${folder}/${name}`), "utf8")] as const);
  return readTokenizer(new Map(files), folder);
}

/** An encoding as the golden files write it; offsets count code points. */
interface GoldenRow {
  readonly text: string;
  readonly tokens: string[];
  readonly ids: number[];
  readonly offsets: [number, number][];
  readonly word_ids?: number[];
  readonly decoded: string;
}

function check(tokenizer: Tokenizer, row: GoldenRow): void {
  const where = JSON.stringify(row.text);
  const encoding = tokenizer.encode(row.text, { specialTokens: false });
  assert.deepEqual([...encoding.ids], row.ids, where);
  assert.deepEqual(encoding.tokens, row.tokens, where);
  const units = [0];
  for (const character of row.text) units.push(units.at(-1)! + character.length);
  const spans = Array.from(encoding.starts, (start, i) => [start, encoding.ends[i]]);
  assert.deepEqual(
    spans,
    row.offsets.map((span) => span.map((point) => units[point]!)),
    where,
  );
  if (row.word_ids !== undefined) assert.deepEqual([...encoding.wordIds], row.word_ids, where);
  assert.equal(tokenizer.decode(row.ids, { skipSpecialTokens: true }), row.decoded, where);
}

describe("BPE, against the tokenizers library", () => {
  for (const name of ["trained-bpe", "trained-bytelevel-bpe"]) {
    test(name, needs(`${goldens}/${name}`), () => {
      const tokenizer = load(`${goldens}/${name}`, ["tokenizer.json"]);
      const { cases } = sharedJson(`${goldens}/${name}/encodings.json`);
      assert.equal(cases.length, 300);
      for (const row of cases) check(tokenizer, row);
      // once more from the files we write, now with words in the cache
      const again = readTokenizer(tokenizer.toFiles(), "again");
      for (const row of cases) check(again, row);
    });
  }

  test("the files of GPT-2", needs(gpt2, `${goldens}/gpt2-bytelevel.json`), () => {
    const tokenizer = load(gpt2, ["vocab.json", "merges.txt"]);
    const { cases } = sharedJson(`${goldens}/gpt2-bytelevel.json`);
    assert.equal(cases.length, 300);
    for (const row of cases) {
      check(tokenizer, row);
      assert.equal(tokenizer.decode(row.ids), row.text);
    }
    const files = tokenizer.toFiles();
    const written = readTokenizer(
      new Map(["vocab.json", "merges.txt"].map((name) => [name, files.get(name)!])),
      "written",
    );
    for (const row of cases.slice(0, 50)) check(written, row);
    assert.equal(files.get("merges.txt"), readFileSync(sharedPath(`${gpt2}/merges.txt`), "utf8"));
    assert.deepEqual(JSON.parse(String(files.get("vocab.json"))), sharedJson(`${gpt2}/vocab.json`));
  });
});

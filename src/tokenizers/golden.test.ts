import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { type Encoding, padBatch, readTokenizer, type Tokenizer, wordPieceTokenizer } from "./index.js";

const minilm = "models/all-MiniLM-L6-v2";
const goldens = "golden/tokenizers";

function load(folder: string): Tokenizer {
  const names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"];
  const found = names.filter((name) => existsSync(sharedPath(`${folder}/${name}`)));
  return readTokenizer(
    new Map(found.map((name) => [name, readFileSync(sharedPath(`${folder}/${name}`), "utf8")])),
    folder,
  );
}

/** Offsets of the goldens count code points; those of JavaScript count UTF-16 units. */
function unitOffsets(text: string): number[] {
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1)! + character.length);
  return offsets;
}

function spans(
  offsets: readonly [number, number][],
  texts: readonly string[],
  sequences: readonly (number | null)[],
): number[][] {
  const units = texts.map(unitOffsets);
  return offsets.map(([start, end], i) => {
    const table = units[Math.max(0, sequences[i] ?? 0)]!;
    return [table[start]!, table[end]!];
  });
}

function spansOf(encoding: Encoding): number[][] {
  return Array.from(encoding.starts, (start, i) => [start, encoding.ends[i]!]);
}

/** An encoding as the golden files write it. */
interface GoldenEncoding {
  readonly ids: number[];
  readonly type_ids: number[];
  readonly offsets: [number, number][];
}
interface GoldenRow extends GoldenEncoding {
  readonly text: string;
  readonly tokens: string[];
  readonly word_ids?: (number | null)[];
  readonly decoded?: string;
}

const orMinusOne = (value: number | null): number => value ?? -1;

function checkSingle(tokenizer: Tokenizer, row: GoldenRow): void {
  const encoding = tokenizer.encode(row.text);
  const where = JSON.stringify(row.text);
  assert.deepEqual([...encoding.ids], row.ids, where);
  assert.deepEqual(encoding.tokens, row.tokens, where);
  const special = row.tokens.map(() => 0);
  assert.deepEqual(spansOf(encoding), spans(row.offsets, [row.text], special), where);
  if (row.word_ids) assert.deepEqual([...encoding.wordIds], row.word_ids.map(orMinusOne), where);
  if (row.decoded !== undefined) {
    assert.equal(tokenizer.decode(row.ids, { skipSpecialTokens: true }), row.decoded, where);
  }
  const unknown = tokenizer.special.unknown?.id;
  assert.equal(encoding.unknownCount, row.ids.filter((id: number) => id === unknown).length, where);
}

describe("goldens of the tokenizers library", () => {
  test("MiniLM, single texts", needs(minilm, `${goldens}/minilm-wordpiece.json`), () => {
    const tokenizer = load(minilm);
    for (const row of sharedJson(`${goldens}/minilm-wordpiece.json`).cases) checkSingle(tokenizer, row);
  });

  test("a trained WordPiece", needs(`${goldens}/trained-wordpiece`), () => {
    const tokenizer = load(`${goldens}/trained-wordpiece`);
    for (const row of sharedJson(`${goldens}/trained-wordpiece/encodings.json`).cases)
      checkSingle(tokenizer, row);
  });

  test("WordPiece with other options", needs(minilm, `${goldens}/bert-wordpiece-options.json`), () => {
    const vocabulary = readFileSync(sharedPath(`${minilm}/vocab.txt`), "utf8")
      .trimEnd()
      .split("\n");
    const tokenizers = new Map<string, Tokenizer>();
    for (const row of sharedJson(`${goldens}/bert-wordpiece-options.json`).cases) {
      const { lowercase, strip_accents, handle_chinese_chars, clean_text } = row.options;
      const key = JSON.stringify(row.options);
      const tokenizer =
        tokenizers.get(key) ??
        wordPieceTokenizer(vocabulary, {
          lowercase: lowercase ?? true,
          stripAccents: strip_accents ?? null,
          separateIdeographs: handle_chinese_chars ?? true,
          cleanText: clean_text ?? true,
        });
      tokenizers.set(key, tokenizer);
      checkSingle(tokenizer, row);
    }
    assert.equal(tokenizers.size, 5);
  });

  test("pairs, truncation and windows", needs(minilm, `${goldens}/minilm-pairs.json`), () => {
    const tokenizer = load(minilm);
    const strategies: Record<string, "longest-first" | "only-first" | "only-second"> = {
      longest_first: "longest-first",
      only_first: "only-first",
      only_second: "only-second",
    };
    let refused = 0;
    for (const row of sharedJson(`${goldens}/minilm-pairs.json`).cases) {
      const { max_length, strategy, stride = 0, direction = "right" } = row.truncation ?? {};
      const options = row.truncation
        ? {
            pair: row.b,
            maxLength: max_length,
            truncation: strategies[strategy]!,
            stride,
            truncationSide: direction,
          }
        : { pair: row.b };
      if (row.error) {
        const message = /stride/.test(row.error) ? /^stride/ : /^truncation/;
        assert.throws(() => tokenizer.encode(row.a, options), { name: "OptionError", message });
        refused++;
        continue;
      }
      const encoding = tokenizer.encode(row.a, options);
      const where = JSON.stringify([row.a, row.b, row.truncation]);
      assert.deepEqual([...encoding.ids], row.ids, where);
      assert.deepEqual([...encoding.typeIds], row.type_ids, where);
      assert.deepEqual(encoding.tokens, row.tokens, where);
      assert.deepEqual([...encoding.wordIds], row.word_ids.map(orMinusOne), where);
      assert.deepEqual([...encoding.sequenceIds], row.sequence_ids.map(orMinusOne), where);
      assert.deepEqual(spansOf(encoding), spans(row.offsets, [row.a, row.b], row.sequence_ids), where);
      const overflow = row.overflowing ?? [];
      assert.equal(encoding.overflow.length, overflow.length, where);
      overflow.forEach((window: GoldenEncoding, i: number) => {
        const ours = encoding.overflow[i]!;
        assert.deepEqual([...ours.ids], window.ids, where);
        assert.deepEqual([...ours.typeIds], window.type_ids, where);
        assert.deepEqual(spansOf(ours), spans(window.offsets, [row.a, row.b], [...ours.sequenceIds]), where);
      });
      assert.equal(encoding.truncatedCount, 0, "nothing is lost where windows are given");
      const { stride: _, ...cutting } = options as { stride?: number; pair: string };
      const cut = tokenizer.encode(row.a, cutting);
      const whole = tokenizer.encode(row.a, { pair: row.b });
      assert.deepEqual(cut.ids, encoding.ids);
      assert.equal(cut.truncatedCount, whole.ids.length - cut.ids.length);
      assert.equal(cut.overflow.length, 0);
    }
    assert.equal(refused, 31);
  });

  test("padded batches", needs(minilm, `${goldens}/minilm-batches.json`), () => {
    const tokenizer = load(minilm);
    for (const row of sharedJson(`${goldens}/minilm-batches.json`).cases) {
      const encodings = row.batch.map((text: string) =>
        tokenizer.encode(text, { maxLength: row.truncation.max_length }),
      );
      const { length, pad_to_multiple_of: multiple, direction: side } = row.padding;
      // The library's fixed length is exact, for a longer text too: it is the least length of ours.
      const batch = padBatch(encodings, {
        padId: 0,
        ...(length === undefined ? {} : { length }),
        ...(multiple === undefined ? {} : { multiple }),
        ...(side === undefined ? {} : { side }),
      });
      row.ids.forEach((ids: number[], i: number) => {
        const start = i * batch.length;
        const pads = batch.length - ids.length;
        const from = side === "left" ? start + pads : start;
        assert.deepEqual([...batch.ids.subarray(from, from + ids.length)], ids);
        assert.deepEqual([...batch.mask.subarray(from, from + ids.length)], row.attention_mask[i]);
        if (length === undefined) assert.equal(pads, 0);
      });
    }
  });
});

import type { NextTokens } from "../objectives/causal-lm.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { EncodeSettings, TaskItem } from "./task.js";
import { tooLong } from "./truncation.js";

/** A text of a language model: a line of a longer one, or one by itself. */
export interface RunningExample {
  readonly text: string;
  /** Whether it goes on from the example before it. */
  readonly goesOn: boolean;
  /** Whether it is whole, so that its end is to be foretold too. */
  readonly ends: boolean;
  readonly id: string | undefined;
  /** Where it stands, for messages. */
  readonly place: string;
}

/** A stretch of text as the model reads it, and what of it is to be foretold; one entry a foretold token. */
export interface BlockItem extends TaskItem, NextTokens {
  /** The example that each foretold token is of. */
  readonly owners: Int32Array;
  /** How much text each stands for, with what no token has before it. */
  readonly byteCounts: Int32Array;
  readonly characterCounts: Int32Array;
}

/** The tokens of one text, that of lines which go on from each other being one. */
interface TokenStream {
  readonly ids: number[];
  readonly owners: number[];
  readonly byteCounts: number[];
  readonly characterCounts: number[];
}

/**
 * The blocks that texts are read in: each text by itself, cut at every `maxLength` tokens, neighbours sharing `stride`
 * of them. Each token is foretold once, from those before it in its block; the first of a text only where the model
 * has a token that begins texts.
 */
export function encodeBlocks(
  examples: readonly RunningExample[],
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): BlockItem[] {
  const items: BlockItem[] = [];
  let stream = emptyStream();
  for (const [number, example] of examples.entries()) {
    const begins = number === 0 || !example.goesOn;
    if (begins && settings.beginId !== undefined) push(stream, settings.beginId, number, 0, 0);
    pushText(stream, example.text, number, tokenizer);
    if (example.ends && settings.endId !== undefined) push(stream, settings.endId, number, 0, 0);
    if (examples[number + 1]?.goesOn === true) continue;
    items.push(...blocksOf(stream, tokenizer, settings, example.place));
    stream = emptyStream();
  }
  return items;
}

function emptyStream(): TokenStream {
  return { ids: [], owners: [], byteCounts: [], characterCounts: [] };
}

function push(stream: TokenStream, id: number, owner: number, bytes: number, characters: number): void {
  stream.ids.push(id);
  stream.owners.push(owner);
  stream.byteCounts.push(bytes);
  stream.characterCounts.push(characters);
}

function pushText(stream: TokenStream, text: string, owner: number, tokenizer: Tokenizer): void {
  const { ids, ends } = tokenizer.encode(text, { specialTokens: false });
  let before = 0;
  for (const [i, id] of ids.entries()) {
    // the last token has the rest: all tokens together stand for the whole text
    const end = i === ids.length - 1 ? text.length : Math.max(before, ends[i]!);
    const [bytes, characters] = sizesOf(text, before, end);
    push(stream, id, owner, bytes, characters);
    before = end;
  }
}

/** UTF-8 bytes and characters (code points) of a part of a text. */
function sizesOf(text: string, start: number, end: number): [bytes: number, characters: number] {
  let [bytes, characters] = [0, 0];
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3; // half of a pair has two
    if (unit < 0xdc00 || unit >= 0xe000) characters++;
  }
  return [bytes, characters];
}

function blocksOf(
  { ids, owners, byteCounts, characterCounts }: TokenStream,
  tokenizer: Tokenizer,
  { maxLength, overflow, stride }: EncodeSettings,
  place: string,
): BlockItem[] {
  const readCount = ids.length - 1; // nothing comes after the last
  const lost = Math.max(0, readCount - maxLength);
  if (overflow === "error" && lost > 0) throw tooLong(place, maxLength, lost);
  const items: BlockItem[] = [];
  for (let start = 0, done = 0; done < readCount; start += maxLength - stride) {
    const end = Math.min(start + maxLength, readCount);
    const read = Int32Array.from(ids.slice(start, end));
    const foretold = <T>(values: readonly T[]): T[] => values.slice(done + 1, end + 1);
    const labels = Int32Array.from(foretold(ids));
    items.push({
      example: owners[done + 1]!,
      goesOn: start > 0 && start === done,
      encoding: {
        ids: read,
        typeIds: new Int32Array(read.length),
        truncatedCount: overflow === "stride" ? 0 : lost,
        unknownCount: labels.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
      },
      places: Int32Array.from({ length: end - done }, (_, i) => done - start + i),
      labels,
      owners: Int32Array.from(foretold(owners)),
      byteCounts: Int32Array.from(foretold(byteCounts)),
      characterCounts: Int32Array.from(foretold(characterCounts)),
    });
    done = end;
    if (overflow !== "stride") break;
  }
  return items;
}

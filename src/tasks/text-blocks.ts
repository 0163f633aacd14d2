import { OptionError } from "../base/index.js";
import { sizesOf } from "../data/text-size.js";
import type { GuessedPlaces } from "../objectives/guessed-tokens.js";
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
export interface BlockItem extends TaskItem, GuessedPlaces {
  /** The example that each foretold token is of. */
  readonly owners: Int32Array;
  /** How much text each stands for, with what no token has before it. */
  readonly byteCounts: Int32Array;
  readonly characterCounts: Int32Array;
}

/** Integers that become more; millions of them. */
class Integers {
  #data = new Int32Array(16); // many texts are short
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.length++] = value;
  }

  /** A view, which further integers do not reach. */
  part(start: number, end: number): Int32Array {
    return this.#data.subarray(start, end);
  }
}

/** The tokens of one text, that of lines which go on from each other being one. */
class TokenStream {
  readonly ids: Integers = new Integers();
  readonly owners: Integers = new Integers();
  readonly byteCounts: Integers = new Integers();
  readonly characterCounts: Integers = new Integers();

  push(id: number, owner: number, bytes: number, characters: number): void {
    this.ids.push(id);
    this.owners.push(owner);
    this.byteCounts.push(bytes);
    this.characterCounts.push(characters);
  }
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
  const { maxLength, stride } = settings;
  if (stride >= maxLength)
    throw new OptionError(`--stride: expected fewer tokens than --max-length (${maxLength}), got ${stride}`);
  const items: BlockItem[] = [];
  let stream = new TokenStream();
  for (const [number, example] of examples.entries()) {
    const begins = number === 0 || !example.goesOn;
    if (begins && settings.beginId !== undefined) stream.push(settings.beginId, number, 0, 0);
    pushText(stream, example.text, number, tokenizer);
    if (example.ends && settings.endId !== undefined) stream.push(settings.endId, number, 0, 0);
    if (examples[number + 1]?.goesOn === true) continue;
    for (const item of blocksOf(stream, tokenizer, settings, example.place)) items.push(item);
    stream = new TokenStream();
  }
  return items;
}

function pushText(stream: TokenStream, text: string, owner: number, tokenizer: Tokenizer): void {
  const { ids, ends } = tokenizer.encode(text, { specialTokens: false });
  let before = 0;
  for (const [i, id] of ids.entries()) {
    // the last token has the rest: all tokens together stand for the whole text
    const end = i === ids.length - 1 ? text.length : Math.max(before, ends[i]!);
    const [bytes, characters] = sizesOf(text, before, end);
    stream.push(id, owner, bytes, characters);
    before = end;
  }
}

function* blocksOf(
  { ids, owners, byteCounts, characterCounts }: TokenStream,
  tokenizer: Tokenizer,
  { maxLength, overflow, stride }: EncodeSettings,
  place: string,
): Generator<BlockItem> {
  const readCount = ids.length - 1; // nothing comes after the last
  const lost = Math.max(0, readCount - maxLength);
  if (overflow === "error" && lost > 0) throw tooLong(place, maxLength, lost);
  // all blocks share these
  const longest = Math.max(0, Math.min(maxLength, readCount));
  const [counting, zeros] = [Int32Array.from({ length: longest }, (_, i) => i), new Int32Array(longest)];
  for (let start = 0, done = 0; done < readCount; start += maxLength - stride) {
    const end = Math.min(start + maxLength, readCount);
    const foretold = (values: Integers): Int32Array => values.part(done + 1, end + 1);
    const labels = foretold(ids);
    yield {
      example: foretold(owners)[0]!,
      goesOn: start > 0 && start === done,
      encoding: {
        ids: ids.part(start, end),
        typeIds: zeros.subarray(0, end - start),
        truncatedCount: overflow === "stride" ? 0 : lost,
        unknownCount: labels.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
      },
      places: counting.subarray(done - start, end - start),
      labels,
      owners: foretold(owners),
      byteCounts: foretold(byteCounts),
      characterCounts: foretold(characterCounts),
    };
    done = end;
    if (overflow !== "stride") break;
  }
}

import { FileError, isJsonObject, parseJson } from "../base/index.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";
import type { TextInput } from "./text-inputs.js";

/** In what the spans of tokens count. */
export type OffsetUnit = "utf16" | "codepoints" | "bytes";

/** How texts are encoded for other programs. */
export interface EncodeTextsOptions {
  /** JavaScript string indices, Unicode code points as Python counts them, or bytes of UTF-8. Default `utf16`. */
  offsets?: OffsetUnit;
  /** Put special tokens around the texts. Default true. */
  specialTokens?: boolean;
  /** The most tokens of a text, special ones included. Default: any number. */
  maxLength?: number;
}

/** A text as tokens, as it is printed. */
export interface EncodedText {
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  /** Start and end in the raw text; 0 and 0 for special tokens. */
  readonly offsets: readonly (readonly [number, number])[];
  /** Which word of its text a token belongs to; null for special tokens. */
  readonly wordIds: readonly (number | null)[];
  /** Of a pair: 0 for tokens of the first text, 1 for the second, null for special tokens. */
  readonly sequenceIds?: readonly (number | null)[];
}

/** Encode a text, or a pair. */
export function encodeText(
  tokenizer: Tokenizer,
  input: TextInput,
  options: EncodeTextsOptions = {},
): EncodedText {
  const { offsets = "utf16", specialTokens = true, maxLength } = options;
  const { text, pair } = input;
  const encoding = tokenizer.encode(text, {
    specialTokens,
    ...(pair === undefined ? {} : { pair }),
    ...(maxLength === undefined ? {} : { maxLength }),
  });
  const places = [text, pair ?? ""].map((one) => placesIn(one, offsets));
  return {
    tokens: encoding.tokens,
    ids: [...encoding.ids],
    offsets: Array.from(encoding.ids, (_, i) => spanOf(encoding, i, places)),
    wordIds: Array.from(encoding.wordIds, nullForSpecial),
    ...(pair === undefined ? {} : { sequenceIds: Array.from(encoding.sequenceIds, nullForSpecial) }),
  };
}

/** The ids of a line: `[1, 2]`, `{"ids": [1, 2]}` as encoding prints it, or `1 2`. */
export function readIds(line: string, place: string): number[] {
  const isJson = /^\s*[[{]/.test(line);
  const value = isJson ? parseJson(line, place) : line.split(/[\s,]+/).flatMap((one) => one || []);
  const list = isJsonObject(value) ? value["ids"] : value;
  const ids = Array.isArray(list) ? list.map((id) => (isJson ? id : Number(id))) : [undefined];
  const wrong = ids.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (wrong < 0) return ids as number[];
  throw new FileError(place, `expected ids, whole numbers of at least 0, got ${line.slice(0, 60)}`, {
    hint: 'write [101, 102], {"ids": [101, 102]} or 101 102',
  });
}

/** For each index of a string, how many units of another kind stand before it; undefined where it is the same. */
function placesIn(text: string, unit: OffsetUnit): Uint32Array | undefined {
  if (unit === "utf16") return undefined;
  const places = new Uint32Array(text.length + 1);
  let place = 0;
  for (let i = 0; i < text.length; ) {
    const codePoint = text.codePointAt(i)!;
    const width = codePoint > 0xffff ? 2 : 1;
    places.fill(place, i, i + width); // both halves of a pair
    place += unit === "codepoints" ? 1 : codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : width + 2;
    i += width;
  }
  places[text.length] = place;
  return places;
}

function spanOf(
  encoding: Encoding,
  index: number,
  places: readonly (Uint32Array | undefined)[],
): [number, number] {
  const [start, end] = [encoding.starts[index]!, encoding.ends[index]!];
  const table = places[Math.max(0, encoding.sequenceIds[index]!)];
  return table === undefined ? [start, end] : [table[start]!, table[end]!];
}

function nullForSpecial(id: number): number | null {
  return id < 0 ? null : id;
}

import type { JsonObject } from "../../base/index.js";
import { type AlignedText, mapCharacters, rawEnd, rawStart, withText } from "../aligned-text.js";
import { booleanField } from "../step-fields.js";
import { classesOf, control, ideograph, nonspacingMark, space } from "../unicode-classes.js";
import { lowercaseText } from "./lowercase.js";
import type { Normalizer } from "./normalizer.js";
import { applyUnicodeForm } from "./unicode-form.js";

/** Which of its four steps a BERT normaliser takes. */
export interface BertNormalizerOptions {
  /** Delete control characters and write every white space as a space. Default true. */
  cleanText?: boolean;
  /** Put spaces around ideographs, so that each is a word. Default true. */
  separateIdeographs?: boolean;
  /** Delete accents. Left out or null: as `lowercase` says. */
  stripAccents?: boolean | null;
  /** Default true. */
  lowercase?: boolean;
}

/**
 * What becomes of a character: not yet looked up; one unit; something else, kept as a string; something whose
 * order matters.
 */
const unknown = 0;
const oneUnit = 1;
const anyText = 2;
const reordering = 3;

/** The normaliser of BERT (https://github.com/google-research/bert, tokenization.py). */
export function bertNormalizer(options: BertNormalizerOptions = {}): Normalizer {
  const { cleanText = true, separateIdeographs = true, stripAccents = null, lowercase = true } = options;
  const stripsAccents = stripAccents ?? lowercase;

  /** The definition, step by step. */
  function normalizeBySteps(source: AlignedText): AlignedText {
    let text = source;
    if (cleanText) text = mapCharacters(text, clean);
    if (separateIdeographs) text = mapCharacters(text, separate);
    if (stripsAccents) text = mapCharacters(applyUnicodeForm(text, "NFD"), dropMark);
    return lowercase ? lowercaseText(text) : text;
  }

  // All steps but the reordering of marks work on one character at a time, so their result is looked up by
  // character.
  const kinds = new Uint8Array(0x10000);
  const units = new Uint16Array(0x10000);
  const texts = new Map<number, string>();

  function learn(codePoint: number): number {
    const character = String.fromCodePoint(codePoint);
    const result = normalizeBySteps({ text: character, starts: undefined, ends: undefined, offset: 0 }).text;
    const isReordering = stripsAccents && /\p{M}/u.test(result) && changesPlaces(result);
    // A surrogate is one half of a character and never stands for itself.
    const isUnit = codePoint <= 0xffff && (codePoint & 0xf800) !== 0xd800 && result.length === 1;
    const kind = isReordering ? reordering : isUnit ? oneUnit : anyText;
    if (codePoint <= 0xffff) kinds[codePoint] = kind;
    if (kind === oneUnit) units[codePoint] = result.charCodeAt(0);
    if (kind === anyText) texts.set(codePoint, result);
    return kind;
  }

  /** Texts in which every unit becomes one unit, as nearly all do in languages written with few letters. */
  function normalizeInPlace(source: AlignedText): AlignedText | undefined {
    const { text } = source;
    let difference = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if ((kinds[unit] || learn(unit)) !== oneUnit) return undefined;
      difference |= units[unit]! ^ unit;
    }
    if (difference === 0) return source;
    reserve(text.length);
    for (let i = 0; i < text.length; i++) scratch.units[i] = units[text.charCodeAt(i)]!;
    return withText(source, stringOf(text.length));
  }

  function normalize(source: AlignedText): AlignedText {
    const inPlace = normalizeInPlace(source);
    if (inPlace !== undefined) return inPlace;
    const { text } = source;
    reserve(text.length * growth);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const start = rawStart(source, i);
      let codePoint = text.charCodeAt(i);
      let kind = kinds[codePoint]!;
      if (kind === unknown || (codePoint & 0xf800) === 0xd800) {
        codePoint = text.codePointAt(i)!;
        if (codePoint > 0xffff) i++;
        kind = codePoint > 0xffff && texts.has(codePoint) ? anyText : learn(codePoint);
      }
      if (kind === reordering) return normalizeBySteps(source);
      const end = rawEnd(source, i);
      if (kind === oneUnit) {
        scratch.starts[length] = start;
        scratch.ends[length] = end;
        scratch.units[length++] = units[codePoint]!;
        continue;
      }
      const result = texts.get(codePoint)!;
      for (let k = 0; k < result.length; k++) {
        scratch.starts[length] = start;
        scratch.ends[length] = end;
        scratch.units[length++] = result.charCodeAt(k);
      }
    }
    const starts = scratch.starts.slice(0, length);
    return { text: stringOf(length), starts, ends: scratch.ends.slice(0, length), offset: 0 };
  }

  return {
    normalize,
    toJson: () => ({
      type: "BertNormalizer",
      clean_text: cleanText,
      handle_chinese_chars: separateIdeographs,
      strip_accents: stripAccents,
      lowercase,
    }),
  };
}

/** The step from its JSON. */
export function readBertNormalizer(json: JsonObject, place: string): Normalizer {
  const stripAccents = json["strip_accents"] ?? null;
  return bertNormalizer({
    cleanText: booleanField(json, "clean_text", place),
    separateIdeographs: booleanField(json, "handle_chinese_chars", place),
    stripAccents: stripAccents === null ? null : booleanField(json, "strip_accents", place),
    lowercase: booleanField(json, "lowercase", place),
  });
}

function clean(character: string, codePoint: number): string {
  const classes = classesOf(codePoint);
  return classes & control ? "" : classes & space ? " " : character;
}

function separate(character: string, codePoint: number): string {
  return classesOf(codePoint) & ideograph ? ` ${character} ` : character;
}

function dropMark(character: string, codePoint: number): string {
  return classesOf(codePoint) & nonspacingMark ? "" : character;
}

/**
 * Whether a mark has a combining class, so that normalisation sorts it among its neighbours (U+0345 sorts
 * last).
 */
function changesPlaces(mark: string): boolean {
  return `\u0345${mark}`.normalize("NFD") !== `\u0345${mark}`;
}

/** Units that one unit becomes at most: four letters and marks, or an ideograph and two spaces. */
const growth = 4;

const scratch = { units: new Uint16Array(0), starts: new Int32Array(0), ends: new Int32Array(0) };

function reserve(length: number): void {
  if (scratch.units.length >= length) return;
  const size = length * 2;
  scratch.units = new Uint16Array(size);
  scratch.starts = new Int32Array(size);
  scratch.ends = new Int32Array(size);
}

/** The first units of the scratch as a string, in runs that fit an argument list. */
function stringOf(length: number): string {
  const run = 8192;
  if (length <= run)
    return String.fromCharCode.apply(null, scratch.units.subarray(0, length) as unknown as number[]);
  let text = "";
  for (let from = 0; from < length; from += run) {
    const part = scratch.units.subarray(from, Math.min(length, from + run));
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

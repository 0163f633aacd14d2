import type { JsonObject } from "../../base/index.js";
import { type AlignedText, AlignedTextBuilder, rawEnd, rawStart } from "../aligned-text.js";
import { choiceField } from "../step-fields.js";
import { classesOf, keptWhole, unitsOf } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/** The normalisation forms of Unicode: composed or decomposed (D), canonical or compatible (K). */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";
const forms: readonly UnicodeForm[] = ["NFC", "NFD", "NFKC", "NFKD"];

/** One of the Unicode normalisation forms (https://unicode.org/reports/tr15/). */
export function unicodeForm(form: UnicodeForm): Normalizer {
  return { normalize: (source) => applyUnicodeForm(source, form), toJson: () => ({ type: form }) };
}

/** The step from its JSON. */
export function readUnicodeForm(json: JsonObject, place: string): Normalizer {
  return unicodeForm(choiceField(json, "type", forms, place));
}

/**
 * Sorting the marks on one letter takes the host quadratic time. No writing has as many as this, so where a
 * text has, they are sorted in groups (Unicode's Stream-Safe format would already part them after 30).
 */
const segmentLimit = 256;
const piledMarks = /[\p{M}\uff9e\uff9f]{256}/u;

/** What `unicodeForm` does, for steps that include it. */
export function applyUnicodeForm(source: AlignedText, form: UnicodeForm): AlignedText {
  const { text } = source;
  const isPiled = piledMarks.test(text);
  if (!isPiled && text.normalize(form) === text) return source;
  const builder = new AlignedTextBuilder(source);
  for (let from = 0; from < text.length; ) {
    let to = from + unitsOf(text.codePointAt(from)!);
    const isKept = (classesOf(text.codePointAt(from)!) & keptWhole) !== 0;
    // A segment is a character and all that may be reordered or composed with it.
    const limit = isPiled ? Math.min(text.length, from + segmentLimit) : text.length;
    while (!isKept && to < limit && joinsPrevious(text.codePointAt(to)!)) {
      to += unitsOf(text.codePointAt(to)!);
    }
    const segment = text.slice(from, to);
    const normal = isKept ? segment : segment.normalize(form);
    if (normal === segment) builder.keep(from, to);
    else if (isOneCharacter(segment)) builder.replace(normal, from, to);
    else alignSegment(builder, source, from, segment, normal, form);
    from = to;
  }
  return builder.build();
}

/** A part of a decomposed character; `opens` is true of its first part. */
interface Part {
  readonly character: string;
  readonly opens: boolean;
}

/**
 * Write the normal form of a segment in which characters compose or change places. Each character of the
 * result is made of parts of the segment's. As in the `tokenizers` library, one that has the first part of a
 * character stands for the next character of the segment, so that spans never go backwards; any other stands
 * for the same character as the one before it.
 */
function alignSegment(
  builder: AlignedTextBuilder,
  source: AlignedText,
  from: number,
  segment: string,
  normal: string,
  form: UnicodeForm,
): void {
  const decomposed = form === "NFC" || form === "NFD" ? "NFD" : "NFKD";
  const parts: Part[] = [];
  const spans: [start: number, end: number][] = [];
  let at = from;
  for (const character of segment) {
    const start = rawStart(source, at);
    at += character.length;
    spans.push([start, rawEnd(source, at - 1)]);
    let opens = true;
    for (const part of character.normalize(decomposed)) {
      parts.push({ character: part, opens });
      opens = false;
    }
  }
  let next = 0;
  let span = spans[0]!;
  for (const character of normal) {
    let opened = 0;
    for (const part of character.normalize(decomposed)) {
      const index = parts.findIndex((one) => one.character === part);
      if (index >= 0 && parts.splice(index, 1)[0]!.opens) opened++;
    }
    if (opened > 0) span = spans[next] ?? span;
    next += opened;
    builder.put(character, ...span);
  }
}

const joining = new Map<number, boolean>();

/**
 * Whether a character may compose or change places with what stands before it: marks, Hangul vowels and
 * finals.
 */
function joinsPrevious(codePoint: number): boolean {
  if (codePoint < 0x300) return false;
  let joins = joining.get(codePoint);
  if (joins === undefined) {
    const decomposed = String.fromCodePoint(codePoint).normalize("NFKD");
    joins = (classesOf(codePoint) & keptWhole) === 0 && /^[\p{M}\u1160-\u11ff]/u.test(decomposed);
    joining.set(codePoint, joins);
  }
  return joins;
}

function isOneCharacter(text: string): boolean {
  return text.length === unitsOf(text.codePointAt(0)!);
}

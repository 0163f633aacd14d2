import type { Encoding, Tokenizer } from "../../tokenizers/index.js";
import { cutText } from "./cut-text.js";
import { splitSentences } from "./sentences.js";
import { sketchOf, sketchSize } from "./text-sketch.js";
import { documentBegins, sentenceBegins, wordBegins } from "./token-corpus.js";

/** What a document's tokens and counts are, in the order of `EncodedDocuments.counts`. */
export const countNames = ["token", "sentence", "unknown", "special", "cutSentence"] as const;
/** A name of what is counted of each document. */
export type CountName = (typeof countNames)[number];

/** Documents as tokens, one behind the other. */
export interface EncodedDocuments {
  readonly ids: Int32Array<ArrayBuffer>; // [token]
  readonly begins: Uint8Array<ArrayBuffer>; // [token]
  readonly counts: Int32Array<ArrayBuffer>; // [document, countNames]
  /** Empty where no sketches were asked for; all 0 for a text without words. */
  readonly sketches: Uint8Array<ArrayBuffer>; // [document, sketchSize]
}

/** A longer sentence, in UTF-16 units, is no sentence; it is cut so that a tokenizer need not hold it whole. */
const longestSentence = 5000;

/**
 * Encode texts as documents, sentence by sentence, without special tokens. Where a tokenizer keeps white space, that
 * before a sentence is encoded with it, and the tokens of a document spell its text. It is left out where it would come
 * twice: SentencePiece models that put a space before whatever they encode.
 */
export function encodeDocuments(
  texts: readonly string[],
  tokenizer: Tokenizer,
  withSketches = false,
): EncodedDocuments {
  const keepsSpace = sentencesKeepSpace(tokenizer);
  const counts = new Int32Array(texts.length * countNames.length);
  const sketches = new Uint8Array(withSketches ? texts.length * sketchSize : 0);
  const encodings: Encoding[] = [];
  texts.forEach((text, i) => {
    const sentences = sentencesOf(text);
    const own = sentences.parts.map((sentence) => encode(keepsSpace ? sentence : sentence.trim(), tokenizer));
    const full = own.filter(({ ids }) => ids.length > 0);
    counts.set(
      [
        full.reduce((sum, { ids }) => sum + ids.length, 0),
        full.length,
        full.reduce((sum, { unknownCount }) => sum + unknownCount, 0),
        full.reduce((sum, { ids }) => sum + ids.filter((id) => isWrittenSpecial(id, tokenizer)).length, 0),
        sentences.cutCount,
      ],
      i * countNames.length,
    );
    encodings.push(...full);
    if (withSketches) sketches.set(sketchOf(text) ?? [], i * sketchSize);
  });
  return { ...joined(encodings, counts), counts, sketches };
}

/** Special tokens that stand in the text as words; the unknown token stands there for others. */
function isWrittenSpecial(id: number, tokenizer: Tokenizer): boolean {
  return id !== tokenizer.unknownId && tokenizer.isSpecial(id);
}

function encode(text: string, tokenizer: Tokenizer): Encoding {
  return tokenizer.encode(text, { specialTokens: false });
}

function sentencesOf(text: string): { parts: string[]; cutCount: number } {
  const parts: string[] = [];
  let cutCount = 0;
  for (const sentence of splitSentences(text)) {
    const cut = cutText(sentence, longestSentence);
    parts.push(...cut);
    if (cut.length > 1) cutCount++;
  }
  return { parts, cutCount };
}

function joined(
  encodings: readonly Encoding[],
  counts: Int32Array,
): Pick<EncodedDocuments, "ids" | "begins"> {
  const size = encodings.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(size);
  const begins = new Uint8Array(size);
  let at = 0;
  for (const encoding of encodings) {
    ids.set(encoding.ids, at);
    const { wordIds } = encoding;
    for (let k = 0; k < wordIds.length; k++)
      if (k === 0 || wordIds[k] !== wordIds[k - 1]) begins[at + k] = wordBegins;
    begins[at]! |= sentenceBegins;
    at += encoding.ids.length;
  }
  at = 0;
  for (let i = 0; i < counts.length; i += countNames.length) {
    if (counts[i]! > 0) begins[at]! |= documentBegins;
    at += counts[i]!;
  }
  return { ids, begins };
}

/**
 * Whether the white space before a sentence belongs to its first token, as in byte-level vocabularies: where sentences
 * with it, one after the other, are the tokens of the whole text.
 */
function sentencesKeepSpace(tokenizer: Tokenizer): boolean {
  const sentences = ["A cat.", " A dog."];
  const whole = encode(sentences.join(""), tokenizer).ids.join();
  return sentences.flatMap((sentence) => [...encode(sentence, tokenizer).ids]).join() === whole;
}

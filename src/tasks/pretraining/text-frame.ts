import { DataError } from "../../base/index.js";
import type { Tokenizer } from "../../tokenizers/index.js";

/** What a tokenizer puts around a text, or two: its special tokens in order, and where the texts stand among them. */
export type TextFrame = readonly ({ readonly typeId: number } & (
  | { readonly special: number }
  | { readonly text: 0 | 1 }
))[];

/** Tokens of a running text, and the word that each belongs to. */
export interface WordedText {
  readonly ids: Int32Array;
  readonly words: Int32Array;
}

/** A text in its frame. */
export interface FramedText {
  readonly ids: Int32Array; // [length]
  readonly typeIds: Int32Array; // [length]
  /** -1 for special tokens. */
  readonly wordIds: Int32Array; // [length]
}

/** The frame of one text or of a pair, as the tokenizer's own encodings have it. */
export function textFrame(tokenizer: Tokenizer, textCount: 1 | 2): TextFrame {
  for (const sample of ["a", "の", "1", tokenizer.decode([tokenizer.vocabularySize - 1])]) {
    const encoding = tokenizer.encode(sample, textCount === 2 ? { pair: sample } : {});
    if (!encoding.sequenceIds.includes(textCount - 1)) continue;
    const frame: TextFrame[number][] = [];
    encoding.sequenceIds.forEach((text, i) => {
      const [before, typeId] = [frame.at(-1), encoding.typeIds[i]!];
      if (text === -1) frame.push({ special: encoding.ids[i]!, typeId });
      else if (before === undefined || !("text" in before) || before.text !== text)
        frame.push({ text: text as 0 | 1, typeId });
    });
    return frame;
  }
  throw new DataError(
    "pre-training: expected a tokenizer that encodes letters, got one that leaves them out",
  );
}

/** How many special tokens a frame has. */
export function specialCountOf(frame: TextFrame): number {
  return frame.filter((part) => "special" in part).length;
}

/** Put texts into their frame. */
export function framed(frame: TextFrame, texts: readonly WordedText[]): FramedText {
  const [ids, typeIds, wordIds]: [number[], number[], number[]] = [[], [], []];
  let nextWord = 0; // words of the second text are others than those of the first
  for (const part of frame) {
    if ("special" in part) {
      ids.push(part.special);
      typeIds.push(part.typeId);
      wordIds.push(-1);
      continue;
    }
    const { ids: own, words } = texts[part.text]!;
    for (let i = 0; i < own.length; i++) {
      ids.push(own[i]!);
      typeIds.push(part.typeId);
      wordIds.push(nextWord + words[i]! - words[0]!);
    }
    nextWord = 1 + Math.max(-1, ...wordIds.slice(-1));
  }
  return {
    ids: Int32Array.from(ids),
    typeIds: Int32Array.from(typeIds),
    wordIds: Int32Array.from(wordIds),
  };
}

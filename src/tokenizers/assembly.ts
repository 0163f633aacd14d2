import type { Encoding } from "./encoding.js";
import type { PostProcessor, TemplatePiece } from "./post-processors/post-processor.js";
import type { TokenBuffer } from "./token-buffer.js";
import type { Window } from "./truncation.js";

/** What an encoding is put together from. */
export interface Parts {
  readonly template: readonly TemplatePiece[];
  /** Changes the spans of each text's tokens, where the post-processor does. */
  readonly adjust: PostProcessor["adjust"];
  /** The tokens of each text, and which of them go in. */
  readonly texts: readonly TokenBuffer[];
  readonly windows: readonly Window[];
  /** The token of each id. */
  readonly vocabulary: readonly string[];
  readonly unknownId: number | undefined;
  readonly truncatedCount: number;
  readonly overflow: readonly Encoding[];
}

/** Put the tokens of the texts and the special tokens around them into one encoding. */
export function assemble(parts: Parts): Encoding {
  const { template, adjust, texts, windows, vocabulary, unknownId } = parts;
  let length = 0;
  for (const piece of template) {
    const window = "ids" in piece ? { start: 0, end: piece.ids.length } : windows[piece.sequence]!;
    length += window.end - window.start;
  }
  const ids = new Int32Array(length);
  const typeIds = new Int32Array(length);
  const starts = new Int32Array(length);
  const ends = new Int32Array(length);
  const wordIds = new Int32Array(length);
  const sequenceIds = new Int32Array(length);
  const tokens: string[] = new Array(length);
  let unknownCount = 0;
  let at = 0;
  for (const piece of template) {
    if ("ids" in piece) {
      for (let k = 0; k < piece.ids.length; k++, at++) {
        ids[at] = piece.ids[k]!;
        tokens[at] = piece.tokens[k]!;
        typeIds[at] = piece.typeId;
        wordIds[at] = -1;
        sequenceIds[at] = -1;
      }
      continue;
    }
    const text = texts[piece.sequence]!;
    const { start, end } = windows[piece.sequence]!;
    for (let k = start; k < end; k++, at++) {
      const id = text.ids[k]!;
      ids[at] = id;
      tokens[at] = vocabulary[id]!;
      typeIds[at] = piece.typeId;
      starts[at] = text.starts[k]!;
      ends[at] = text.ends[k]!;
      wordIds[at] = text.words[k]!;
      sequenceIds[at] = piece.sequence;
      if (id === unknownId) unknownCount++;
    }
    for (const [k, spelling] of text.spellings) {
      if (k >= start && k < end) tokens[at - end + k] = spelling;
    }
    adjust?.({ tokens, starts, ends, from: at - (end - start), to: at });
  }
  const { truncatedCount, overflow } = parts;
  return { ids, typeIds, tokens, starts, ends, wordIds, sequenceIds, truncatedCount, unknownCount, overflow };
}

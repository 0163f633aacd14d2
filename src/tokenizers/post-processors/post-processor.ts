import type { JsonObject } from "../../base/index.js";

/** What stands in one place of a finished encoding: a text's tokens, or special tokens. */
export type TemplatePiece =
  | { readonly sequence: 0 | 1; readonly typeId: number }
  | { readonly ids: readonly number[]; readonly tokens: readonly string[]; readonly typeId: number };

/** The tokens of one text in an encoding: those from `from` to `to`, with their spans in the raw text. */
export interface TokenSpans {
  readonly tokens: readonly string[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * The fourth step: puts special tokens around one text or a pair of texts, and gives each part its type id.
 */
export interface PostProcessor {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
  /** Change the spans of a text's tokens, where the step does. */
  readonly adjust?: (spans: TokenSpans) => void;
  /** The step as tokenizer.json writes it; null where the tokenizer has none. */
  toJson(): JsonObject | null;
}

/** Nothing is put around the texts. */
export const plainPostProcessor: PostProcessor = {
  single: [{ sequence: 0, typeId: 0 }],
  pair: [
    { sequence: 0, typeId: 0 },
    { sequence: 1, typeId: 1 },
  ],
  toJson: () => null,
};

/** How many special tokens a template holds. */
export function specialCount(template: readonly TemplatePiece[]): number {
  return template.reduce((count, piece) => count + ("ids" in piece ? piece.ids.length : 0), 0);
}

import type { JsonObject } from "../../base/index.js";
import { precompiled } from "../normalizers/precompiled.js";
import type { SentencePieceNormalizerOptions } from "./sentence-piece-normalizer.js";

/**
 * The steps of tokenizer.json that come nearest to SentencePiece's normaliser. They differ from it in rules
 * of several characters, of which the library behind that file takes the shortest.
 */
export function normalizerJson(options: SentencePieceNormalizerOptions): JsonObject {
  const { characterMap, addDummyPrefix = true, removeExtraWhitespaces = true } = options;
  const { escapeWhitespaces = true, whitespaceAsSuffix = false } = options;
  const normalizers: JsonObject[] = [];
  if (characterMap !== undefined) normalizers.push(precompiled(characterMap).toJson());
  if (removeExtraWhitespaces) {
    normalizers.push({ type: "Strip", strip_left: true, strip_right: true });
    normalizers.push({ type: "Replace", pattern: { Regex: " {2,}" }, content: " " });
  }
  if (addDummyPrefix && !whitespaceAsSuffix) normalizers.push({ type: "Prepend", prepend: " " });
  if (escapeWhitespaces) normalizers.push({ type: "Replace", pattern: { String: " " }, content: "▁" });
  return { type: "Sequence", normalizers };
}

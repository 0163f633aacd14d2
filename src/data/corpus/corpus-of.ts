import type { Tokenizer } from "../../tokenizers/index.js";
import { documentAt } from "./document-at.js";
import { countNames, encodeDocuments } from "./encode-documents.js";
import { hashDigest } from "./text-hash.js";
import type { DocumentCorpus } from "./token-corpus.js";

/**
 * A corpus in memory, each text a document; one without tokens is left out.
 *
 * ```ts
 * const corpus = corpusOf(["A graft grows. It is green.", "接ぎ木"], tokenizer);
 * ```
 */
export function corpusOf(texts: readonly string[], tokenizer: Tokenizer): DocumentCorpus {
  const trimmed = texts.map((text) => text.trim());
  const { ids, begins, counts } = encodeDocuments(trimmed, tokenizer);
  const starts = [0];
  for (let i = 0; i < counts.length; i += countNames.length)
    if (counts[i]! > 0) starts.push(starts.at(-1)! + counts[i]!);
  const documentCount = starts.length - 1;
  const documentStart = (document: number): number => starts[document]!;
  return {
    tokenCount: ids.length,
    documentCount,
    digest: hashDigest(`${ids.join()} ${begins.join()}`),
    documentStart,
    read: (start, length) => ({
      start,
      document: documentAt({ documentCount, documentStart }, start),
      ids: ids.slice(start, start + length),
      begins: begins.slice(start, start + length),
    }),
  };
}

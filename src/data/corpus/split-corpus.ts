import { DataError, OptionError } from "../../base/index.js";
import { documentAt } from "./document-at.js";
import { hashDigest } from "./text-hash.js";
import type { DocumentCorpus, TokenCorpus } from "./token-corpus.js";

/** Which documents are set aside. */
export type CorpusSplit =
  /** The last ones: about this share of the tokens, at least one document. */
  | { readonly last: number }
  /** Every so many: of 100, the 100th, 200th, ... */
  | { readonly every: number };

/** Two parts of a corpus that have no document in common. */
export interface SplitCorpus {
  readonly train: TokenCorpus;
  readonly validation: TokenCorpus;
}

/** Set whole documents of a corpus aside for validation; the same ones each time. */
export function splitCorpus(corpus: DocumentCorpus, split: CorpusSplit): SplitCorpus {
  if (corpus.documentCount < 2) {
    throw new DataError(`validation split: expected at least 2 documents, got ${corpus.documentCount}`, {
      hint: "give more documents (in plain text, blank lines stand between them), or a validation file",
    });
  }
  return "last" in split ? splitLast(corpus, split.last) : splitEvery(corpus, split.every);
}

function splitLast(corpus: DocumentCorpus, share: number): SplitCorpus {
  if (!(share > 0 && share < 1)) {
    throw new OptionError(`validation split: expected a share between 0 and 1, got ${share}`, {
      hint: "0.01 sets one token in a hundred aside",
    });
  }
  const { tokenCount, documentCount } = corpus;
  const lastOfTrain = documentAt(corpus, Math.max(0, Math.round(tokenCount * (1 - share)) - 1));
  const border = Math.min(documentCount - 1, lastOfTrain + 1);
  return {
    train: partOf(corpus, [{ first: 0, end: border }]),
    validation: partOf(corpus, [{ first: border, end: documentCount }]),
  };
}

function splitEvery(corpus: DocumentCorpus, every: number): SplitCorpus {
  if (!(Number.isInteger(every) && every >= 2))
    throw new OptionError(`validation split: expected every 2nd document or fewer, got every ${every}`);
  const { documentCount } = corpus;
  const validation: Span[] = [];
  const train: Span[] = [];
  for (let first = 0; first < documentCount; first += every) {
    const last = first + every - 1;
    train.push({ first, end: Math.min(last, documentCount) });
    if (last < documentCount) validation.push({ first: last, end: last + 1 });
  }
  if (validation.length === 0) {
    throw new DataError(`validation split: expected at least ${every} documents, got ${documentCount}`, {
      hint: "set more documents aside, such as every 10th",
    });
  }
  return { train: partOf(corpus, train), validation: partOf(corpus, validation) };
}

/** Documents that follow one another in a corpus, by their numbers. */
interface Span {
  readonly first: number;
  readonly end: number;
}

/** Spans of a corpus, as one, with its documents numbered anew. */
function partOf(corpus: DocumentCorpus, spans: readonly Span[]): TokenCorpus {
  const tokensBefore = new Float64Array(spans.length + 1); // [span]
  const documentsBefore = new Float64Array(spans.length + 1); // [span]
  spans.forEach(({ first, end }, i) => {
    tokensBefore[i + 1] = tokensBefore[i]! + corpus.documentStart(end) - corpus.documentStart(first);
    documentsBefore[i + 1] = documentsBefore[i]! + end - first;
  });
  const tokenCount = tokensBefore[spans.length]!;
  const documentCount = documentsBefore[spans.length]!;
  return {
    tokenCount,
    documentCount,
    digest: hashDigest(`${corpus.digest} ${JSON.stringify(spans)}`),
    read(start, length) {
      const size = Math.max(0, Math.min(length, tokenCount - start));
      const ids = new Int32Array(size);
      const begins = new Uint8Array(size);
      let document = documentCount - 1;
      for (let done = 0, i = spanAt(tokensBefore, start); done < size; i++) {
        const { first } = spans[i]!;
        const within = start + done - tokensBefore[i]!;
        const left = tokensBefore[i + 1]! - tokensBefore[i]! - within;
        const part = corpus.read(corpus.documentStart(first) + within, Math.min(size - done, left));
        if (done === 0) document = part.document - first + documentsBefore[i]!;
        ids.set(part.ids, done);
        begins.set(part.begins, done);
        done += part.ids.length;
      }
      return { start, document, ids, begins };
    },
  };
}

/** The last span that begins at a place or before it, by halving. */
function spanAt(starts: Float64Array, place: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= place) low = middle;
    else high = middle;
  }
  return low;
}

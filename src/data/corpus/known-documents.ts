import { emptyKey, extendedKey } from "./sequence-key.js";
import { documentBegins, type TokenCorpus } from "./token-corpus.js";

/** Held-out documents, and those of them that stand in what is learnt from too, token by token. */
export interface KnownDocuments {
  readonly documentCount: number;
  readonly knownCount: number;
  /** The share of the held-out tokens that is of these. */
  readonly knownTokenRate: number;
}

/** Tokens that are read at once. */
const stretchLength = 1 << 16;

/** Count the held-out documents that are learnt from too; `onProgress` is told how many tokens are read, of how many. */
export async function findKnownDocuments(
  train: readonly TokenCorpus[],
  heldOut: readonly TokenCorpus[],
  { onProgress, signal }: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<KnownDocuments> {
  const tokensOf = (corpora: readonly TokenCorpus[]): number =>
    corpora.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  const total = tokensOf(heldOut) + tokensOf(train);
  let done = 0;
  const visit = async (
    corpora: readonly TokenCorpus[],
    see: (key: number, tokenCount: number) => void,
  ): Promise<void> => {
    for (const corpus of corpora)
      for (const readCount of visitDocuments(corpus, see)) {
        done += readCount;
        onProgress?.(done, total);
        await new Promise((resolve) => setTimeout(resolve)); // others are to have their turn
        signal?.throwIfAborted();
      }
  };

  const unknown = new Map<number, { documentCount: number; tokenCount: number }>();
  let documentCount = 0;
  await visit(heldOut, (key, tokenCount) => {
    documentCount++;
    const equals = unknown.get(key);
    if (equals === undefined) unknown.set(key, { documentCount: 1, tokenCount });
    else {
      equals.documentCount++;
      equals.tokenCount += tokenCount;
    }
  });
  let [knownCount, knownTokenCount] = [0, 0];
  await visit(train, (key) => {
    const equals = unknown.get(key);
    if (equals === undefined) return;
    unknown.delete(key); // counted once, however often it is learnt from
    knownCount += equals.documentCount;
    knownTokenCount += equals.tokenCount;
  });
  return { documentCount, knownCount, knownTokenRate: knownTokenCount / Math.max(1, tokensOf(heldOut)) };
}

/** Give out each document of a corpus, by the key of its tokens; yields how many tokens were read since it last did. */
function* visitDocuments(
  corpus: TokenCorpus,
  see: (key: number, tokenCount: number) => void,
): Generator<number> {
  let [key, tokenCount] = [emptyKey, 0];
  for (let start = 0; start < corpus.tokenCount; start += stretchLength) {
    const { ids, begins } = corpus.read(start, stretchLength);
    for (let i = 0; i < ids.length; i++) {
      if ((begins[i]! & documentBegins) !== 0 && tokenCount > 0) {
        see(key, tokenCount);
        [key, tokenCount] = [emptyKey, 0];
      }
      key = extendedKey(key, ids[i]!);
      tokenCount++;
    }
    yield ids.length;
  }
  if (tokenCount > 0) see(key, tokenCount);
}

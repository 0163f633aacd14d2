// A language so plain that a tiny model learns it within some steps: words of one letter, each sentence a run of the
// alphabet that begins anywhere, each document of sentences that begin at the same letter.
import {
  documentBegins,
  type Stretch,
  sentenceBegins,
  type TokenCorpus,
  wordBegins,
} from "../src/data/corpus/token-corpus.js";
import { type Tokenizer, wordPieceTokenizer } from "../src/tokenizers/index.js";

const letters: readonly string[] = [..."abcdefghijkl"];
const sentenceLength = 5;

/** BERT's special tokens, sentinels and twelve letters. */
export function toyTokenizer(): Tokenizer {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const tokenizer = wordPieceTokenizer([...special, ...letters]);
  tokenizer.addTokens(
    Array.from({ length: 8 }, (_, i) => `<extra_id_${i}>`),
    { special: true },
  );
  return tokenizer;
}

/** Documents of two to five sentences. */
export function toyCorpus(tokenizer: Tokenizer, documentCount: number): TokenCorpus {
  const [ids, begins, documents]: [number[], number[], number[]] = [[], [], []];
  for (let document = 0; document < documentCount; document++)
    for (let sentence = 0; sentence < 2 + (document % 4); sentence++)
      for (let word = 0; word < sentenceLength; word++) {
        ids.push(tokenizer.tokenToId(letters[(5 * document + word) % letters.length]!)!);
        const first = word > 0 ? 0 : sentence > 0 ? sentenceBegins : sentenceBegins | documentBegins;
        begins.push(wordBegins | first);
        documents.push(document);
      }
  return {
    tokenCount: ids.length,
    documentCount,
    digest: "toy",
    read: (start, length): Stretch => ({
      start,
      document: documents[start] ?? documentCount,
      ids: Int32Array.from(ids.slice(start, start + length)),
      begins: Uint8Array.from(begins.slice(start, start + length)),
    }),
  };
}

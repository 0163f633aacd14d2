import { rawText } from "../src/tokenizers/aligned-text.js";
import { type Tokenizer, wordPieceTokenizer } from "../src/tokenizers/index.js";
import { bertNormalizer } from "../src/tokenizers/normalizers/bert.js";
import { bertPreTokenizer } from "../src/tokenizers/pre-tokenizers/bert.js";
import { learnWordPieces } from "./word-pieces.js";

/**
 * Lower-casing makes the few thousand tokens go further. Accents stay: without them the voicing marks of kana would
 * go too, and バ be read as ハ.
 */
const settings = { lowercase: true, stripAccents: false } as const;

const specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/** The printable ASCII characters as the normaliser leaves them: whatever is typed in them can be spelt. */
const asciiCharacters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
  (character) => character === character.toLowerCase(),
);

/** A tokenizer in BERT's form with a vocabulary learnt from lines of text. */
export function learnTokenizer(lines: Iterable<string>, modelMaxLength: number): Tokenizer {
  const vocabulary = learnWordPieces(countWords(lines), specialTokens, asciiCharacters, {
    size: 6144,
    characterCount: 2600,
  });
  return wordPieceTokenizer(vocabulary, { ...settings, modelMaxLength });
}

/** How often each word occurs, words being what the tokenizer takes for them: kanji alone, runs of kana or letters. */
function countWords(lines: Iterable<string>): Map<string, number> {
  const normalizer = bertNormalizer(settings);
  const preTokenizer = bertPreTokenizer();
  const counts = new Map<string, number>();
  for (const line of lines) {
    const source = normalizer.normalize(rawText(line));
    const pieces = preTokenizer.split({ source, bounds: [0, source.text.length] });
    for (let i = 0; i < pieces.bounds.length; i += 2) {
      const word = pieces.source.text.slice(pieces.bounds[i], pieces.bounds[i + 1]);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

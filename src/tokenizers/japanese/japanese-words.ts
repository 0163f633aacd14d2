import type { Pieces, PreTokenizer } from "../pre-tokenizers/pre-tokenizer.js";
import { classesOf, space } from "../unicode-classes.js";
import type { JapaneseAnalyzer } from "./analyzer.js";
import { composeText } from "./composed-form.js";
import { lowercaseWord } from "./lowercase-word.js";
import { rewritePieces } from "./rewrite-pieces.js";

/** What is done with the words beside finding them, in this order. */
export interface JapaneseWordsOptions {
  /** Finds the words. Left out: a text is one word. */
  analyzer?: JapaneseAnalyzer | undefined;
  /** Write words in lower case. Default false. */
  lowercase?: boolean;
  /** Words that keep their case. */
  keepCase?: ReadonlySet<string>;
  /** Write words in the form NFKC. Default false. */
  compose?: boolean;
  /** Cut words at white space, which is dropped. Default false. */
  splitSpace?: boolean;
}

/** Cut at the words of Japanese; white space between them is dropped. */
export function japaneseWords(options: JapaneseWordsOptions = {}): PreTokenizer {
  const { analyzer, lowercase = false, keepCase, compose = false, splitSpace = false } = options;
  return {
    split(pieces) {
      let words = analyzer === undefined ? pieces : findWords(pieces, analyzer);
      if (lowercase) {
        words = rewritePieces(words, (word) => (keepCase?.has(word.text) ? word : lowercaseWord(word)));
      }
      if (compose) words = rewritePieces(words, (word) => composeText(word, "NFKC"));
      return splitSpace ? cutAtSpace(words) : words;
    },
    toJson: () => ({ type: "JapaneseWords", lowercase, compose, split_space: splitSpace }),
  };
}

function findWords({ source, bounds }: Pieces, analyzer: JapaneseAnalyzer): Pieces {
  const cut: number[] = [];
  for (let k = 0; k < bounds.length; k += 2) analyzer.addBounds(source.text, bounds[k]!, bounds[k + 1]!, cut);
  return { source, bounds: cut };
}

function cutAtSpace({ source, bounds }: Pieces): Pieces {
  const cut: number[] = [];
  for (let k = 0; k < bounds.length; k += 2) {
    const end = bounds[k + 1]!;
    let wordStart = bounds[k]!;
    for (let at = wordStart; at < end; at++) {
      if (!isSpace(source.text.charCodeAt(at))) continue;
      if (at > wordStart) cut.push(wordStart, at);
      wordStart = at + 1;
    }
    if (end > wordStart) cut.push(wordStart, end);
  }
  return { source, bounds: cut };
}

/** What Python's `split` takes for white space: that of Unicode and the four separators of ASCII. */
function isSpace(unit: number): boolean {
  return (classesOf(unit) & space) !== 0 || (unit >= 0x1c && unit <= 0x1f);
}

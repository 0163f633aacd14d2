import { Lattice } from "./lattice.js";
import type { Lexicon } from "./lexicon.js";
import { type Morpheme, readFeatures, type WordInformation } from "./morpheme.js";
import { Segmentation } from "./segmentation.js";

/** Cuts Japanese text into words, as MeCab does with the same dictionary. */
export interface JapaneseAnalyzer {
  /** The words of a text with their parts of speech. White space belongs to none. */
  analyze(text: string): Morpheme[];
  /**
   * Where the words between `start` and `end` of a text begin and end, added to `bounds` in pairs; faster
   * than `analyze`.
   */
  addBounds(text: string, start: number, end: number, bounds: number[]): void;
}

/** An analyser over an edition of a dictionary. */
export function analyzerOf(lexicon: Lexicon): JapaneseAnalyzer {
  const lattice = new Lattice(lexicon);
  const words = new Segmentation();
  const known = new Map<number, WordInformation>();

  function informationOf(entry: number, surface: string): WordInformation {
    let information = known.get(entry);
    if (information === undefined) {
      information = readFeatures(lexicon.featuresOf(entry, surface), entry < lexicon.firstUnknown);
      known.set(entry, information);
    }
    return information;
  }

  return {
    analyze(text) {
      words.clear();
      lattice.segment(text, 0, text.length, words);
      const morphemes: Morpheme[] = new Array(words.length);
      for (let i = 0; i < words.length; i++) {
        const start = words.starts[i]!;
        const end = words.ends[i]!;
        const surface = text.slice(start, end);
        const word = informationOf(words.entries[i]!, surface);
        morphemes[i] = {
          surface,
          start,
          end,
          partOfSpeech: word.partOfSpeech,
          conjugationType: word.conjugationType,
          conjugationForm: word.conjugationForm,
          baseForm: word.baseForm,
          reading: word.reading,
          pronunciation: word.pronunciation,
          known: word.known,
          features: word.features,
        };
      }
      return morphemes;
    },
    addBounds(text, start, end, bounds) {
      words.clear();
      lattice.segment(text, start, end, words);
      for (let i = 0; i < words.length; i++) bounds.push(words.starts[i]!, words.ends[i]!);
    },
  };
}

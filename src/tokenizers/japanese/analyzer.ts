import { Lattice } from "./lattice.js";
import type { Lexicon } from "./lexicon.js";
import { type Morpheme, PlacedMorpheme, readFeatures, type WordInformation } from "./morpheme.js";
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

/** What an entry of the dictionary stands for; the surface of an unknown word is another one each time. */
interface MetEntry {
  readonly surface: string | undefined;
  readonly information: WordInformation;
}

/** An analyser over an edition of a dictionary. */
export function analyzerOf(lexicon: Lexicon): JapaneseAnalyzer {
  const lattice = new Lattice(lexicon);
  const words = new Segmentation();
  /** What is known of each entry that was met, by its number; a Map would take longer to answer. */
  const met: (MetEntry | undefined)[] = new Array(lexicon.connections.length);

  function meet(entry: number, text: string, start: number, end: number): MetEntry {
    const surface = text.slice(start, end);
    const information = readFeatures(lexicon.featuresOf(entry, surface), entry < lexicon.firstUnknown);
    const one = { surface: information.known ? surface : undefined, information };
    met[entry] = one;
    return one;
  }

  return {
    analyze(text) {
      words.clear();
      lattice.segment(text, 0, text.length, words);
      const morphemes: Morpheme[] = new Array(words.length);
      for (let i = 0; i < words.length; i++) {
        const start = words.starts[i]!;
        const end = words.ends[i]!;
        const entry = words.entries[i]!;
        const { surface = text.slice(start, end), information } = met[entry] ?? meet(entry, text, start, end);
        morphemes[i] = new PlacedMorpheme(surface, start, end, information);
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

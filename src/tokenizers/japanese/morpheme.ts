/** A word of a Japanese text, with what the dictionary says of it. */
export interface Morpheme {
  /** The word as it stands in the text. */
  readonly surface: string;
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** From the general to the particular: `["名詞", "固有名詞", "地域", "一般"]`. */
  readonly partOfSpeech: readonly string[];
  /** How it is conjugated, if it is: `五段・ラ行`. */
  readonly conjugationType: string | undefined;
  /** In which form it stands: `連用形`. */
  readonly conjugationForm: string | undefined;
  /** The form under which a dictionary has it; none for unknown words. */
  readonly baseForm: string | undefined;
  /** In katakana; none for unknown words. */
  readonly reading: string | undefined;
  /** In katakana, as it is spoken: `ワ` for the particle は. */
  readonly pronunciation: string | undefined;
  /** Whether the dictionary has the word. */
  readonly known: boolean;
  /** All columns as MeCab prints them; unknown words have two fewer. */
  readonly features: readonly string[];
  /** All of it as plain data, which `JSON.stringify` takes. */
  toJSON(): MorphemeData;
}

/** A word of a Japanese text as plain data. */
export type MorphemeData = Omit<Morpheme, "toJSON">;

/** What a word is, wherever it stands. */
export type WordInformation = Omit<MorphemeData, "surface" | "start" | "end">;

/** A word at its place in a text. What the dictionary says of it is kept once for all its places. */
export class PlacedMorpheme implements Morpheme {
  readonly surface: string;
  readonly start: number;
  readonly end: number;
  readonly #word: WordInformation;

  constructor(surface: string, start: number, end: number, word: WordInformation) {
    this.surface = surface;
    this.start = start;
    this.end = end;
    this.#word = word;
  }

  get partOfSpeech(): readonly string[] {
    return this.#word.partOfSpeech;
  }

  get conjugationType(): string | undefined {
    return this.#word.conjugationType;
  }

  get conjugationForm(): string | undefined {
    return this.#word.conjugationForm;
  }

  get baseForm(): string | undefined {
    return this.#word.baseForm;
  }

  get reading(): string | undefined {
    return this.#word.reading;
  }

  get pronunciation(): string | undefined {
    return this.#word.pronunciation;
  }

  get known(): boolean {
    return this.#word.known;
  }

  get features(): readonly string[] {
    return this.#word.features;
  }

  /** All of it as plain data. */
  toJSON(): MorphemeData {
    const { surface, start, end } = this;
    return { surface, start, end, ...this.#word };
  }
}

/** Columns of IPADIC with parts of speech. */
const partOfSpeechCount = 4;

/** Read what IPADIC says of a word: `名詞,数,*,*,*,*,一,イチ,イチ`, where `*` stands for nothing. */
export function readFeatures(line: string, known: boolean): WordInformation {
  const features = line.split(",");
  const column = (index: number): string | undefined =>
    features[index] === "*" ? undefined : features[index];
  return {
    partOfSpeech: features.slice(0, partOfSpeechCount).filter((part) => part !== "*"),
    conjugationType: column(4),
    conjugationForm: column(5),
    baseForm: column(6),
    reading: column(7),
    pronunciation: column(8),
    known,
    features,
  };
}

/** A text of a corpus before it is cleaned and encoded. */
export interface RawDocument {
  readonly text: string;
  /** Where it begins, as errors name it: `areas.txt, line 12`. */
  readonly place: string;
}

/** Lines or rows of a file that hold no text, by reason. */
export interface SkippedLines {
  readonly reason: string;
  readonly count: number;
  readonly firstLine: number;
}

/** What was read of a file. */
export interface FileReport {
  readonly path: string;
  /** Bytes, as the file lies on the disk. */
  readonly size: number;
  /** Lines, or rows of Parquet. */
  readonly lineCount: number;
  /** Documents, before any is taken out. */
  readonly documentCount: number;
  readonly skipped: readonly SkippedLines[];
}

/** Some places of many, and how many there are. */
export interface CountedPlaces {
  readonly count: number;
  /** The first two. */
  readonly examples: readonly string[];
}

const exampleCount = 2;

/** Counts places as they come. */
export class PlaceCounter implements CountedPlaces {
  count = 0;
  readonly examples: string[] = [];

  add(place: string): void {
    this.count++;
    if (this.examples.length < exampleCount) this.examples.push(place);
  }
}

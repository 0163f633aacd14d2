import type { Random } from "../base/random.js";
import { bestContinuations, type Continuation, drawContinuations } from "./continuations.js";

// Beam search as Python's transformers has it: each step keeps the best continuations of all texts that are
// followed; those that end are set aside, with their score divided by a power of their length.

export interface BeamSettings {
  /** How many texts are followed. */
  readonly beamCount: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | "never";
  readonly maxNewTokens: number;
  /** How many tokens can end a text: so many continuations of each beam may be of no further use. */
  readonly endTokenCount: number;
  /** Continuations are drawn, not ranked, where there is one. */
  readonly random?: Random | undefined;
}

/** A text that is being followed. */
export interface Beam {
  /** The tokens written. */
  readonly ids: readonly number[];
  /** The sum of their log-probabilities, after filters. */
  readonly score: number;
  /** Which of the beams of the step before it continues. */
  readonly parent: number;
}

/** A text that has ended. */
export interface FinishedBeam {
  readonly ids: readonly number[];
  /** The sum of log-probabilities, divided by `length ** lengthPenalty`. */
  readonly score: number;
}

/** The search for the continuations of one prompt. */
export class BeamSearch {
  /** The texts followed, best first: one, the empty one, at the beginning. */
  running: readonly Beam[] = [{ ids: [], score: 0, parent: 0 }];
  /** The best texts that have ended, best first. */
  finished: readonly FinishedBeam[] = [];
  /** Whether nothing better is to be expected. */
  done = false;
  readonly #settings: BeamSettings;
  #length = 0;

  constructor(settings: BeamSettings) {
    this.#settings = settings;
  }

  /** The best continuations by the log-probabilities `[vocabulary]` of what follows each running beam, best first. */
  continuations(rows: readonly Float32Array[]): Beam[] {
    const { beamCount, endTokenCount, random } = this.#settings;
    const count = Math.max(2, 1 + endTokenCount) * beamCount;
    const bases = this.running.map(({ score }) => score);
    const found: Continuation[] =
      random === undefined
        ? bestContinuations(rows, bases, count)
        : drawContinuations(rows, bases, count, random);
    return found.map(({ row, token, score }) => ({
      ids: [...this.running[row]!.ids, token],
      score,
      parent: row,
    }));
  }

  /** Go on with continuations, of which some end here. */
  accept(continuations: readonly Beam[], ends: readonly boolean[]): void {
    const { beamCount, lengthPenalty, earlyStopping, maxNewTokens } = this.#settings;
    const isFull = (): boolean => this.finished.length >= beamCount;
    const ended =
      continuations.length === 0
        ? this.running.filter(({ ids }) => ids.length > 0) // every continuation is forbidden
        : continuations.filter((_, i) => ends[i] === true && i < beamCount); // the others are only in reserve
    if (!(isFull() && earlyStopping === true))
      this.finished = [
        ...this.finished,
        ...ended.map(({ ids, score }) => ({ ids, score: score / ids.length ** lengthPenalty })),
      ]
        .sort((a, b) => b.score - a.score)
        .slice(0, beamCount);
    this.running = continuations
      .filter((_, i) => ends[i] !== true)
      .sort((a, b) => b.score - a.score)
      .slice(0, beamCount);
    this.#length++;
    const longest = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : this.#length;
    const bestToCome = (this.running[0]?.score ?? -Infinity) / longest ** lengthPenalty;
    const improvable = !isFull() || bestToCome > this.finished.at(-1)!.score;
    this.done = this.running.length === 0 || !improvable || (isFull() && earlyStopping === true);
  }
}

import { hash, internal, Random } from "../../base/index.js";
import type { Stretch } from "../../data/corpus/token-corpus.js";
import {
  type SourceAndTarget,
  sequenceToSequenceFeeds,
  sequenceToSequenceInputs,
  sequenceToSequenceLoss,
  sequenceToSequenceTrials,
} from "../../objectives/index.js";
import { guessCountOf } from "../guessed-outputs.js";
import { evaluateGuesses, type GuessedTokens, guessesOf, readGuesses } from "../hidden-tokens.js";
import { fingerprint } from "../masked-blocks.js";
import type { TaskItem } from "../task.js";
import type { ObjectiveContext, PretrainingProblem } from "./objective.js";
import { framed, type TextFrame, textFrame } from "./text-frame.js";

// What objectives of encoder-decoders share: the encoder reads what was made of a stretch of the corpus, and the decoder
// writes a text from it.

/** A stretch, what of it is read now, and what is to be written. */
export interface WrittenRow extends TaskItem {
  readonly stretch: Stretch;
  readonly labels: Int32Array;
  /** What the decoder reads while it learns them. */
  readonly read: Int32Array;
}

/** Make source and target of a stretch; undefined where it is too short for it, and nothing is learnt from it. */
export type DrawWritten = (stretch: Stretch, random: Random) => SourceAndTarget | undefined;

/** The problem of an objective whose rows are drawn so; each source and target stands in the tokenizer's frame. */
export function writtenProblem(
  { tokenizer, rows: { maxLength, endId, decoderInput } }: ObjectiveContext,
  { description, rowLength, draw }: { description: string; rowLength: number; draw: DrawWritten },
): PretrainingProblem<WrittenRow, GuessedTokens> {
  if (decoderInput === undefined) throw internal(`${description} needs a decoder beside an encoder`);
  const frame = textFrame(tokenizer, 1);
  const written = endedFrame(frame, endId);
  return {
    head: "sequence-to-sequence",
    labelCount: 0,
    description,
    primaryMetric: { name: "perplexity", greaterIsBetter: false },
    rowLength,
    encode: (stretches) =>
      stretches.map((stretch, example) => ({
        example,
        stretch,
        ...{ labels: new Int32Array(0), read: new Int32Array(0) },
        encoding: {
          ...inFrame(frame, stretch.ids, maxLength),
          truncatedCount: 0,
          unknownCount: stretch.ids.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
        },
      })),
    redraw: (items, seed, step) =>
      items.map((item) => {
        const random = new Random(hash(hash(seed, fingerprint(item.stretch.ids)), step));
        const drawn = draw(item.stretch, random);
        if (drawn === undefined) return item;
        const labels = inFrame(written, drawn.target, maxLength).ids;
        const read = decoderInput(Array.from(labels));
        const source = inFrame(frame, drawn.source, maxLength);
        return { ...item, labels, read: Int32Array.from(read), encoding: { ...item.encoding, ...source } };
      }),
    inputs: sequenceToSequenceInputs,
    loss: (outputs) => sequenceToSequenceLoss(outputs),
    evaluated: sequenceToSequenceTrials,
    weightOf: guessCountOf,
    targets: (items, _, totalWeight) => sequenceToSequenceFeeds(items, totalWeight),
    readOutputs: readGuesses,
    decide: (stretches, items, outputs) => guessesOf(stretches.length, items, outputs),
    evaluate: (_, predictions) => evaluateGuesses(predictions, "token_accuracy"),
  };
}

/** A frame that ends with the token that ends texts, which tells the decoder to stop. */
function endedFrame(frame: TextFrame, endId: number | undefined): TextFrame {
  if (endId === undefined || frame.some((part) => "special" in part && part.special === endId)) return frame;
  return [...frame, { special: endId, typeId: 0 }];
}

/**
 * Ids in their frame. A source may have grown by masks between tokens, and a frame by the token that ends it: what finds
 * no room then is left out at the end of the text.
 */
function inFrame(
  frame: TextFrame,
  ids: Int32Array,
  maxLength: number,
): { readonly ids: Int32Array; readonly typeIds: Int32Array } {
  const kept = ids.subarray(0, maxLength - frame.length + 1); // all parts but the text itself are one token
  const { ids: all, typeIds } = framed(frame, [{ ids: kept, words: new Int32Array(kept.length) }]);
  return { ids: all, typeIds };
}

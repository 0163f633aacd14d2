import { DataError, hash, Random } from "../../base/index.js";
import { documentBegins, type Stretch, sentenceBegins, wordBegins } from "../../data/corpus/token-corpus.js";
import type { Network } from "../../models/index.js";
import {
  type DrawPair,
  guessedFeeds,
  type SentencePair,
  sentencePairFeeds,
  sentencePairLogits,
  sentencePairLoss,
  sentencePairTrials,
  type TokenRange,
} from "../../objectives/index.js";
import { describeMasking, type GuessedTokens, hiddenTokens } from "../hidden-tokens.js";
import { fingerprint, type MaskedItem } from "../masked-blocks.js";
import { corpusMasking } from "./corpus-masking.js";
import type { Objective, ObjectiveContext, PretrainingProblem } from "./objective.js";
import { framed, specialCountOf, type TextFrame, textFrame, type WordedText } from "./text-frame.js";

// What objectives with pairs of sentences share: hidden tokens are guessed, and beside that the relation is told in which
// the two stretches of a row stood. A row is a stretch of the corpus as it runs on, cut in two where a sentence begins.

/** A row of a corpus, the pair that is made of it now, and what of it is hidden. */
export interface PairRow extends MaskedItem {
  readonly row: WordedText;
  /** Where the row may be cut: a sentence begins, and the document went on before. */
  readonly borders: readonly number[];
  /** Where sentences begin, 0 the first. */
  readonly sentences: readonly number[];
  /** The number of each token's document. */
  readonly documents: Int32Array;
  readonly label: SentencePair["label"];
}

/** How hidden tokens and pairs were guessed. */
export interface PairGuesses extends GuessedTokens {
  readonly pairNats: number;
  /** 1 where the relation was to be told, and where it was told rightly. */
  readonly pairCount: number;
  readonly pairRightCount: number;
}

/** An objective by the pairs it draws. */
export function sentencePairObjective(
  name: "next-sentence" | "sentence-order",
  draw: DrawPair,
): Objective<PairRow, PairGuesses> {
  return {
    name,
    defaults: { maxLength: 128, batchSize: 32, learningRate: 5e-4 },
    heads: ["pre-training"],
    orHead: "masked-lm",
    reads: ["maskRate", "masking", "pairWeight"],
    open: (context) => pairProblem(name, draw, context),
  };
}

function pairProblem(
  name: "next-sentence" | "sentence-order",
  draw: DrawPair,
  { tokenizer, network, settings, head = "pre-training", rows: { maxLength } }: ObjectiveContext,
): PretrainingProblem<PairRow, PairGuesses> {
  if (tokenizer.special.mask === undefined)
    throw new DataError(`${name}: expected a tokenizer with a mask token, got one without`, {
      hint: "train one with special tokens",
    });
  const frames: Frames = { one: textFrame(tokenizer, 1), two: textFrame(tokenizer, 2) };
  const rowLength = maxLength - specialCountOf(frames.two);
  const { masking, preparation } = corpusMasking(settings);
  const hiding = hiddenTokens(masking);
  const { pairWeight = 1 } = settings;
  const relation = name.replace("-", "_");
  return {
    ...hiding,
    ...preparation,
    head,
    ...(head === "pre-training" ? {} : { network: withPairHead(network), beside: "the head of pairs" }),
    description: `${name}, ${describeMasking(settings)}`,
    rowLength,
    encode: (stretches) =>
      stretches.map((stretch, example) => {
        const made = pairRow(stretch, frames);
        const ids = made.original;
        const none = new Int32Array(0);
        return {
          ...made,
          example,
          reader: tokenizer,
          ...{ places: none, labels: none, label: undefined },
          encoding: {
            ...{ ids, typeIds: new Int32Array(ids.length), truncatedCount: 0 },
            unknownCount: ids.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
          },
        };
      }),
    redraw(items, seed, step) {
      const pairs = items.map((item) => {
        const random = new Random(hash(hash(seed, fingerprint(item.row.ids)), step));
        return drawnPair(
          item,
          items.filter((other) => other !== item),
          draw,
          frames,
          rowLength,
          random,
        );
      });
      return hiding.redraw!(pairs, seed, step) as PairRow[];
    },
    loss: sentencePairLoss,
    evaluated: sentencePairTrials,
    furtherWeightsOf: (items) => [items.filter(({ label }) => label !== undefined).length],
    targets: (items, length, totalWeight, [pairCount = 0] = []) =>
      new Map([
        ...guessedFeeds(items, length, totalWeight),
        ...sentencePairFeeds(
          items.map(({ label }) => label),
          Math.max(1, pairCount),
          pairWeight,
        ),
      ]),
    readOutputs(items, outputs) {
      const [losses, rights] = ["pairLosses", "pairRights"].map(
        (output) => outputs.get(output)!.data as Float32Array,
      );
      return hiding.readOutputs(items, outputs).map((guesses, i) => {
        const isTold = items[i]!.label !== undefined;
        return {
          ...guesses,
          pairLosses: losses!.slice(i, isTold ? i + 1 : i),
          pairRights: rights!.slice(i, isTold ? i + 1 : i),
        };
      });
    },
    decide: (stretches, items, outputs) =>
      hiding.decide(stretches, items, outputs).map((guesses, i) => {
        const { pairLosses, pairRights } = outputs[i]!;
        return {
          ...guesses,
          pairNats: pairLosses![0] ?? 0,
          pairCount: pairLosses!.length,
          pairRightCount: pairRights![0] ?? 0,
        };
      }),
    evaluate(stretches, predictions) {
      const told = hiding.evaluate(stretches, predictions);
      const total = (key: keyof PairGuesses): number => predictions.reduce((sum, own) => sum + own[key], 0);
      const count = total("pairCount");
      const pairs =
        count === 0
          ? {}
          : {
              [`${relation}_accuracy`]: total("pairRightCount") / count,
              [`${relation}_loss`]: total("pairNats") / count,
            };
      // rows without a border or without another document beside them are not told
      const share = predictions.length === 0 ? 0 : count / predictions.length;
      return { ...told, metrics: { ...told.metrics, ...pairs, [`${relation}_share`]: share } };
    },
  };
}

/** A model that guesses hidden tokens, with the outputs of one that was published with pairs. */
function withPairHead(network: Network): Network {
  return {
    ...network,
    build(...asked) {
      const outputs = network.build(...asked);
      return {
        ...outputs,
        heads: new Map([
          ["predictionLogits", outputs.heads.get("logits")!],
          ["relationshipLogits", sentencePairLogits(outputs.lastHidden)],
        ]),
      };
    },
  };
}

interface Frames {
  readonly one: TextFrame;
  readonly two: TextFrame;
}

/** A stretch with its words, sentences and documents; as it stands, it is one text. */
function pairRow(
  { ids, begins, document }: Stretch,
  frames: Frames,
): Pick<PairRow, "row" | "borders" | "sentences" | "documents" | "original" | "wordIds"> {
  const [words, documents] = [new Int32Array(ids.length), new Int32Array(ids.length)];
  const [borders, sentences]: [number[], number[]] = [[], []];
  let [word, own] = [0, document];
  for (let i = 0; i < ids.length; i++) {
    const begun = begins[i]!;
    const isNew = (bit: number): boolean => i > 0 && (begun & bit) !== 0;
    if (isNew(wordBegins)) word++;
    if (isNew(documentBegins)) own++;
    else if (isNew(sentenceBegins)) borders.push(i);
    if (i === 0 || (begun & (sentenceBegins | documentBegins)) !== 0) sentences.push(i);
    words[i] = word;
    documents[i] = own;
  }
  const row = { ids, words };
  const { ids: original, wordIds } = framed(frames.one, [row]);
  return { row, borders, sentences, documents, original, wordIds };
}

/** The pair that is made of a row in this step, its strange stretch from one of the others. */
function drawnPair(
  item: PairRow,
  others: readonly PairRow[],
  draw: DrawPair,
  frames: Frames,
  maxLength: number,
  random: Random,
): PairRow {
  let source = item;
  const strangeTo = (border: number): TokenRange | undefined => {
    const own = item.documents[border]!;
    const startsOf = (other: PairRow): number[] =>
      other.sentences.filter((start) => other.documents[start] !== own);
    const strangers = others.filter((other) => startsOf(other).length > 0);
    if (strangers.length === 0) return undefined;
    source = strangers[random.integer(strangers.length)]!;
    const starts = startsOf(source);
    return { start: starts[random.integer(starts.length)]!, end: source.row.ids.length };
  };
  const length = item.row.ids.length;
  const pair = draw({ length, borders: item.borders }, strangeTo, { maxLength }, random);
  const part = ({ row: { ids, words } }: PairRow, { start, end }: TokenRange): WordedText => ({
    ids: ids.subarray(start, end),
    words: words.subarray(start, end),
  });
  const first = part(item, pair.first);
  const second = part(pair.isStrange ? source : item, pair.second);
  const isWhole = second.ids.length === 0;
  const { ids, typeIds, wordIds } = isWhole
    ? framed(frames.one, [first])
    : framed(frames.two, [first, second]);
  return {
    ...item,
    original: ids,
    wordIds,
    label: pair.label,
    encoding: { ...item.encoding, ids, typeIds },
  };
}

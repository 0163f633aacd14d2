import { DataError, isJsonObject, type JsonObject } from "../base/index.js";
import type { TaskForm } from "../data/columns.js";
import { rowPlace, textOf } from "../data/fields.js";
import {
  bleu,
  chrf,
  meanRouge,
  perplexity,
  ter,
  type WordSplitter,
  type WordSplitting,
} from "../metrics/index.js";
import {
  sequenceToSequenceFeeds,
  sequenceToSequenceInputs,
  sequenceToSequenceLoss,
  sequenceToSequenceLosses,
} from "../objectives/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { cutByItem, guessCountOf } from "./guessed-outputs.js";
import { idOf, readRowsWith } from "./read-rows.js";
import type {
  EncodeSettings,
  Evaluation,
  ItemOutput,
  Problem,
  Task,
  TaskDefaults,
  TaskItem,
  TaskSettings,
} from "./task.js";
import { encodeWithin } from "./truncation.js";

// What translation, summaries and replies share: a text is to be written from another one.

/** A source and the text to be written from it; one that is only to be written has none. */
export interface TextPairExample {
  readonly source: string;
  readonly target: string | undefined;
  readonly id: string | undefined;
  /** Where it stands, for messages. */
  readonly place: string;
}

/** A source as the model reads it, and the tokens to be written. */
export interface TextPairItem extends TaskItem {
  readonly labels: Int32Array;
  /** What the decoder reads while it learns them. */
  readonly read: Int32Array;
  /** The text of tokens that were written. */
  decode(ids: ArrayLike<number>): string;
}

/** What was written, where anything was, and how likely the text to be written was. */
export interface WrittenPrediction {
  readonly text: string | undefined;
  readonly nats: number;
  readonly tokenCount: number;
}

/** How the tasks differ. */
export interface TextToTextForm {
  readonly name: TaskForm;
  readonly defaults: TaskDefaults;
  /** A source, for messages. */
  readonly sample: string;
  /** What a prediction is called: `translation`. */
  readonly writtenName: string;
  /** What texts are compared by. */
  readonly measure: (
    written: readonly string[],
    references: readonly (readonly string[])[],
    words: WordSplitter | undefined,
  ) => Readonly<Record<string, number>>;
}

/** BLEU, chrF, and TER of the words that BLEU compares. */
export const translationMeasure: TextToTextForm["measure"] = (written, references, words) => {
  const cut = words === undefined ? {} : { words };
  return {
    bleu: bleu(written, references, cut).score,
    chrf: chrf(written, references),
    ter: ter(written, references, cut).score,
  };
};

/** ROUGE. */
export const summaryMeasure: TextToTextForm["measure"] = (written, references, words) => {
  const { rouge1, rouge2, rougeL, rougeLsum } = meanRouge(
    written,
    references,
    words === undefined ? {} : { words },
  );
  return { rouge1, rouge2, rougeL, rougeLsum };
};

/** A task of a form. */
export function textToTextTask(form: TextToTextForm): Task<TextPairExample, TextPairItem, WrittenPrediction> {
  return {
    name: form.name,
    defaults: form.defaults,
    readExamples(rows, { columns }) {
      const { source, target, id } = columns as { source: string; target?: string; id?: string };
      return readRowsWith(rows, (row) => ({
        source: textOf(rows, row, source),
        target: target === undefined ? undefined : textOf(rows, row, target),
        id: idOf(row, id),
        place: rowPlace(rows, row),
      }));
    },
    learn: (_, settings) => textToText(form, settings),
    restore(config, settings) {
      const said = config["source_prefix"];
      return textToText(form, { ...(typeof said === "string" ? { sourcePrefix: said } : {}), ...settings });
    },
    exampleOf(input) {
      const source = isJsonObject(input) ? input["source"] : input;
      if (typeof source === "string") return { source, target: undefined, id: undefined, place: "input" };
      throw new DataError("expected a text, or an object { source }", {
        hint: `for example "${form.sample}"`,
      });
    },
  };
}

function textToText(
  form: TextToTextForm,
  settings: TaskSettings,
): Problem<TextPairExample, TextPairItem, WrittenPrediction> {
  const {
    labelSmoothing = 0,
    sourcePrefix = "",
    compareWords,
    beamCount,
    lengthPenalty,
    maxNewTokens,
  } = settings;
  return {
    head: "sequence-to-sequence",
    labelCount: 0,
    labels: [],
    description: form.name,
    primaryMetric: { name: "loss", greaterIsBetter: false },
    smoothsLabels: true,
    writes: {
      ...(beamCount === undefined ? {} : { beamCount }),
      ...(lengthPenalty === undefined ? {} : { lengthPenalty }),
      ...(maxNewTokens === undefined ? {} : { maxNewTokens }),
    },
    configFields: () => ({
      task: form.name,
      ...(sourcePrefix === "" ? {} : { source_prefix: sourcePrefix }),
    }),
    encode: (examples, tokenizer, encodeSettings) =>
      encodePairs(examples, sourcePrefix, tokenizer, encodeSettings),
    inputs: sequenceToSequenceInputs,
    evaluated: (outputs) => new Map([["losses", sequenceToSequenceLosses(outputs)]]),
    loss: (outputs, training) => sequenceToSequenceLoss(outputs, training ? labelSmoothing : 0),
    weightOf: guessCountOf,
    targets: (items, _, totalWeight) => sequenceToSequenceFeeds(items, totalWeight),
    readOutputs: (items, outputs) => cutByItem(items, outputs, ["losses"]),
    decide: (_, items, outputs) => items.map((item, i) => predictionOf(item, outputs[i]!)),
    comparesWords: (examples) => compareWords ?? usualWords(examples),
    evaluate: (examples, predictions, words) => evaluate(form, examples, predictions, words),
    describePrediction: ({ id, source, target }, { text }, items) =>
      describe(form, { id, source, target }, text, items),
    labelOf: () => undefined,
    textOf: ({ source, target }) => `${source}\t${target ?? ""}`,
  };
}

function encodePairs(
  examples: readonly TextPairExample[],
  prefix: string,
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): TextPairItem[] {
  const decode = (ids: ArrayLike<number>): string => tokenizer.decode(ids, { skipSpecialTokens: true });
  return examples.map(({ source, target, place }, example) => {
    const [encoding] = encodeWithin(tokenizer, prefix + source, undefined, settings, place);
    const written = target === undefined ? undefined : encodeTarget(target, tokenizer, settings, place);
    const labels = written?.ids ?? new Int32Array(0);
    const read = settings.decoderInput?.(Array.from(labels)) ?? [];
    return {
      encoding: {
        ids: encoding!.ids,
        typeIds: encoding!.typeIds,
        truncatedCount: encoding!.truncatedCount + (written?.truncatedCount ?? 0),
        unknownCount: encoding!.unknownCount + (written?.unknownCount ?? 0),
      },
      example,
      labels,
      read: Int32Array.from(read.slice(0, labels.length)),
      decode,
    };
  });
}

/** The text to be written, with the token that ends texts behind it if the tokenizer puts none there. */
function encodeTarget(
  text: string,
  { target: tokenizer }: Tokenizer,
  settings: EncodeSettings,
  place: string,
): { ids: Int32Array; truncatedCount: number; unknownCount: number } {
  const [whole] = encodeWithin(tokenizer, text, undefined, settings, place);
  const { endId, maxLength } = settings;
  if (endId === undefined || whole!.ids.includes(endId)) return whole!;
  const [shorter] = encodeWithin(
    tokenizer,
    text,
    undefined,
    { ...settings, maxLength: maxLength - 1 },
    place,
  );
  return { ...shorter!, ids: Int32Array.of(...shorter!.ids, endId) };
}

function predictionOf(item: TextPairItem, { losses, written }: ItemOutput): WrittenPrediction {
  return {
    text: written === undefined ? undefined : item.decode(written),
    nats: losses === undefined ? 0 : losses.reduce((sum, loss) => sum + loss, 0),
    tokenCount: losses?.length ?? 0,
  };
}

function evaluate(
  form: TextToTextForm,
  examples: readonly TextPairExample[],
  predictions: readonly WrittenPrediction[],
  words: WordSplitter | undefined,
): Evaluation {
  const total = (key: "nats" | "tokenCount"): number =>
    predictions.reduce((sum, prediction) => sum + prediction[key], 0);
  const tokenCount = total("tokenCount");
  const compared = examples.flatMap(({ target }, i) => {
    const text = predictions[i]!.text;
    return target === undefined || text === undefined ? [] : [{ target, text }];
  });
  const metrics =
    compared.length === 0
      ? {}
      : form.measure(
          compared.map(({ text }) => text),
          compared.map(({ target }) => [target]),
          words,
        );
  return {
    metrics: { ...metrics, ...(tokenCount > 0 ? { perplexity: perplexity(total("nats"), tokenCount) } : {}) },
    classes: [],
    exampleCount: examples.length,
  };
}

function describe(
  { writtenName }: TextToTextForm,
  { id, source, target }: Pick<TextPairExample, "id" | "source" | "target">,
  text: string | undefined,
  items: readonly TextPairItem[],
): JsonObject {
  const truncated = items.reduce((count, { encoding }) => count + encoding.truncatedCount, 0);
  const unknown = items.reduce((count, { encoding }) => count + encoding.unknownCount, 0);
  return {
    ...(id === undefined ? {} : { id }),
    text: source,
    ...(text === undefined ? {} : { [writtenName]: text }),
    truncated: truncated > 0,
    ...(truncated > 0 ? { truncatedTokens: truncated } : {}),
    ...(unknown > 0 ? { unknownTokens: unknown } : {}),
    ...(target === undefined ? {} : { truth: target }),
  };
}

/**
 * What texts are compared by where nobody says: Japanese that is written without spaces by the words of a dictionary,
 * text that is cut into words already by these, and all else as WMT does.
 */
export function usualWords(examples: readonly TextPairExample[]): WordSplitting | "ja-mecab" {
  const targets = examples.flatMap(({ target }) => target ?? []);
  const isJapanese = (text: string): boolean => /[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text);
  const japanese = targets.filter(isJapanese);
  if (japanese.length * 2 <= targets.length) return "13a";
  const spaces = japanese.reduce((count, text) => count + text.split(" ").length - 1, 0);
  const characters = japanese.reduce((count, text) => count + text.length, 0);
  return spaces * 8 > characters ? "none" : "ja-mecab";
}

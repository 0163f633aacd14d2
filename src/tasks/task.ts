import type { JsonObject, Tensor } from "../base/index.js";
import type { ColumnGuess, TaskForm } from "../data/columns.js";
import type { Value } from "../engine/index.js";
import type { RowSet, SkippedLine } from "../formats/row.js";
import type { WordSplitter, WordSplitting } from "../metrics/index.js";
import type { Head, ModelInputs, ModelOutputs, Network } from "../models/index.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";

/** A use of a model: one file in this folder and one line in its index; workflows and the command line read it. */
export interface Task<Example, Item extends TaskItem, Prediction> {
  /** `text-classification`, as `--task` names it. */
  readonly name: TaskForm;
  readonly defaults: TaskDefaults;
  /** Whether examples follow one another in a longer text: a file of text is read as it runs on, and a part of the
   *  examples is a stretch of them, not a draw. */
  readonly keepsOrder?: boolean;
  /** The examples of a data file. Rows that cannot be used are skipped, with the reason. */
  readExamples(rows: RowSet, columns: ColumnGuess): ReadExamples<Example>;
  /** Settle what is to be learnt from the training examples: the labels, the kind of problem. */
  learn(examples: readonly Example[], settings: TaskSettings): Problem<Example, Item, Prediction>;
  /** The same from the config.json that a problem wrote. */
  restore(config: JsonObject, settings: TaskSettings, place: string): Problem<Example, Item, Prediction>;
  /** An example for prediction from what a caller gives: a string, a pair, an object with the task's fields. */
  exampleOf(input: unknown): Example;
}

export interface TaskDefaults {
  readonly epochs: number;
  readonly learningRate: number;
  /** The rate for a model that begins without weights; default: the same. */
  readonly learningRateFromScratch?: number;
  readonly batchSize: number;
  /** Tokens; the model's own limit where it is smaller. */
  readonly maxLength: number;
  /** What happens to texts longer than that. */
  readonly overflow: Overflow;
  /** Tokens that windows share; default: 128, at most a third of the longest input. */
  readonly stride?: number;
}

/** What to do with a text that does not fit: refuse it, cut it, or go over it in windows. */
export type Overflow = "error" | "truncate" | "stride";

/** What a user can set about a task. */
export interface TaskSettings {
  /** Which kind of text classification; default: told from the labels. */
  readonly problem?: "single-label" | "multi-label" | "regression";
  /** How much each class counts in the loss: all the same, or inversely to how often it occurs. Default `none`. */
  readonly classWeights?: "none" | "balanced" | Readonly<Record<string, number>>;
  /** From which probability on a label is given, in multi-label classification; `auto` finds one a label on the
   *  validation data. Default 0.5. */
  readonly threshold?: number | "auto";
  /** Whether tags are told as a whole, by a conditional random field, in token classification. Default false. */
  readonly crf?: boolean;
  /** The longest answer, in tokens, in question answering. Default 30. */
  readonly maxAnswerLength?: number;
  /** How many answers are kept, in question answering. Default 20. */
  readonly bestCount?: number;
  /** By how much "no answer" must score above the best answer to be given, in question answering; `auto` finds it on
   *  the validation data. Given, it lets a model decline that learnt from answerable questions only. Default 0. */
  readonly noAnswerThreshold?: number | "auto";
  /** How the answers of question answering are compared; default: by characters where they are written without spaces. */
  readonly answerForm?: "words" | "characters";
  /** The share of the probability that a text to be written wishes for all words alike, while it is learnt. Default 0. */
  readonly labelSmoothing?: number;
  /** Put before each text that another is written from, as T5 was taught. */
  readonly sourcePrefix?: string;
  /** What written texts are compared by: default, the words that sacrebleu takes for the language. */
  readonly compareWords?: WordSplitting | "ja-mecab";
  /** How texts are written, see `Writing`. */
  readonly beamCount?: number;
  readonly lengthPenalty?: number;
  readonly maxNewTokens?: number;
  /** What is hidden together in masked language modelling: tokens, words or spans of words. Default `token`. */
  readonly masking?: "token" | "word" | "span";
  /** The share of tokens that are hidden. Default 0.15. */
  readonly maskRate?: number;
}

/** How a model writes the texts that are its predictions; what is not given is as the model's files say. */
export interface Writing {
  /** How many texts are followed at once. */
  readonly beamCount?: number;
  /** Scores are divided by `length ** lengthPenalty`. */
  readonly lengthPenalty?: number;
  /** The most tokens that are written. Default: the longest input. */
  readonly maxNewTokens?: number;
}

export interface ReadExamples<Example> {
  readonly examples: readonly Example[];
  readonly skipped: readonly SkippedLine[];
}

/** A piece of an example as the model reads it; a long text may make several. */
export interface TaskItem {
  /** Of multiple choice, the longest of `choices`. */
  readonly encoding: ItemEncoding;
  /** Multiple choice: one encoding a choice, as many in every item; a batch is `[examples, choices, sequence]`. */
  readonly choices?: readonly ItemEncoding[];
  /** The number of its example. */
  readonly example: number;
  /** Whether its text goes on where that of the item before it ends. */
  readonly goesOn?: boolean;
}

/** Whether items are the parts of one running text. */
export function isRunningText(items: readonly TaskItem[]): boolean {
  return items.length > 1 && items.slice(1).every(({ goesOn }) => goesOn === true);
}

/** What of an encoding the model and the data report read. */
export type ItemEncoding = Pick<Encoding, "ids" | "typeIds" | "truncatedCount" | "unknownCount">;

export interface EncodeSettings {
  readonly maxLength: number;
  readonly overflow: Overflow;
  /** Tokens that neighbouring windows share. */
  readonly stride: number;
  /** The tokens that begin and end a text for a language model, where the model has them. */
  readonly beginId?: number;
  readonly endId?: number;
  /** Of an encoder-decoder: what the decoder reads while it learns to write a text. */
  readonly decoderInput?: (target: readonly number[]) => readonly number[];
}

/** What a training loop and its trials ask of what is learnt: graphs, targets, and what they come to. */
export interface TrainingProblem<Example, Item extends TaskItem, Prediction> {
  readonly head: Head;
  /** The size of the head's output. */
  readonly labelCount: number;
  /** `text-classification, 9 labels`: for people. */
  readonly description: string;
  /** The metric by which the best model is kept, by the name in `metrics`. */
  readonly primaryMetric: { readonly name: string; readonly greaterIsBetter: boolean };
  /** The items as a step sees them, where something of them is drawn anew each time: what is hidden, say. */
  redraw?(items: readonly Item[], seed: number, step: number): readonly Item[];
  /**
   * Where what a step sees hangs on what a part of the model says first: the graph of that part, in evaluation, and the
   * items with its answer to a batch.
   */
  readonly proposal?: {
    outputs(outputs: ModelOutputs): ReadonlyMap<string, Value>;
    answer(
      items: readonly Item[],
      outputs: ReadonlyMap<string, Tensor>,
      seed: number,
      step: number,
    ): readonly TaskItem[];
  };
  /** What is trained, where that is more than the model: it with what stands beside it. */
  readonly network?: Network;
  /** What the graphs read, where it is not what every model with this head does; `targets` feeds the rest. */
  inputs?(): ModelInputs;
  /** What is computed in evaluation and prediction; it may read what `targets` feeds. Default: the head's outputs. */
  evaluated?(outputs: ModelOutputs): ReadonlyMap<string, Value>;
  /** The loss as graph, for training or to be told; its label inputs are made here, and `targets` feeds them. */
  loss(outputs: ModelOutputs, training: boolean): Value;
  /** What items count in the loss, together: the denominator of its mean. */
  weightOf(items: readonly Item[]): number;
  /** The same in each further loss that is added to the first, where there are several. */
  furtherWeightsOf?(items: readonly Item[]): readonly number[];
  /** The label inputs of a batch, its weights divided by `totalWeight`, and those of further losses by theirs. */
  targets(
    items: readonly Item[],
    length: number,
    totalWeight: number,
    furtherTotals?: readonly number[],
  ): ReadonlyMap<string, Tensor>;
  /** What the model gave for each item of a batch, cut out of the head's outputs. */
  readOutputs(items: readonly Item[], outputs: ReadonlyMap<string, Tensor>): readonly ItemOutput[];
  /** A prediction for each example. `validation` lets thresholds be found that the problem keeps. */
  decide(
    examples: readonly Example[],
    items: readonly Item[],
    outputs: readonly ItemOutput[],
    options?: { readonly findThresholds?: boolean },
  ): readonly Prediction[];
  /** What `evaluate` is to compare texts by, where it compares texts. */
  comparesWords?(examples: readonly Example[]): WordSplitting | "ja-mecab";
  /** Metrics, by the names that Python's scripts use, and the report of each class. Examples without a label are left out. */
  evaluate(
    examples: readonly Example[],
    predictions: readonly Prediction[],
    words?: WordSplitter,
  ): Evaluation;
}

/** A task once it is known what is to be learnt. */
export interface Problem<Example, Item extends TaskItem, Prediction>
  extends TrainingProblem<Example, Item, Prediction> {
  /** The names of the classes; empty where there are none. */
  readonly labels: readonly string[];
  /** What config.json must say so that the problem can be restored, in the words of config.json. */
  configFields(): JsonObject;
  /** The items of examples. Examples of labels that were not learnt get no target and do not count in the loss. */
  encode(examples: readonly Example[], tokenizer: Tokenizer, settings: EncodeSettings): readonly Item[];
  /** How many tokens each example has. Default: those of its longest item. */
  lengthsOf?(examples: readonly Example[], items: readonly Item[]): readonly number[];
  /** What of the examples could not be taken over as it is, beyond what the encodings themselves count. */
  notes?(examples: readonly Example[], items: readonly Item[]): readonly DataNote[];
  /** Where each text or each word gets one class of several: how their scores are laid out, so that those of another model
   *  can be learnt. */
  readonly scored?: ScoredUnits<Item>;
  /** Whether `labelSmoothing` changes its loss. Default false. */
  readonly smoothsLabels?: boolean;
  /** Whether `crf` has told it to find tags as a whole. Default false. */
  readonly chainsTags?: boolean;
  /** Set where predictions are texts that the model writes: their tokens are then the output `written` of each item. */
  readonly writes?: Writing;
  /** A prediction for files and programs; with the true label where the example has one. */
  describePrediction(example: Example, prediction: Prediction, items: readonly Item[]): JsonObject;
  /** The label of an example, for stratified splits and the data report. */
  labelOf(example: Example): string | readonly string[] | undefined;
  /** The text of an example, by which duplicates are found. */
  textOf(example: Example): string;
}

/** The texts or words of items, of which the output `logits` has a row of scores each, in this order. */
export interface ScoredUnits<Item> {
  /** What each is called in its example, whatever the tokenizer, and where its scores stand in those of the item. */
  placesOf(item: Item): readonly (readonly [unit: number, place: number])[];
  /** Whether the head scores each token, `[batch, sequence, classes]`, or texts, `[batch, classes]`. */
  readonly isPerToken: boolean;
}

/** How many things of the data are not as given, and in what way: `3` `entities that begin or end inside a word`. */
export interface DataNote {
  readonly count: number;
  readonly what: string;
}

/** Numbers of one item: one array for each output of the head. */
export type ItemOutput = Readonly<Record<string, Float32Array>>;

export interface Evaluation {
  /** `accuracy`, `macro_f1`, ... without a prefix. */
  readonly metrics: Readonly<Record<string, number>>;
  /** One row a class. */
  readonly classes: readonly {
    label: string;
    precision: number;
    recall: number;
    f1: number;
    support: number;
  }[];
  /** How often each true class (row) was predicted as each class (column), where that makes sense. */
  readonly confusion?: Confusion;
  readonly exampleCount: number;
}

/** A matrix of counts, and whose rows and columns they are: those that were learnt, then others that rows have. */
export interface Confusion {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** A task whose examples are not known here: what the registry and the workflows see. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where tasks of all forms meet
export type AnyTask = Task<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: the one place where problems of all forms meet
export type AnyProblem = Problem<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: the same, as the training loop sees them
export type AnyTrainingProblem = TrainingProblem<any, any, any>;

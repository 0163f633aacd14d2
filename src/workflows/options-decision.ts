import type { TaskForm } from "../data/columns.js";
import { abridged, choice, either, integer, number, text } from "./options-kinds.js";
import type { RowSpec, RowSpecs } from "./options-row.js";

/** How predictions are decided on, where the model's own settings are not wanted. */
export interface DecisionOptions {
  /** From which probability on a label is given, in multi-label classification. Default: what the model's config
   *  says. */
  threshold?: number | "auto";
  /** The longest answer, in tokens, in question answering. Default 30. */
  maxAnswerLength?: number;
  /** How many answers are kept a question, in question answering. Default 20. */
  bestCount?: number;
  /** By how much "no answer" must score above the best answer to be given, in question answering; `auto` finds it on
   *  the validation data. Default: what the model's config says. */
  noAnswerThreshold?: number | "auto";
  /** How the answers of question answering are compared. Default: by characters where they are written without
   *  spaces. */
  answerForm?: "words" | "characters";
  /** Put before each text that another is written from. Default: what the model learnt with. */
  sourcePrefix?: string;
  /** How many texts are followed at once where a text is written. Default: what the model says, else 1. */
  beamCount?: number;
  /** What is hidden together in masked language modelling. Default `token`. */
  masking?: "token" | "word" | "span";
  /** The share of tokens, between 0 and 1, that are hidden. Default 0.15. */
  maskRate?: number;
  /** Scores of texts that are written are divided by their length to this power. Default: what the model says, else 1. */
  lengthPenalty?: number;
  /** The most tokens that are written. Default: `maxLength`. */
  maxNewTokens?: number;
  /** What written texts are compared by, as sacrebleu's `--tokenize`. Default: by the text. */
  compareWords?: "13a" | "intl" | "char" | "none" | "ja-mecab";
}

// what people and Python's scripts call them; the names of GLUE's data sets say what is learnt
const synonyms: Readonly<Record<string, TaskForm>> = {
  ...Object.fromEntries(
    ["cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst2", "sst-2", "stsb", "sts-b", "wnli"].map((name) => [
      name,
      "text-classification" as const,
    ]),
  ),
  classification: "text-classification",
  "sentiment-analysis": "text-classification",
  chunk: "token-classification",
  ner: "token-classification",
  pos: "token-classification",
  qa: "question-answering",
  "extractive-qa": "question-answering",
  "language-modeling": "language-modelling",
  "text-generation": "language-modelling",
  "masked-language-modeling": "masked-language-modelling",
  "masked-lm": "masked-language-modelling",
  "fill-mask": "masked-language-modelling",
  mlm: "masked-language-modelling",
  clm: "language-modelling",
  lm: "language-modelling",
  mt: "translation",
  summarization: "summarisation",
  conversational: "dialogue",
  response: "dialogue",
};

const taskNames: readonly TaskForm[] = [
  "text-classification",
  "token-classification",
  "question-answering",
  "multiple-choice",
  "language-modelling",
  "masked-language-modelling",
  "translation",
  "summarisation",
  "dialogue",
];

/** The row of the task. */
export const taskSpec: RowSpec<TaskForm> = {
  group: "Task",
  help: `what is learnt: ${taskNames.join(", ")}`,
  kind: abridged(choice(taskNames, synonyms)),
  aliases: ["task_name"],
  defaultText: "told from the form of the data",
};

/** The row of the threshold. */
export const thresholdSpec: RowSpec<number | "auto"> = {
  group: "Task",
  help: "multi-label: the probability from which a label is given; auto finds one a label",
  kind: either(number({ above: 0, below: 1 }), choice(["auto"])),
};

/** What is told of texts that are written. */
type WritingKey = "sourcePrefix" | "beamCount" | "lengthPenalty" | "maxNewTokens" | "compareWords";

type MaskingKey = "masking" | "maskRate";

/** Rows of masked language modelling. */
export const maskingSpecs: RowSpecs<Pick<DecisionOptions, MaskingKey>> = {
  masking: {
    group: "Task",
    help: "masked language modelling: what is hidden together, tokens, whole words or spans of words",
    kind: choice(["token", "word", "span"]),
    defaultText: "token",
  },
  maskRate: {
    group: "Task",
    help: "the share of tokens that are hidden",
    kind: number({ above: 0, below: 1 }),
    aliases: ["mlm_probability", "masking_rate"],
    defaultText: "0.15",
  },
};

/** Rows of texts that are written. */
export const writingSpecs: RowSpecs<Pick<DecisionOptions, WritingKey>> = {
  sourcePrefix: {
    group: "Task",
    help: "put before each text that another is written from: 'summarize: '",
    kind: text("TEXT", "a text"),
    defaultText: "what the model learnt with",
  },
  beamCount: {
    group: "Task",
    help: "translation, summarisation, dialogue: how many texts are followed at once",
    kind: integer({ from: 1 }),
    flag: "beams",
    aliases: ["num_beams", "beam_count", "beam_size"],
    defaultText: "what the model says, else 1",
  },
  lengthPenalty: {
    group: "Task",
    help: "beams: scores are divided by length to this power; above 0 long texts gain",
    kind: number(),
    defaultText: "what the model says, else 1",
  },
  maxNewTokens: {
    group: "Task",
    help: "the most tokens of a text that is written",
    kind: integer({ from: 1 }),
    aliases: ["max_target_length", "val_max_target_length"],
    defaultText: "--max-length",
  },
  compareWords: {
    group: "Task",
    help: "what written texts are compared by, as sacrebleu cuts them",
    kind: choice(["13a", "intl", "char", "none", "ja-mecab"]),
    aliases: ["tokenize"],
    defaultText: "by the text: 13a, ja-mecab for Japanese, none where it is cut into words",
  },
};

/** Rows of question answering. */
export const answerSpecs: RowSpecs<Omit<DecisionOptions, "threshold" | WritingKey | MaskingKey>> = {
  maxAnswerLength: {
    group: "Task",
    help: "question answering: the longest answer, in tokens",
    kind: integer({ from: 1 }),
  },
  bestCount: {
    group: "Task",
    help: "question answering: how many answers are kept a question",
    kind: integer({ from: 1 }),
    aliases: ["n_best_size"],
  },
  noAnswerThreshold: {
    group: "Task",
    help: "question answering: by how much no answer must score above the best one to be given",
    kind: either(number(), choice(["auto"])),
    aliases: ["null_score_diff_threshold"],
  },
  answerForm: {
    group: "Task",
    help: "question answering: how answers are compared",
    kind: choice(["words", "characters"]),
    defaultText: "characters where they are written without spaces",
  },
};

/** Rows of `DecisionOptions`. */
export const decisionSpecs: RowSpecs<DecisionOptions> = {
  threshold: { ...thresholdSpec, defaultText: "what the model's config says" },
  maxAnswerLength: { ...answerSpecs.maxAnswerLength, default: 30 },
  bestCount: { ...answerSpecs.bestCount, default: 20 },
  noAnswerThreshold: { ...answerSpecs.noAnswerThreshold, defaultText: "what the model's config says" },
  answerForm: answerSpecs.answerForm,
  ...writingSpecs,
  ...maskingSpecs,
};

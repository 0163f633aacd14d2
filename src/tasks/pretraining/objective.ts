import type { JsonObject } from "../../base/index.js";
import type { Stretch, TokenCorpus } from "../../data/corpus/token-corpus.js";
import type { Head, Network } from "../../models/index.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import type { EncodeSettings, TaskItem, TrainingProblem } from "../task.js";
import type { ObjectiveName } from "./names.js";

/** What a model learns from running text without labels: one file in this folder, and one line in each of `names.ts`
 *  and `index.ts`; the workflow and the command line read it. */
export interface Objective<Item extends TaskItem, Prediction> {
  /** `masked-lm`, as `--objective` names it. */
  readonly name: ObjectiveName;
  readonly defaults: ObjectiveDefaults;
  /** The heads that an architecture must have for it. */
  readonly heads: readonly Head[];
  /** One that will do instead. */
  readonly orHead?: Head;
  /** The types of the models that were published with it: they learn by it where nothing else is asked for. */
  readonly families?: readonly string[];
  /** Which settings it reads; others are refused. */
  readonly reads: readonly (keyof ObjectiveSettings)[];
  /** Settle what is learnt with a tokenizer and a network. Throws where one of them cannot be used. */
  open(context: ObjectiveContext): PretrainingProblem<Item, Prediction>;
}

export interface ObjectiveDefaults {
  /** Tokens of a row, special ones included; the model's own limit where it is smaller. */
  readonly maxLength: number;
  readonly batchSize: number;
  /** For a model that begins without weights. */
  readonly learningRate: number;
}

/** What a user can set about an objective. */
export interface ObjectiveSettings {
  /** The share of tokens that are hidden. */
  readonly maskRate?: number;
  /** What is hidden together: tokens, whole words, spans of words, or words that stand together far more often than by
   *  chance (pointwise mutual information). */
  readonly masking?: "token" | "word" | "span" | "pmi";
  /** How many tokens a replaced span has on average. Default 3. */
  readonly spanLength?: number;
  /** What is done to a text that is to be written as it was, in this order. Default `permute` and `infill`, as BART. */
  readonly noise?: readonly Noise[];
  /** How wide the layers of a new model are that fills in hidden tokens, as a share of those of the model. Default 0.25. */
  readonly generatorShare?: number;
  /** How much the detection of replaced tokens counts beside the hidden tokens, both being means. Default 50. */
  readonly detectionWeight?: number;
  /** How much the relation of two sentences counts beside the hidden tokens, both being means. Default 1. */
  readonly pairWeight?: number;
}

/** A damage of BART's: sentences in another order, tokens masked, left out, or spans of them behind one mask each, and a
 *  text that begins at another token. */
export const noises = ["permute", "mask", "delete", "infill", "rotate"] as const;
export type Noise = (typeof noises)[number];

/** What a problem is made from. */
export interface ObjectiveContext {
  readonly tokenizer: Tokenizer;
  readonly network: Network;
  readonly settings: ObjectiveSettings;
  /** The head that the model has for it: the first of `heads` (default), or `orHead`. */
  readonly head?: Head;
  /** How long rows are at most, which tokens begin and end a text, and what a decoder beside an encoder reads. */
  readonly rows: RowSettings;
  /** The generator that the model has learnt beside, where it goes on with one. */
  readonly generator?: Generator;
  /** How much text a token of the held-out corpus stands for, where that is known. */
  readonly textPerToken?: TextPerToken;
}

/** A model that fills in hidden tokens for another to find, and its config.json. */
export interface Generator {
  readonly network: Network;
  readonly config: JsonObject;
}

/** How much text a token stands for, on average. */
export interface TextPerToken {
  readonly characters: number;
  readonly bytes: number;
}

export type RowSettings = Pick<EncodeSettings, "maxLength" | "beginId" | "endId" | "decoderInput">;

/** An objective with its tokenizer and network: what stretches of a corpus become, and what is learnt from them. */
export interface PretrainingProblem<Item extends TaskItem, Prediction>
  extends TrainingProblem<Stretch, Item, Prediction> {
  /** Look in the corpora for what rows are drawn by, before the first is drawn; answers what was found, for people. */
  prepare?(
    corpora: readonly TokenCorpus[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<string>;
  /** How many tokens of running text a row takes. */
  readonly rowLength: number;
  /** A row for each stretch, its `example` the number of the stretch among these. Nothing is drawn yet: `redraw` hides
   *  or damages rows anew at each step, by the seed, the step and the row itself. */
  encode(stretches: readonly Stretch[]): readonly Item[];
  /** What is learnt beside the model, for people (`the generator`); the model is saved without it. */
  readonly beside?: string;
  /** Where that is a model of its own, saved in a folder in the model's. */
  readonly companion?: Companion;
}

/** A model that is learnt beside another and shares parameters with it. */
export interface Companion {
  readonly folder: string;
  readonly head: Head;
  readonly config: JsonObject;
  /** The name that a parameter of its own has in the graph of both. */
  besideName(own: string): string;
  /** Its parameters by their own names, out of all that were learnt. */
  weightsOf<Weights>(learnt: ReadonlyMap<string, Weights>): Map<string, Weights>;
}

/** An objective whose rows are not known here: what the registry and the workflow see. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where objectives of all forms meet
export type AnyObjective = Objective<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: the same once they are opened
export type AnyPretrainingProblem = PretrainingProblem<any, any>;

import type { JsonObject, Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import type { TextPerToken } from "../tasks/pretraining/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { RunContext } from "./events.js";
import type { OpenModel, OpenModelOptions, openModel } from "./open-model.js";
import { type OpenObjective, openObjective } from "./open-objective.js";
import { openTokenizer } from "./open-tokenizer.js";
import type { FilledPretrainOptions } from "./options.js";

/** Who learns from running text. */
export interface Learner {
  readonly model: OpenModel;
  readonly tokenizer: Tokenizer;
  /** What is learnt, once it is known how much text a token stands for. */
  open(textPerToken?: TextPerToken): OpenObjective;
  /** What else decides what is learnt, for the run's record and its fingerprint. */
  readonly record?: JsonObject;
  /** Who is asked beside the corpus. */
  readonly teacher?: Teacher;
}

/** A model that another one learns from, in one graph with it. */
export interface Teacher {
  readonly name: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** What it gives for held-out rows, and its loss. */
  readonly evaluation: ReadonlyMap<string, Value>;
}

/** Makes the learner of a run. */
export type OpenLearner = (options: FilledPretrainOptions, context: RunContext) => Promise<Learner>;

/** A learner whose model is what `open` gives for `options.architecture`. */
export function learnerFrom(open: typeof openModel): OpenLearner {
  return async (options, context) => {
    const access = accessOf(options, context);
    const tokenizer = await openTokenizer({ tokenizer: options.tokenizer, ...access });
    const model = await open(options.architecture, { ...access, changes: changesOf(options, tokenizer) });
    return { model, tokenizer, open: (text) => openObjective(options, model, tokenizer, text) };
  };
}

/** How models and tokenizers are found. */
export function accessOf(
  { revision, offline }: Pick<FilledPretrainOptions, "revision" | "offline">,
  { events }: RunContext,
): Pick<OpenModelOptions, "revision" | "offline" | "onDownload"> {
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
    onDownload: ({ doneBytes: done, totalBytes: total }) =>
      events?.progress?.({ phase: "download", done, total }),
  };
}

/** What of a model's settings the options change. */
export function changesOf(
  { dropout }: Pick<FilledPretrainOptions, "dropout">,
  tokenizer?: Tokenizer,
): NonNullable<OpenModelOptions["changes"]> {
  return {
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(dropout === undefined ? {} : { dropout }),
  };
}

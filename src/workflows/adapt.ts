import { type JsonObject, OptionError } from "../base/index.js";
import type { ChangedVocabulary, Tokenizer } from "../tokenizers/index.js";
import { adaptVocabulary } from "./adapt-vocabulary.js";
import type { RunContext } from "./events.js";
import type { TrainingResult } from "./fine-tune-result.js";
import { withItsGenerator } from "./open-generator.js";
import { accessOf, changesOf, type Learner, type OpenLearner } from "./open-learner.js";
import { type OpenModel, openModel, vocabularyNotes, withVocabulary } from "./open-model.js";
import { openObjective } from "./open-objective.js";
import { openTokenizer } from "./open-tokenizer.js";
import { checkOptions, fillPretrainOptions } from "./options.js";
import { type AdaptOptions, adaptDefaults, adaptRows } from "./options-adapt.js";
import { runPretraining } from "./pretrain.js";

/**
 * Go on pre-training a checkpoint on the texts of a domain or a task (Gururangan et al. 2020,
 * https://arxiv.org/abs/2004.10964), with its vocabulary, with further pieces learnt from the texts, or with a vocabulary
 * learnt anew. The row of a new piece begins as the mean of the rows of the pieces that stood for it.
 *
 * ```ts
 * const run = await adapt({
 *   model: "bert-base-uncased",
 *   train: ["manuals/*.txt"],
 *   validationSplit: 0.01,
 *   vocabulary: "extend",
 *   maxSteps: 5_000,
 *   outputDirectory: "bert-manuals",
 * });
 * console.log(run.metrics["masked_accuracy"]);
 * ```
 */
export async function adapt(options: AdaptOptions, context: RunContext = {}): Promise<TrainingResult> {
  checkOptions(adaptRows, options);
  const { model, generator, vocabulary, newPieces, minFrequency, ...rest } = options;
  const filled = fillPretrainOptions({ ...rest, architecture: model, tokenizer: model });
  return runPretraining(filled, context, adaptedLearner(vocabularyOf(options), generator));
}

type VocabularySettings = Required<Pick<AdaptOptions, "vocabulary" | "newPieces" | "minFrequency">>;

/** What becomes of the vocabulary; refuses settings that would be lost. */
function vocabularyOf(options: AdaptOptions): VocabularySettings {
  const settings: VocabularySettings = { ...adaptDefaults };
  const { vocabulary = settings.vocabulary, newPieces, minFrequency } = options;
  const isLost = vocabulary !== "extend";
  if (isLost && newPieces !== undefined)
    throw new OptionError(`--new-pieces: expected --vocabulary extend, got ${vocabulary}`);
  if (isLost && minFrequency !== undefined)
    throw new OptionError(`--min-frequency: expected --vocabulary extend, got ${vocabulary}`);
  return {
    vocabulary,
    newPieces: newPieces ?? settings.newPieces,
    minFrequency: minFrequency ?? settings.minFrequency,
  };
}

/** A checkpoint with the vocabulary that it is to have. */
function adaptedLearner(
  { vocabulary, ...learning }: VocabularySettings,
  generator: string | undefined,
): OpenLearner {
  return async (options, context) => {
    if (generator !== undefined && options.generatorShare !== undefined)
      throw new OptionError("--generator-share: expected to be left out where --generator names one");
    const access = accessOf(options, context);
    const old = await openTokenizer({ tokenizer: options.tokenizer, ...access });
    const changes = changesOf(options, old);
    const alone = await openModel(options.architecture, { ...access, changes });
    const opened =
      options.generatorShare === undefined
        ? await withItsGenerator(alone, generator, { ...access, changes })
        : alone;
    const { objective, problem } = openObjective(options, opened, old);
    if (generator !== undefined && problem.companion === undefined)
      throw new OptionError(`--generator: ${objective.name} takes no notice of it`);
    for (const note of vocabularyNotes(opened)) context.events?.note?.(note);
    const taken = problem.companion && opened.companion;
    if (taken !== undefined) context.events?.note?.(`the generator goes on from ${taken.name}`);
    const learnerOf = (model: OpenModel, tokenizer: Tokenizer, record: JsonObject): Learner => ({
      ...{ model, tokenizer },
      record: { ...record, ...(taken === undefined ? {} : { generator: taken.name }) },
      open: (text) => openObjective(options, model, tokenizer, text),
    });
    if (vocabulary === "keep") return learnerOf(opened, old, { vocabulary });
    const changed = await adaptVocabulary(old, vocabulary, { ...options, ...learning }, context);
    context.events?.note?.(describeChange(changed));
    const { tokenizer, origins } = changed;
    const model = withVocabulary(opened, origins, old.vocabularySize);
    const record = { vocabulary, ...(vocabulary === "extend" ? learning : {}) };
    return learnerOf(model, tokenizer, record);
  };
}

/** `vocabulary: 4096 tokens, 1000 of them new, 12 of which nothing stood for`. */
function describeChange({ tokenizer, newPieces, origins }: ChangedVocabulary): string {
  const blank = newPieces.filter((piece) => origins[tokenizer.tokenToId(piece)!]!.length === 0);
  return `vocabulary: ${tokenizer.vocabularySize} tokens, ${newPieces.length} of them new, of which ${blank.length} had nothing that stood for them`;
}

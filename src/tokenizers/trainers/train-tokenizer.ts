import { OptionError } from "../../base/index.js";
import type { AddedToken } from "../added-tokens.js";
import type { Model } from "../models/model.js";
import { PipelineTokenizer } from "../pipeline-tokenizer.js";
import { bertProcessing } from "../post-processors/bert.js";
import { type PostProcessor, plainPostProcessor } from "../post-processors/post-processor.js";
import { usualNames } from "../special-names.js";
import { type SpecialRole, specialRoles, type Tokenizer } from "../tokenizer.js";
import { type CountWordsOptions, countWords } from "./count-words.js";
import type { SpellingOptions, Trainer, TrainerOptions } from "./trainer.js";

/** How a tokenizer is learnt. */
export interface TrainTokenizerOptions extends SpellingOptions, TrainerOptions {
  /** How words are counted: memory, where to spill to, progress. */
  counting?: Omit<CountWordsOptions, "normalizer" | "preTokenizer">;
  /** The most tokens of a text that the tokenizer's files are to name. Default: none. */
  modelMaxLength?: number;
}

/**
 * Learn a tokenizer from texts as they stream in.
 *
 * ```ts
 * const tokenizer = await trainTokenizer(trainers.wordpiece, ["a text", "another"], { vocabularySize: 100 });
 * for (const [name, text] of tokenizer.toFiles()) console.log(name, text.length);
 * ```
 */
export async function trainTokenizer(
  trainer: Trainer,
  texts: AsyncIterable<string> | Iterable<string>,
  options: TrainTokenizerOptions = {},
): Promise<Tokenizer> {
  const specialTokens = [...new Set([...trainer.specialTokens, ...(options.specialTokens ?? [])])];
  const steps = trainer.steps(options);
  const words = await countWords(texts, { ...options.counting, ...steps });
  if (words.size === 0) {
    throw new OptionError("expected texts to learn from, got none", { hint: "the texts hold no words" });
  }
  const model = trainer.train(words, { ...options, specialTokens });
  const addedTokens = specialTokens.map((content) => specialToken(content, model.tokenToId(content)!));
  const specialNames = trainer.roles ?? usualRoles(specialTokens);
  const postProcessor = postProcessorOf(model, specialNames);
  return new PipelineTokenizer(
    { ...steps, addedTokens, model, postProcessor },
    { specialNames, modelMaxLength: options.modelMaxLength, config: {} },
  );
}

function usualRoles(tokens: readonly string[]): Partial<Record<SpecialRole, string>> {
  const known = specialRoles.filter((role) => tokens.includes(usualNames[role]));
  return Object.fromEntries(known.map((role) => [role, usualNames[role]]));
}

/** BERT's form, where there are tokens for it. */
function postProcessorOf(
  model: Model,
  { classification, separator }: Partial<Record<SpecialRole, string>>,
): PostProcessor {
  if (classification === undefined || separator === undefined) return plainPostProcessor;
  const placed = (token: string) => ({ token, id: model.tokenToId(token)! });
  return bertProcessing(placed(classification), placed(separator));
}

function specialToken(content: string, id: number): AddedToken {
  return {
    content,
    id,
    special: true,
    singleWord: false,
    stripLeft: false,
    stripRight: false,
    normalized: false,
  };
}

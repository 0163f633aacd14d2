import { type ChangedVocabulary, changeablePipeline, withModel } from "./changed-vocabulary.js";
import type { Tokenizer } from "./tokenizer.js";
import { type CountWordsOptions, countWords } from "./trainers/count-words.js";
import { type FurtherPiecesOptions, furtherPieces } from "./trainers/further-pieces.js";

/** How further pieces are learnt from texts. */
export interface ExtendTokenizerOptions extends FurtherPiecesOptions {
  /** How words are counted: memory, where to spill to, progress. */
  counting?: Omit<CountWordsOptions, "normalizer" | "preTokenizer">;
}

/**
 * A tokenizer with further pieces behind those it has, learnt from texts of a domain as they stream in. Old pieces keep
 * their ids, and texts in which no new piece occurs are cut as before.
 *
 * ```ts
 * const { tokenizer, newPieces } = await extendTokenizer(await loadTokenizer("bert-base"), ["text of the domain"], {
 *   pieceCount: 2000,
 * });
 * ```
 */
export async function extendTokenizer(
  tokenizer: Tokenizer,
  texts: AsyncIterable<string> | Iterable<string>,
  options: ExtendTokenizerOptions = {},
): Promise<ChangedVocabulary> {
  const old = changeablePipeline(tokenizer);
  const { normalizer, preTokenizer, model } = old.pipeline;
  const words = await countWords(texts, { ...options.counting, normalizer, preTokenizer });
  const further = furtherPieces(words, model, options);
  const oldIds = Array.from({ length: old.vocabularySize }, (_, id) => id);
  const between = oldIds.slice(model.vocabulary.length).map((id) => old.idToToken(id)!);
  return {
    tokenizer: withModel(old, model.growth!.extend(further, between)),
    newPieces: further.pieces,
    origins: [...oldIds.map((id) => [id]), ...further.origins],
  };
}

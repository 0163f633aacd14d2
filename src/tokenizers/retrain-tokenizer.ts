import { OptionError } from "../base/index.js";
import { type ChangedVocabulary, changeablePipeline, withModel } from "./changed-vocabulary.js";
import type { Growth, Model } from "./models/model.js";
import type { Pipeline } from "./pipeline.js";
import { TokenBuffer } from "./token-buffer.js";
import type { Tokenizer } from "./tokenizer.js";
import { type CountWordsOptions, countWords } from "./trainers/count-words.js";
import { relearnModel } from "./trainers/relearn-model.js";
import type { TrainProgress } from "./trainers/trainer.js";

/** How a vocabulary is learnt anew. */
export interface RetrainTokenizerOptions {
  /** How words are counted: memory, where to spill to, progress. */
  counting?: Omit<CountWordsOptions, "normalizer" | "preTokenizer">;
  onProgress?: (progress: TrainProgress) => void;
}

/**
 * A tokenizer of the same steps, kind and size with a vocabulary learnt from texts of a domain as they stream in.
 * Special tokens, added ones and those that stand for bytes keep their ids. A text with fewer pieces than the old
 * vocabulary gives a smaller one.
 */
export async function retrainTokenizer(
  tokenizer: Tokenizer,
  texts: AsyncIterable<string> | Iterable<string>,
  options: RetrainTokenizerOptions = {},
): Promise<ChangedVocabulary> {
  const old = changeablePipeline(tokenizer);
  const { normalizer, preTokenizer, model } = old.pipeline;
  const words = await countWords(texts, { ...options.counting, normalizer, preTokenizer });
  const kept = keptTokens(old.pipeline);
  const learnt = relearnModel(words, model, {
    vocabularySize: old.vocabularySize,
    kept,
    isByteLevel: JSON.stringify(preTokenizer?.toJson() ?? null).includes('"ByteLevel"'),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  const lost = [...kept].find(([id, token]) => learnt.vocabulary[id] !== token);
  if (lost !== undefined)
    throw new OptionError(
      `retrained vocabulary: expected text for more than ${lost[0]} pieces, so that ${lost[1]} keeps its id, got ${learnt.vocabulary.length}`,
      { hint: "give more text, or keep or extend the vocabulary" },
    );
  const origins = learnt.vocabulary.map((piece, id) =>
    kept.has(id) ? [id] : originOf(piece, model, model.growth!),
  );
  const newPieces = learnt.vocabulary.filter((piece) => model.tokenToId(piece) === undefined);
  return { tokenizer: withModel(old, learnt), newPieces, origins };
}

/** Tokens by id that stand for something else than frequent text. */
function keptTokens({ model, addedTokens }: Pipeline): Map<number, string> {
  const kept = new Map(addedTokens.map(({ id, content }) => [id, content]));
  model.vocabulary.forEach((piece, id) => {
    if (piece === model.unknownToken || /^<0x[0-9A-F]{2}>$/.test(piece)) kept.set(id, piece);
  });
  return kept;
}

/** The ids of a model's pieces for the text of another's piece, in its place in a word; none where it is unknown. */
function originOf(piece: string, model: Model, growth: Growth): number[] {
  const same = model.tokenToId(piece);
  if (same !== undefined) return [same];
  const { continuingPrefix: prefix, endOfWordSuffix: suffix } = growth;
  const isInner = prefix !== "" && piece.startsWith(prefix);
  const isOpen = suffix !== "" && !piece.endsWith(suffix);
  const text = piece.slice(
    isInner ? prefix.length : 0,
    piece.length - (suffix !== "" && !isOpen ? suffix.length : 0),
  );
  if (text === "") return [];
  const tokens = new TokenBuffer();
  model.tokenize(text, 0, text.length, tokens);
  const ids = Array.from(tokens.ids.subarray(0, tokens.length));
  // cut as a word of its own: its first piece is one that continues, its last one that does not end
  if (isInner) ids[0] = model.tokenToId(prefix + model.vocabulary[ids[0]!]!) ?? ids[0]!;
  const last = model.vocabulary[ids.at(-1)!]!;
  if (isOpen && last.endsWith(suffix))
    ids[ids.length - 1] = model.tokenToId(last.slice(0, last.length - suffix.length)) ?? ids.at(-1)!;
  return ids.filter((id) => model.vocabulary[id] !== model.unknownToken);
}

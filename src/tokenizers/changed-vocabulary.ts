import { OptionError } from "../base/index.js";
import type { Model } from "./models/model.js";
import { PipelineTokenizer } from "./pipeline-tokenizer.js";
import type { Tokenizer } from "./tokenizer.js";

/** A tokenizer made from another one for the texts of a domain. */
export interface ChangedVocabulary {
  readonly tokenizer: Tokenizer;
  /** Pieces that the old one did not have, in the order of their ids. */
  readonly newPieces: readonly string[];
  /**
   * Of each id: the ids of the old tokenizer that stood for its text. So an embedding can begin as the mean of the
   * embeddings that it stands for. None where the old one had nothing for it.
   */
  readonly origins: readonly (readonly number[])[];
}

/** The tokenizer as the pipeline that it is; throws where its vocabulary cannot be changed. */
export function changeablePipeline(tokenizer: Tokenizer): PipelineTokenizer {
  const isPipeline = tokenizer instanceof PipelineTokenizer;
  if (isPipeline && tokenizer.target === tokenizer && tokenizer.pipeline.model.growth !== undefined)
    return tokenizer;
  throw new OptionError(
    "expected a tokenizer of WordPiece, BPE or Unigram with one vocabulary, got one whose pieces cannot be changed",
    { hint: "keep its vocabulary" },
  );
}

/** The same steps around another model. A SentencePiece model that lay beside tokenizer.json tells of the old pieces. */
export function withModel(tokenizer: PipelineTokenizer, model: Model): PipelineTokenizer {
  const { pipeline, settings } = tokenizer;
  const sideFiles = new Map([...(settings.sideFiles ?? [])].filter(([name]) => !name.endsWith(".model")));
  return new PipelineTokenizer({ ...pipeline, model }, { ...settings, sideFiles });
}

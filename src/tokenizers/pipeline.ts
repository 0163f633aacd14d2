import type { JsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import type { ChatTemplates } from "./chat-template.js";
import type { Decoder } from "./decoders/decoder.js";
import type { Model } from "./models/model.js";
import type { Normalizer } from "./normalizers/normalizer.js";
import type { PostProcessor } from "./post-processors/post-processor.js";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer.js";
import type { SpecialRole, Tokenizer, TokenizerFiles } from "./tokenizer.js";

/** The steps a tokenizer is made of, in the order in which a text passes through them. */
export interface Pipeline {
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer | undefined;
  readonly model: Model;
  readonly postProcessor: PostProcessor;
  readonly decoder: Decoder | undefined;
}

/** What a directory's files make a tokenizer of. */
export interface FoundTokenizer extends Pick<TokenizerSettings, "className" | "keepsClass" | "sideFiles"> {
  readonly pipeline: Pipeline;
  /** What a text is encoded with that a model is to learn to write, where that differs. */
  readonly target?: { readonly pipeline: Pipeline; readonly hasOwnVocabulary: boolean };
  /** The special tokens that are meant where tokenizer_config.json names none. */
  readonly special: Readonly<Partial<Record<SpecialRole, string>>>;
  /** What is to stand in tokenizer_config.json beside what was read. */
  readonly config?: JsonObject;
}

/** What is known of a tokenizer beside its steps. */
export interface TokenizerSettings {
  readonly specialNames: Readonly<Partial<Record<SpecialRole, string>>>;
  readonly modelMaxLength: number | undefined;
  /** tokenizer_config.json as it was read, so that what we do not know is written again. */
  readonly config: JsonObject;
  /** The class of Python's transformers that does without tokenizer.json, which has no word for its steps. */
  readonly className?: string | undefined;
  /** How chats become text. Left out: only by templates of the caller. */
  readonly chatTemplates?: ChatTemplates;
  /** What a text is encoded with that a model is to learn to write. Left out: the same tokenizer. */
  readonly target?: Tokenizer;
  /** Whether that has other ids, in which case it is these that models write and that are decoded. */
  readonly targetHasOwnVocabulary?: boolean;
  /** Whether tokenizer_class stays as it was read: it says more than tokenizer.json can, such as what languages are for. */
  readonly keepsClass?: boolean;
  /** Files that are written again as they were read: SentencePiece models, the record of a dictionary. */
  readonly sideFiles?: TokenizerFiles;
}

import type { Json, JsonObject } from "../base/index.js";

/** One turn of a chat. What fields there are beside the role is up to the template. */
export interface ChatMessage {
  /** `system`, `user`, `assistant`, `tool`, ... */
  readonly role: string;
  /** What was said: a text, or where a template knows them a list of parts. */
  readonly content?: Json | undefined;
  readonly [field: string]: Json | undefined;
}

/** How a chat becomes text. */
export interface ChatTemplateOptions {
  /** End with what opens an answer, for the model to go on from there. Default false. */
  addGenerationPrompt?: boolean;
  /** Tools that the model may call, as JSON Schema. */
  tools?: readonly JsonObject[];
  /** Texts that the model may rely on. */
  documents?: readonly JsonObject[];
  /** A template of one's own in Jinja, or the name of one of the tokenizer's. Default: its `default`. */
  template?: string;
  /** Further variables of the template, such as `enable_thinking`. */
  variables?: JsonObject;
}

import { DataError } from "../base/index.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";
import type { OpenModel } from "./open-model.js";
import { openTokenizer, type TokenizerSource } from "./open-tokenizer.js";

/** Open the tokenizer that a model is used with. Texts with a token that the model has no row for are refused. */
export async function openModelTokenizer(
  { network: { vocabularySize }, name }: Pick<OpenModel, "network" | "name">,
  source: TokenizerSource,
): Promise<Tokenizer> {
  const tokenizer = await openTokenizer(source);
  if (tokenizer.vocabularySize <= vocabularySize) return tokenizer;
  const checked = (encoding: Encoding): Encoding => {
    const missing = encoding.ids.findIndex((id) => id >= vocabularySize);
    if (missing < 0) return encoding;
    const [id, token] = [encoding.ids[missing], encoding.tokens[missing]];
    throw new DataError(
      `token ${token}: expected one of the ${vocabularySize} that ${name} has rows for, got number ${id} of the tokenizer`,
      { hint: "take the tokenizer that belongs to the model; fine-tuning gives tokens that it lacks rows" },
    );
  };
  return {
    encode: (text, options) => checked(tokenizer.encode(text, options)),
    encodeWords: (words, options) => checked(tokenizer.encodeWords(words, options)),
    decode: (ids, options) => tokenizer.decode(ids, options),
    applyChatTemplate: (messages, options) => tokenizer.applyChatTemplate(messages, options),
    vocabularySize: tokenizer.vocabularySize,
    tokenToId: (token) => tokenizer.tokenToId(token),
    idToToken: (id) => tokenizer.idToToken(id),
    special: tokenizer.special,
    unknownId: tokenizer.unknownId,
    isSpecial: (id) => tokenizer.isSpecial(id),
    target: tokenizer.target,
    modelMaxLength: tokenizer.modelMaxLength,
    addTokens: (tokens, options) => tokenizer.addTokens(tokens, options),
    toFiles: () => tokenizer.toFiles(),
  };
}

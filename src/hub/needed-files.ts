import { pickleRefusal } from "./pickle-refusal.js";

/** What a model needs beside its weights: configurations, tokenizers, and the parts of sentence-transformers. */
const sideFile =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|target_vocab|japanese_dictionary|modules|config_sentence_transformers|sentence_bert_config)\.json$|^(vocab|merges)\.txt$|^chat_template\.jinja$|^(source|target)\.spm$|^(spiece|spm|sentencepiece|sentencepiece\.bpe|tokenizer)\.model$|^\d+_\w+\/(config\.json|model\.safetensors)$/;

const shard = /^model-\d{5}-of-\d{5}\.safetensors$/;

/**
 * Which of a repository's files to download: the side files, and the weights as safetensors, whole or in shards.
 * Pickles and other forms are never among them; a repository that has only such weights is refused.
 */
export function neededFiles(names: readonly string[], place: string): string[] {
  const single = names.includes("model.safetensors");
  const sharded = !single && names.includes("model.safetensors.index.json");
  if (!single && !sharded) {
    const refusal = pickleRefusal(place, names);
    if (refusal !== undefined) throw refusal;
  }
  return names.filter(
    (name) =>
      sideFile.test(name) ||
      (single && name === "model.safetensors") ||
      (sharded && (name === "model.safetensors.index.json" || shard.test(name))),
  );
}

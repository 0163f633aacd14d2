// Bag of words (Joulin et al. 2016, https://arxiv.org/abs/1607.01759): the mean of a text's word vectors, and a layer that
// decides its class. What word order, depth and pre-training are worth is told beside it.
import { OptionError } from "../base/errors.js";
import { embedding, embeddingTable, linear, pool } from "../nn/index.js";
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";

export const bagOfWords: Architecture = {
  modelType: "bag-of-words",
  classNames: new Map<Head, string>([
    ["none", "BagOfWordsModel"],
    ["sequence-classification", "BagOfWordsForSequenceClassification"],
  ]),
  names: nameTable({
    prefix: "",
    modules: [["embeddings", "embeddings"]],
    heads: [["classifier", "classifier"]],
  }),
  wordEmbeddings: "embeddings.weight",
  overrides: ({ vocabularySize }) => (vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
  readConfig(json, place) {
    const read = configReader(json, place);
    const [vocabularySize, hiddenSize] = [read.integer("vocab_size"), read.integer("hidden_size")];
    const paddingId = read.number("pad_token_id", 0);
    const deviation = read.number("initializer_range", 0.1);
    return {
      vocabularySize,
      layerCount: 0,
      hiddenSize,
      maxLength: Infinity,
      description: `bag of words, vectors of ${hiddenSize}`,
      build(head, labelCount, { ids, mask }): ModelOutputs {
        const table = embeddingTable("embeddings", vocabularySize, hiddenSize, deviation);
        const lastHidden = embedding(table, ids, paddingId);
        const pooled = pool(lastHidden, mask, "mean"); // [batch, hidden]
        const outputs = { lastHidden, hiddenStates: [lastHidden], attentions: [], boundaries: [] };
        if (head === "none") return { ...outputs, heads: new Map(Object.entries({ lastHidden, pooled })) };
        if (head !== "sequence-classification") throw new OptionError(`a bag of words has no head ${head}`);
        const logits = linear(pooled, "classifier", labelCount, deviation);
        return { ...outputs, heads: new Map([["logits", logits]]) };
      },
    };
  },
};

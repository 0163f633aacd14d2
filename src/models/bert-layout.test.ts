// BERT and its relatives: what goldens without dropout cannot show, and what is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../base/index.js";
import { leaves } from "../engine/index.js";
import { forTraining } from "../nn/index.js";
import { albert } from "./albert.js";
import { bert } from "./bert.js";
import { distilBert } from "./distilbert.js";
import { electra } from "./electra.js";
import { type Architecture, type Head, modelInputs } from "./index.js";
import { roberta } from "./roberta.js";

const sizes = {
  ...{ vocab_size: 20, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 12 },
  ...{ max_position_embeddings: 12, hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.2 },
};
const usual: JsonObject = { ...sizes, classifier_dropout: 0.3 };
const distil: JsonObject = {
  ...{ vocab_size: 20, dim: 8, n_layers: 1, n_heads: 2, hidden_dim: 12, max_position_embeddings: 12 },
  ...{ dropout: 0.1, attention_dropout: 0.2, seq_classif_dropout: 0.3, qa_dropout: 0.4 },
};

/** The rates of all dropouts on the way to a head's outputs, in their order. */
function ratesOf(architecture: Architecture, config: JsonObject, head: Head): number[] {
  const network = architecture.readConfig(config, "config.json");
  const { heads } = network.build(head, 3, modelInputs(head), forTraining());
  return leaves([...heads.values()], "input")
    .flatMap(({ source }) => (source.kind === "input" && source.mask !== undefined ? [source.mask] : []))
    .sort((a, b) => a.site - b.site)
    .map(({ rate }) => rate);
}

describe("where Python's classes drop out", () => {
  /** Of the embeddings; then of the layer's attention, what it gives, and the feed-forward. */
  const encoder = [0.1, 0.2, 0.1, 0.1];
  const cases: [Architecture, JsonObject, Head, number[]][] = [
    [bert, usual, "masked-lm", encoder],
    [bert, usual, "sequence-classification", [...encoder, 0.3]],
    [bert, usual, "next-sentence", encoder],
    [bert, usual, "span-extraction", encoder],
    [bert, sizes, "token-classification", [...encoder, 0.1]],
    [roberta, usual, "sequence-classification", [...encoder, 0.3, 0.3]],
    [roberta, usual, "token-classification", [...encoder, 0.3]],
    [roberta, usual, "multiple-choice", [...encoder, 0.1]],
    [electra, { ...usual, summary_last_dropout: 0.4 }, "sequence-classification", [...encoder, 0.3, 0.3]],
    [electra, { ...usual, summary_last_dropout: 0.4 }, "multiple-choice", [...encoder, 0.4]],
    [electra, usual, "replaced-tokens", encoder],
    [albert, { ...sizes, classifier_dropout_prob: 0.3 }, "pre-training", [0.1, 0.2, 0.1, 0.3]],
    [albert, { ...sizes, classifier_dropout_prob: 0.3 }, "multiple-choice", [0.1, 0.2, 0.1, 0.3]],
    [distilBert, distil, "masked-lm", [0.1, 0.2, 0.1]],
    [distilBert, distil, "sequence-classification", [0.1, 0.2, 0.1, 0.3]],
    [distilBert, distil, "token-classification", [0.1, 0.2, 0.1, 0.1]],
    [distilBert, distil, "span-extraction", [0.1, 0.2, 0.1, 0.4]],
  ];
  for (const [architecture, config, head, rates] of cases)
    test(`${architecture.modelType}, ${head}`, () => {
      assert.deepEqual(ratesOf(architecture, config, head), rates);
    });
});

describe("what cannot be right is refused", () => {
  const build = (architecture: Architecture, config: JsonObject, head: Head): void => {
    architecture.readConfig(config, "config.json").build(head, 3, modelInputs(head), forTraining());
  };
  const cases: [string, () => void, RegExp][] = [
    [
      "a language model that sees what follows",
      () => build(bert, usual, "causal-lm"),
      /cannot be a language model/,
    ],
    [
      "an output matrix of its own",
      () => build(roberta, { ...usual, tie_word_embeddings: false }, "masked-lm"),
      /tie_word_embeddings/,
    ],
    [
      "a head that the family does not have",
      () => build(distilBert, distil, "next-sentence"),
      /DistilBERT has no head/,
    ],
    [
      "positions that padding takes up",
      () => build(roberta, { ...usual, max_position_embeddings: 2 }, "none"),
      /^config\.json: max_position_embeddings: expected more than 2/,
    ],
    [
      "more groups than layers",
      () => build(albert, { ...sizes, num_hidden_groups: 2 }, "none"),
      /num_hidden_groups: expected at most num_hidden_layers \(1\), got 2/,
    ],
    [
      "another way to sum up a sequence",
      () => build(electra, { ...usual, summary_type: "last" }, "none"),
      /summary_type: expected "first", got "last"/,
    ],
    [
      "heads that do not divide the hidden size",
      () => build(distilBert, { ...distil, n_heads: 3 }, "none"),
      /dim: expected a multiple of n_heads \(3\), got 8/,
    ],
  ];
  for (const [what, run, message] of cases)
    test(what, () => {
      assert.throws(run, (error: Error) => message.test(error.message));
    });
});

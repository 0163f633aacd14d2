// Masked language modelling on a corpus (BERT, Devlin et al. 2018, https://arxiv.org/abs/1810.04805; without pairs of
// sentences and hidden anew each time, as RoBERTa, Liu et al. 2019, https://arxiv.org/abs/1907.11692).
import { DataError } from "../../base/index.js";
import { bitsPer } from "../../metrics/index.js";
import { describeMasking, type GuessedTokens, hiddenTokens, totalGuesses } from "../hidden-tokens.js";
import type { MaskedItem } from "../masked-blocks.js";
import { corpusMasking } from "./corpus-masking.js";
import { frameStretch, type RowFrame } from "./framed-row.js";
import type { Objective } from "./objective.js";

export const maskedLm: Objective<MaskedItem, GuessedTokens> = {
  name: "masked-lm",
  defaults: { maxLength: 128, batchSize: 32, learningRate: 5e-4 },
  heads: ["masked-lm"],
  reads: ["maskRate", "masking"],
  open({ tokenizer, settings, rows: { maxLength } }) {
    const { classification, separator, mask } = tokenizer.special;
    if (mask === undefined)
      throw new DataError("masked-lm: expected a tokenizer with a mask token, got one without", {
        hint: "train one with special tokens, or pre-train by causal-lm",
      });
    const before = classification === undefined ? [] : [classification.id];
    const after = separator === undefined ? [] : [separator.id];
    const frame: RowFrame = { before, beforeRest: before, between: after, after };
    const none = new Int32Array(0);
    const { masking, preparation } = corpusMasking(settings);
    const learning = hiddenTokens(masking);
    return {
      ...learning,
      ...preparation,
      description: `masked-lm, ${describeMasking(settings)}`,
      rowLength: maxLength - before.length - after.length,
      encode: (stretches) =>
        stretches.map((stretch, example) => {
          const { ids, wordIds, truncatedCount } = frameStretch(stretch, frame, maxLength);
          return {
            example,
            reader: tokenizer,
            original: ids,
            wordIds,
            ...{ places: none, labels: none },
            encoding: {
              ids,
              typeIds: new Int32Array(ids.length),
              truncatedCount,
              unknownCount: ids.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
            },
          };
        }),
      evaluate(stretches, predictions) {
        const told = learning.evaluate(stretches, predictions);
        const { nats, tokenCount } = totalGuesses(predictions);
        return { ...told, metrics: { ...told.metrics, bits_per_hidden_token: bitsPer(nats, tokenCount) } };
      },
    };
  },
};

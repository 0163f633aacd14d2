import { OptionError } from "../base/errors.js";
import { reshape, sizeAt, slice, subtractDimensions, type Value } from "../engine/index.js";
import { causalBias, forInference, transformerLayer } from "../nn/index.js";
import type { BertConfig } from "./bert-layout.js";
import type { Decoder, StateSlot, StepInputs } from "./decoder.js";
import { type EncoderInputs, type HeadBuilders, textBias, wordLogits } from "./encoder.js";
import { cacheSlots, pastInputs } from "./key-value-cache.js";

// BERT and its relatives as decoders (`is_decoder` in config.json): each token sees only those before it, so that the
// head that tells hidden words tells the next one, and a text can be written a token at a time.

/** What is added to the scores of attention: padding is not seen, and by a decoder's tokens nothing after them. */
export function lookingBias({ isDecoder }: BertConfig, inputs: EncoderInputs): Value {
  return isDecoder ? causalBias(inputs.mask, sizeAt(inputs.ids, 1)) : textBias(inputs);
}

/** The heads that score words: `score` does, for rows `[rows, hidden]`. */
export function wordHeads({ isDecoder }: BertConfig, score: (rows: Value) => Value): HeadBuilders {
  return {
    "masked-lm": (head) => ({ logits: wordLogits(head, score) }),
    "causal-lm"(head) {
      if (!isDecoder)
        throw new OptionError("a model whose tokens see what follows them cannot be a language model", {
          hint: 'put "is_decoder": true into its config.json, and train it on',
        });
      return { logits: wordLogits(head, score) };
    },
  };
}

/** How a decoder goes step by step; undefined for an encoder. `embed` gives rows `[batch*new, hidden]`. */
export function bertDecoder(
  config: BertConfig,
  { embed, score }: { embed(inputs: StepInputs): Value; score(rows: Value): Value },
): Decoder | undefined {
  if (!config.isDecoder) return undefined;
  const { layerCount, headCount, hiddenSize } = config;
  return {
    step(inputs) {
      const [batch, length] = [sizeAt(inputs.ids, 0), sizeAt(inputs.ids, 1)];
      const bias = causalBias(inputs.mask, length);
      let rows = embed(inputs);
      const state: StateSlot[] = [];
      for (let layer = 0; layer < layerCount; layer++) {
        const name = `layers.${layer}`;
        const past = pastInputs(name, { headCount, headSize: hiddenSize / headCount }, inputs);
        const result = transformerLayer({ x: rows, batch, bias, past }, name, config, forInference());
        state.push(...cacheSlots(name, past, result.keyValue));
        rows = result.rows;
      }
      const last = slice(
        reshape(rows, [batch, length, hiddenSize]),
        1,
        subtractDimensions(length, 1),
        length,
      );
      return { logits: score(reshape(last, [batch, hiddenSize])), state };
    },
  };
}

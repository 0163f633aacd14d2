import { OptionError } from "../base/errors.js";
import { sizeAt, type Value } from "../engine/index.js";
import { causalBias, forInference, keyValueOf, prefixBias, transformerLayer } from "../nn/index.js";
import type { BertConfig } from "./bert-layout.js";
import { type Decoder, type StateSlot, stepLogits } from "./decoder.js";
import { type EncoderInputs, type HeadBuilders, textBias, wordLogits } from "./encoder.js";
import { cacheSlots, pastInputs } from "./key-value-cache.js";
import type { Network } from "./model.js";
import type { SourceReader, WritingSide } from "./side.js";

// BERT and its relatives as decoders (`is_decoder` in config.json): each token sees only those before it, so that the
// head that tells hidden words tells the next one, and a text can be written a token at a time.

/**
 * What is added to the scores of attention: padding is not seen, and by a decoder's tokens nothing after them but what is
 * of a prefix that they are in.
 */
export function lookingBias({ isDecoder }: BertConfig, inputs: EncoderInputs): Value {
  const { ids, mask, prefixLengths } = inputs;
  if (!isDecoder) return textBias(inputs);
  return prefixLengths === undefined ? causalBias(mask, sizeAt(ids, 1)) : prefixBias(mask, prefixLengths);
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

/** What a relative has of its own as a decoder. */
interface DecoderParts extends Pick<WritingSide, "embed">, Pick<SourceReader, "score"> {}

/** How a decoder reads prefixes, and writes alone and as half of a pair; nothing for an encoder. */
export function writing(
  config: BertConfig,
  parts: DecoderParts,
): Pick<Network, "decoder" | "sourceReader" | "seesPrefix"> {
  if (!config.isDecoder) return {};
  return { decoder: stepwise(config, parts), sourceReader: sourceReader(config, parts), seesPrefix: true };
}

function stepwise(config: BertConfig, { embed, score }: DecoderParts): Decoder {
  const { layerCount, headCount, hiddenSize } = config;
  return {
    step(inputs, form = {}) {
      const [batch, length] = [sizeAt(inputs.ids, 0), sizeAt(inputs.ids, 1)];
      const bias = causalBias(inputs.mask, length);
      let rows = embed(inputs.ids, inputs.positions, forInference());
      const state: StateSlot[] = [];
      for (let layer = 0; layer < layerCount; layer++) {
        const name = `layers.${layer}`;
        const past = pastInputs(name, { headCount, headSize: hiddenSize / headCount }, inputs, form);
        const result = transformerLayer({ x: rows, batch, bias, past }, name, config, forInference());
        state.push(...cacheSlots(name, past, result.keyValue));
        rows = result.rows;
      }
      return { logits: stepLogits(rows, inputs, form, score), state };
    },
  };
}

function sourceReader(config: BertConfig, { embed, score }: DecoderParts): SourceReader {
  const { layerCount, headCount, hiddenSize } = config;
  return {
    decoder: {
      layerCount,
      headCount,
      headSize: hiddenSize / headCount,
      embed,
      layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
    },
    sourceKeyValue: (index, rows, batch) =>
      keyValueOf(rows, `layers.${index}.sourceAttention`, batch, config),
    score,
  };
}

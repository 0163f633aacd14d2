// Language modelling on a corpus (GPT-2, Radford et al. 2019): documents side by side, parted by the token that ends
// texts; a row is read on from wherever it begins.
import { DataError } from "../../base/index.js";
import type { GuessedPlaces } from "../../objectives/index.js";
import { foretoldTokens, type TextLikelihood } from "../foretold-tokens.js";
import type { TaskItem } from "../task.js";
import { frameStretch, type RowFrame } from "./framed-row.js";
import type { Objective } from "./objective.js";

/** A row of a corpus, and each token foretold from those before it; the first stands for what came before. */
export interface ForetoldRow extends TaskItem, GuessedPlaces {
  /** All of it: what is read, and after it the last token that is foretold. */
  readonly original: Int32Array;
}

export const causalLm: Objective<ForetoldRow, TextLikelihood> = {
  name: "causal-lm",
  defaults: { maxLength: 512, batchSize: 8, learningRate: 5e-4 },
  heads: ["causal-lm"],
  reads: [],
  open({ tokenizer, textPerToken, rows: { maxLength, beginId, endId } }) {
    if (endId === undefined)
      throw new DataError("causal-lm: expected a tokenizer with a token that ends texts, got one without", {
        hint: "train one with special tokens, or name the token by eos_token_id in config.json",
      });
    const before = beginId === undefined ? [] : [beginId];
    const between = beginId === endId ? [endId] : [endId, ...before];
    const frame: RowFrame = { before, beforeRest: [], between, after: [] };
    const marks = new Set(between);
    return {
      ...foretoldTokens,
      description: "causal-lm",
      rowLength: maxLength + 1,
      encode: (stretches) =>
        stretches.map((stretch, example) => {
          const { ids, truncatedCount } = frameStretch(stretch, frame, maxLength + 1);
          const readCount = Math.max(0, ids.length - 1); // nothing comes after the last
          const labels = ids.subarray(1);
          return {
            example,
            original: ids,
            places: Int32Array.from({ length: readCount }, (_, place) => place),
            labels,
            encoding: {
              ids: ids.subarray(0, readCount),
              typeIds: new Int32Array(readCount),
              truncatedCount,
              unknownCount: labels.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
            },
          };
        }),
      readOutputs: (items, outputs) =>
        foretoldTokens.readOutputs(items, outputs).map((output, i) => ({
          ...output,
          // special tokens cost bits too, and stand for no text
          textCount: Float32Array.of(items[i]!.labels.filter((id) => !marks.has(id)).length),
        })),
      decide: (_, __, outputs) =>
        outputs.map((output) => {
          const [losses, textCount] = [output["losses"]!, output["textCount"]![0]!];
          return {
            nats: losses.reduce((a, b) => a + b, 0),
            tokenCount: losses.length,
            byteCount: textCount * (textPerToken?.bytes ?? 0),
            characterCount: textCount * (textPerToken?.characters ?? 0),
          };
        }),
      evaluate(stretches, predictions) {
        const told = foretoldTokens.evaluate(stretches, predictions);
        if (textPerToken !== undefined) return told;
        const { bits_per_byte: _, bits_per_character: __, ...metrics } = told.metrics;
        return { ...told, metrics };
      },
    };
  },
};

// Span corruption (T5, Raffel et al. 2019, https://arxiv.org/abs/1910.10683): spans of a row are replaced by a sentinel
// each, and the decoder writes the sentinels with what they stand for. Documents stand side by side, as in T5's rows.
import { DataError } from "../../base/index.js";
import { corruptionOf, corruptSpans, longestCorruptible } from "../../objectives/index.js";
import type { GuessedTokens } from "../hidden-tokens.js";
import type { Objective } from "./objective.js";
import { specialCountOf, textFrame } from "./text-frame.js";
import { type WrittenRow, writtenProblem } from "./written-rows.js";

export const spanCorruption: Objective<WrittenRow, GuessedTokens> = {
  name: "span-corruption",
  defaults: { maxLength: 512, batchSize: 8, learningRate: 5e-4 },
  heads: ["sequence-to-sequence"],
  reads: ["maskRate", "spanLength"],
  open(context) {
    const { tokenizer, settings, rows } = context;
    const { maskRate: rate = 0.15, spanLength: meanLength = 3 } = settings;
    // a token that ends each is counted in
    const room = rows.maxLength - Math.max(1, specialCountOf(textFrame(tokenizer, 1))) + 1;
    const rowLength = longestCorruptible(room, { rate, meanLength });
    const sentinel = (number: number): number | undefined => tokenizer.tokenToId(`<extra_id_${number}>`);
    const { spanCount } = corruptionOf(rowLength, { rate, meanLength });
    let sentinelCount = 0;
    while (sentinel(sentinelCount) !== undefined) sentinelCount++;
    if (sentinelCount < spanCount)
      throw new DataError(
        `span-corruption: expected ${spanCount} sentinels (<extra_id_0>, ...) for rows of ${rowLength} tokens, the tokenizer has ${sentinelCount}`,
        {
          hint: "lower --max-length, or train a tokenizer that has them: --special-tokens '<extra_id_0>,<extra_id_1>,...'",
        },
      );
    return writtenProblem(context, {
      description: `span-corruption, ${Math.round(100 * rate)} % in spans of ${meanLength}`,
      rowLength,
      draw: ({ ids }, random) =>
        ids.length < 2 ? undefined : corruptSpans(ids, { sentinel, rate, meanLength }, random),
    });
  },
};

import type { JsonObject } from "../base/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { EncodeSettings, ItemOutput, TaskItem } from "./task.js";
import type { TextExample } from "./text-example.js";
import { encodeWithin } from "./truncation.js";

/** The items of texts and pairs: one each, or with `stride` one a window. */
export function encodeTexts(
  examples: readonly TextExample[],
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): readonly TaskItem[] {
  return examples.flatMap(({ text, pair, place }, example) =>
    encodeWithin(tokenizer, text, pair, settings, place).map((encoding) => ({ encoding, example })),
  );
}

/** The mean of an example's windows, for each example. */
export function averageWindows(
  exampleCount: number,
  items: readonly TaskItem[],
  outputs: readonly ItemOutput[],
): Float64Array[] {
  const sums: Float64Array[] = [];
  const counts = new Array<number>(exampleCount).fill(0);
  items.forEach(({ example }, i) => {
    const logits = outputs[i]!["logits"]!;
    sums[example] ??= new Float64Array(logits.length);
    counts[example]!++;
    for (let k = 0; k < logits.length; k++) sums[example]![k]! += logits[k]!;
  });
  return sums.map((sum, example) => sum.map((value) => value / counts[example]!));
}

/** What every prediction on texts says: the example's own fields, and what of it the model did not see. */
export function describeText(example: TextExample, items: readonly TaskItem[]): JsonObject {
  const truncated = items.reduce((count, { encoding }) => count + encoding.truncatedCount, 0);
  const unknown = items.reduce((count, { encoding }) => count + encoding.unknownCount, 0);
  return {
    ...(example.id === undefined ? {} : { id: example.id }),
    text: example.text,
    ...(example.pair === undefined ? {} : { pair: example.pair }),
    truncated: truncated > 0,
    ...(truncated > 0 ? { truncatedTokens: truncated } : {}),
    ...(unknown > 0 ? { unknownTokens: unknown } : {}),
  };
}

import type { Tensor } from "../base/index.js";
import type { GuessedPlaces } from "../objectives/index.js";
import type { ItemOutput } from "./task.js";

// Of a batch whose outputs have one number a guessed token, those of an item following those of the item before.

type Guessed = Pick<GuessedPlaces, "labels">;

/** How many tokens items have to be guessed. */
export function guessCountOf(items: readonly Guessed[]): number {
  return items.reduce((count, { labels }) => count + labels.length, 0);
}

/** The numbers of each item, cut out of the outputs `names` of a batch. */
export function cutByItem(
  items: readonly Guessed[],
  outputs: ReadonlyMap<string, Tensor>,
  names: readonly string[],
): ItemOutput[] {
  let start = 0;
  return items.map(({ labels }) => {
    const end = start + labels.length;
    const own = names.map((name) => [name, (outputs.get(name)!.data as Float32Array).slice(start, end)]);
    start = end;
    return Object.fromEntries(own);
  });
}

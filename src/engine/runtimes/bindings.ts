import { ShapeError } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import {
  type Bindings,
  type Dimension,
  dimensionTerms,
  dimensionValue,
  withoutSymbol,
} from "../graph/dimension.js";
import type { Value } from "../graph/graph.js";
import { describe, nameOf } from "../graph/value.js";

/** What each symbol stands for, read off the feeds; throws where a feed is missing or does not fit. */
export function bindSymbols(inputs: readonly Value[], feeds: ReadonlyMap<string, Tensor>): Bindings {
  const bindings = new Map<string, number>();
  const fed = inputs.map((input) => {
    const name = nameOf(input);
    const feed = feeds.get(name);
    const expected = `expected ${name} ${describe(input)}`;
    if (feed === undefined) throw new ShapeError(`${expected}, got nothing`);
    const sameType = feed.dtype === input.dtype || (feed.dtype === "float64" && input.dtype === "float32");
    if (!sameType || feed.shape.length !== input.shape.length)
      throw new ShapeError(`${expected}, got ${describe(feed)}`);
    return { input, feed, expected };
  });
  for (const { input, feed } of fed)
    input.shape.forEach((size, axis) => {
      if (typeof size === "string" && /^[a-z]\w*$/i.test(size) && !bindings.has(size))
        bindings.set(size, feed.shape[axis]!);
    });
  for (const { input, feed } of fed)
    input.shape.forEach((size, axis) => {
      const unknown = symbolsOf(size).filter((symbol) => !bindings.has(symbol));
      const rest = unknown.length === 1 ? withoutSymbol(size, unknown[0]!) : undefined;
      if (rest !== undefined) bindings.set(unknown[0]!, feed.shape[axis]! - dimensionValue(rest, bindings));
    });
  for (const { input, feed, expected } of fed)
    if (input.shape.some((size, axis) => dimensionValue(size, bindings) !== feed.shape[axis]))
      throw new ShapeError(
        `${expected}, got ${describe(feed)} (${[...bindings].map(([k, v]) => `${k} = ${v}`).join(", ")})`,
      );
  return bindings;
}

function symbolsOf(size: Dimension): string[] {
  return [...new Set(dimensionTerms(size).flatMap(([, symbols]) => symbols))];
}

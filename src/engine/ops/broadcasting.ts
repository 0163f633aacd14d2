import { ShapeError } from "../../base/errors.js";
import type { Dimension } from "../graph/dimension.js";
import type { Shape, ValueType } from "../graph/graph.js";
import { describe } from "../graph/value.js";

/**
 * The shape that two shapes broadcast to, as NumPy does it: axes are aligned at the end, and an axis of size 1
 * stretches. `[batch, 1, 4]` with `[3, 4]` gives `[batch, 3, 4]`.
 */
export function broadcastShapes(name: string, a: ValueType, b: ValueType): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i): Dimension => {
    const sizeA = a.shape[i - rank + a.shape.length] ?? 1;
    const sizeB = b.shape[i - rank + b.shape.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1)
      throw new ShapeError(`${name}: expected shapes that broadcast, got ${describe(a)} and ${describe(b)}`);
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** The axes of `from` along which `to` was repeated to reach it, counted in `from`. */
export function repeatedAxes(from: Shape, to: Shape): number[] {
  const missing = from.length - to.length;
  return from.flatMap((size, axis) =>
    axis < missing || (to[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
}

/** Where element `i` of an array shaped `from` lies in an array shaped `to` that broadcasts to it. */
export function broadcastIndex(i: number, from: readonly number[], to: readonly number[]): number {
  const missing = from.length - to.length;
  let rest = i;
  let index = 0;
  let stride = 1;
  for (let axis = from.length - 1; axis >= missing; axis--) {
    const size = from[axis]!;
    const at = rest % size;
    rest = (rest - at) / size;
    const own = to[axis - missing]!;
    if (own !== 1) index += at * stride;
    stride *= own;
  }
  return index;
}

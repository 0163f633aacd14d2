import { internal } from "../base/errors.js";
import { sizeOf, type Tensor } from "../base/tensor.js";

/** A parameter's place: which group it is in decides its learning rate and weight decay. */
export interface ParameterSlot extends ArraySlot {
  readonly group: number | "frozen";
}

/** An array's place in an arena. */
export interface ArraySlot {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Parameters begin on a cache line. */
const alignment = 16;

/** A parameter's size with what lies between it and the next. */
export function alignedSize(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** Where each parameter lies in the flat array of its group. */
export interface ArenaLayout {
  readonly slots: readonly (ArraySlot & { readonly group: number })[];
  /** The length of each group's array. */
  readonly sizes: readonly number[];
  /** Where each parameter begins. */
  readonly offsets: readonly number[];
}

/** Lay parameters out, group by group, in their order. */
export function layOut(slots: ArenaLayout["slots"], groupCount: number): ArenaLayout {
  const sizes = new Array<number>(groupCount).fill(0);
  const offsets = slots.map(({ shape, group }) => {
    const offset = sizes[group]!;
    sizes[group] = offset + alignedSize(sizeOf(shape));
    return offset;
  });
  return { slots, sizes, offsets };
}

/**
 * Arrays of all parameters, a flat one for each group, allocated once. The same layout serves parameters,
 * gradients and optimizer state, so that an optimizer need not know where one parameter ends.
 */
export class Arena {
  readonly groups: readonly Float32Array[];
  readonly #views = new Map<string, Tensor<"float32">>();

  constructor(
    layout: ArenaLayout,
    allocate: (length: number) => Float32Array = (length) => new Float32Array(length),
  ) {
    const { slots, sizes, offsets } = layout;
    this.groups = sizes.map(allocate);
    slots.forEach(({ name, shape, group }, i) => {
      const data = this.groups[group]!.subarray(offsets[i]!, offsets[i]! + sizeOf(shape));
      this.#views.set(name, { dtype: "float32", shape, data });
    });
  }

  /** A parameter's array, as a view: writing to it writes to the arena. */
  view(name: string): Tensor<"float32"> {
    const view = this.#views.get(name);
    if (view === undefined) throw internal(`there is no parameter ${name}`);
    return view;
  }

  get views(): ReadonlyMap<string, Tensor<"float32">> {
    return this.#views;
  }
}

import { internal } from "../base/errors.js";
import { int64, type Tensor } from "../base/tensor.js";
import type { Program } from "../engine/index.js";
import { freshName } from "./decoder-graphs.js";
import { paddedBatch } from "./padded-batch.js";
import { placeRows } from "./place-rows.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import { CacheArray, capacityFor, RowArray } from "./state-arrays.js";

/** What texts are written after. */
export interface Prompts {
  /** The tokens that the decoder begins with: at least one each. */
  readonly ids: readonly (readonly number[])[];
  /** What the encoder reads, where there is one. */
  readonly sources?: readonly (readonly number[])[];
  /** What short ones are filled up with; no result depends on it. Default 0. */
  readonly paddingId?: number;
  /** By which what is drawn differs from prompt to prompt, whatever the batch. Default: their places in this batch. */
  readonly numbers?: readonly number[];
}

/**
 * Texts in the middle of being written, a row each: what the decoder keeps of them from step to step. The arrays are
 * allocated once (caches a block of places at a time) and filled in place.
 */
export class DecoderState {
  readonly #decoder: ReadyDecoder;
  readonly #rowLimit: number;
  readonly #caches = new Map<string, CacheArray>();
  readonly #carried = new Map<string, RowArray>();
  /** What comes from the source and stays. */
  readonly #constants = new Map<string, RowArray>();
  /** What comes out of a step, by the names of its outputs. */
  readonly #outputs = new Map<string, RowArray<"float32">>();
  readonly #ids: RowArray<"int64">;
  readonly #positions: RowArray<"int64">;
  /** `[rows, capacity + 1]`: the last place is that of the new token. */
  #mask: RowArray<"int64">;
  /** Which prompt a row belongs to: rows of one prompt have the same constants. */
  readonly #prompts: number[] = [];
  #rowCount = 0;
  #filled = 0;
  #capacity = 0;
  /** Inputs and outputs of a step, as long as all sizes stay. */
  #ready:
    | { readonly feeds: ReadonlyMap<string, Tensor>; readonly into: ReadonlyMap<string, Tensor> }
    | undefined;

  private constructor(decoder: ReadyDecoder, rowLimit: number) {
    this.#decoder = decoder;
    this.#rowLimit = rowLimit;
    this.#ids = new RowArray("int64", [1], rowLimit);
    this.#positions = new RowArray("int64", [1], rowLimit);
    this.#mask = new RowArray("int64", [1], rowLimit);
    for (const name of ["logits", "logProbabilities"])
      this.#outputs.set(name, new RowArray("float32", [decoder.vocabularySize], rowLimit));
    for (const { name, kind, shape } of decoder.slots) {
      const newShape = kind === "cache" ? [shape[0]!, 1, shape[1]!] : shape;
      this.#outputs.set(freshName(name), new RowArray("float32", newShape, rowLimit));
      if (kind === "carried") this.#carried.set(name, new RowArray("float32", shape, rowLimit));
    }
  }

  /** Read the prompts, a row each, and find the scores of what follows. There will be at most `rowLimit` rows. */
  static async begin(decoder: ReadyDecoder, prompts: Prompts, rowLimit: number): Promise<DecoderState> {
    const state = new DecoderState(decoder, rowLimit);
    if (decoder.start !== undefined) await state.#readSources(decoder.start, prompts);
    await state.#readPrompts(prompts);
    return state;
  }

  /** The scores `[vocabulary]` of what follows a row; they may be changed, and hold until the next step. */
  logits(row: number): Float32Array {
    return this.#scores("logits", row);
  }

  /** The same as log-probabilities. */
  logProbabilities(row: number): Float32Array {
    return this.#scores("logProbabilities", row);
  }

  /**
   * Go on with other rows: each continues the row that `parents` names. Answers where each of them lies; rows that
   * nobody continues are given up.
   */
  select(parents: readonly number[]): readonly number[] {
    if (parents.length > this.#rowLimit) throw internal(`${parents.length} rows of ${this.#rowLimit}`);
    const { rows, copies } = placeRows(parents);
    for (const [from, to] of copies) {
      for (const cache of this.#caches.values()) cache.copyRow(from, to, this.#filled);
      const moved = this.#prompts[from] === this.#prompts[to] ? [] : [...this.#constants.values()];
      for (const array of [...moved, ...this.#carried.values(), this.#positions, this.#mask])
        array.copyRow(from, to);
      this.#prompts[to] = this.#prompts[from]!;
    }
    if (parents.length !== this.#rowCount) this.#ready = undefined;
    this.#rowCount = parents.length;
    return rows;
  }

  /** Write one token to each row, and find the scores of what follows. */
  async step(tokens: readonly number[]): Promise<void> {
    if (this.#caches.size > 0 && this.#filled === this.#capacity) this.#grow();
    for (let row = 0; row < this.#rowCount; row++) this.#ids.data[row] = BigInt(tokens[row]!);
    this.#ready ??= { feeds: this.#feeds(), into: this.#into() };
    const { feeds, into } = this.#ready;
    await this.#decoder.step.run(feeds, into);
    for (let row = 0; row < this.#rowCount; row++) this.#positions.data[row]!++;
    this.#keep(into);
    if (this.#caches.size > 0) this.#unmask(this.#filled);
    this.#filled++;
  }

  #scores(name: string, row: number): Float32Array {
    const size = this.#decoder.vocabularySize;
    return this.#outputs.get(name)!.data.subarray(row * size, (row + 1) * size);
  }

  /** Run the encoder, and keep what it gives. */
  async #readSources(start: Program, { sources = [], paddingId = 0 }: Prompts): Promise<void> {
    const { ids, mask } = paddedBatch(sources, "behind", paddingId);
    const typeIds = int64(ids.shape, new Uint8Array(ids.data.length));
    const feeds = new Map<string, Tensor>([
      ["ids", ids],
      ["mask", mask],
      ["typeIds", typeIds],
      ...this.#decoder.parameters,
    ]);
    for (const [name, { dtype, shape, data }] of await start.run(feeds)) {
      // the reference runtime answers in float64
      const array = new RowArray(dtype === "float64" ? "float32" : dtype, shape.slice(1), this.#rowLimit);
      (array.data as Float32Array).set(data as Float32Array);
      (this.#carried.has(name) ? this.#carried : this.#constants).set(name, array);
    }
  }

  /** Run all tokens of the prompts at once; short ones have padding in front. */
  async #readPrompts({ ids: prompts, paddingId = 0 }: Prompts): Promise<void> {
    const caches = this.#decoder.slots.filter(({ kind }) => kind === "cache");
    const { ids, mask, positions } = paddedBatch(prompts, "front", paddingId);
    const [rowCount, length] = ids.shape as [number, number];
    this.#rowCount = rowCount;
    for (let row = 0; row < rowCount; row++) this.#prompts[row] = row;

    // a place that counts for nothing stands before the prompts, so that no size is zero
    const past = caches.length > 0 ? 1 : 0;
    const longMask = new RowArray("int64", [past + length], rowCount);
    const feeds = new Map([
      ...this.#feeds(),
      ["ids", ids],
      ["mask", longMask.view(rowCount)],
      ["positions", positions],
    ]);
    const into = new Map<string, Tensor>(this.#into());
    for (let row = 0; row < rowCount; row++)
      longMask.data.set(mask.data.subarray(row * length, (row + 1) * length), row * (past + length) + past);
    for (const slot of caches) {
      const [heads, size] = slot.shape as [number, number];
      feeds.set(slot.name, new CacheArray(slot, rowCount, 1).view(rowCount));
      into.set(freshName(slot.name), new RowArray("float32", [heads, length, size], rowCount).view(rowCount));
    }
    await this.#decoder.step.run(feeds, into);

    this.#capacity = caches.length > 0 ? capacityFor(length + 1) : 0;
    for (const slot of caches)
      this.#caches.set(slot.name, new CacheArray(slot, this.#rowLimit, this.#capacity));
    this.#mask = new RowArray("int64", [this.#capacity + 1], this.#rowLimit);
    for (let row = 0; row < this.#rowLimit; row++) this.#mask.data[(row + 1) * (this.#capacity + 1) - 1] = 1n;
    for (let row = 0; row < rowCount; row++) {
      this.#positions.data[row] = BigInt(prompts[row]!.length);
      if (caches.length > 0)
        this.#mask.data.set(mask.data.subarray(row * length, (row + 1) * length), row * (this.#capacity + 1));
    }
    this.#keep(into);
    this.#filled = length;
  }

  /** What every step reads, with the arrays as they are now. */
  #feeds(): Map<string, Tensor> {
    const arrays = new Map<string, RowArray | CacheArray>([
      ["ids", this.#ids],
      ["mask", this.#mask],
      ["positions", this.#positions],
      ...this.#caches,
      ...this.#carried,
      ...this.#constants,
    ]);
    const views = [...arrays].map(([name, array]) => [name, array.view(this.#rowCount)] as const);
    return new Map(views);
  }

  #into(): Map<string, Tensor> {
    return new Map([...this.#outputs].map(([name, array]) => [name, array.view(this.#rowCount)]));
  }

  /** Keep what a step gave for the next. */
  #keep(results: ReadonlyMap<string, Tensor>): void {
    for (const { name } of this.#decoder.slots) {
      const fresh = results.get(freshName(name)) as Tensor<"float32">;
      const cache = this.#caches.get(name);
      if (cache === undefined) (this.#carried.get(name)!.data as Float32Array).set(fresh.data);
      else cache.append(fresh, this.#filled);
    }
  }

  /** From now on a place of the caches counts, in every row. */
  #unmask(place: number): void {
    const width = this.#capacity + 1;
    for (let row = 0; row < this.#rowCount; row++) this.#mask.data[row * width + place] = 1n;
  }

  /** Make room in the caches. */
  #grow(): void {
    const before = this.#mask;
    const width = this.#capacity + 1;
    this.#capacity = capacityFor(width);
    for (const cache of this.#caches.values()) cache.grow(this.#capacity, this.#filled);
    this.#mask = new RowArray("int64", [this.#capacity + 1], this.#rowLimit);
    for (let row = 0; row < this.#rowLimit; row++) {
      const start = row * (this.#capacity + 1);
      this.#mask.data.set(before.data.subarray(row * width, (row + 1) * width - 1), start);
      this.#mask.data[start + this.#capacity] = 1n;
    }
    this.#ready = undefined;
  }
}

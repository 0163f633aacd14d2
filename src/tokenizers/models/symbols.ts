import type { TokenSink } from "./model.js";

/** The symbols of one word: the id of each, and where in the text it begins and ends. Reused from word to word. */
export class Symbols {
  length = 0;
  ids: Int32Array = new Int32Array(64);
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);

  push(id: number, start: number, end: number): void {
    if (this.length === this.ids.length) this.#grow();
    this.ids[this.length] = id;
    this.starts[this.length] = start;
    this.ends[this.length++] = end;
  }

  /** Write them as tokens. */
  write(out: TokenSink): void {
    for (let i = 0; i < this.length; i++) out.push(this.ids[i]!, this.starts[i]!, this.ends[i]!);
  }

  /** Let symbol `i` stand at `to`; used to close gaps. */
  move(i: number, to: number): void {
    this.ids[to] = this.ids[i]!;
    this.starts[to] = this.starts[i]!;
    this.ends[to] = this.ends[i]!;
  }

  #grow(): void {
    for (const key of ["ids", "starts", "ends"] as const) {
      const larger = new Int32Array(this[key].length * 2);
      larger.set(this[key]);
      this[key] = larger;
    }
  }
}

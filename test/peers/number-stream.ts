import type { Readable } from "node:stream";

/** The 32-bit numbers that another program writes, taken as they are wanted. */
export class NumberStream {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next `count` numbers; undefined where the stream ends before them. */
  async take(count: number): Promise<Int32Array | undefined> {
    const bytes = new Uint8Array(count * 4);
    for (let filled = 0; filled < bytes.length; ) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done === true) return undefined;
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return new Int32Array(bytes.buffer);
  }
}

import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CorpusRecord, corpusFiles, offsetSize, writeCorpusRecord } from "./corpus-record.js";

/** Writes the files of a corpus, document after document. */
export class CorpusWriter {
  readonly #folder: string;
  readonly #tokenBytes: 2 | 4;
  readonly #tokens: FileHandle;
  readonly #begins: FileHandle;
  readonly #documents: FileHandle;
  #end = 0; // tokens so far

  private constructor(
    folder: string,
    tokenBytes: 2 | 4,
    handles: readonly [FileHandle, FileHandle, FileHandle],
  ) {
    this.#folder = folder;
    this.#tokenBytes = tokenBytes;
    [this.#tokens, this.#begins, this.#documents] = handles;
  }

  /** Begin to write into a folder; 2 bytes a token are enough for a vocabulary of 65,536. */
  static async open(folder: string, vocabularySize: number): Promise<CorpusWriter> {
    const create = (name: string): Promise<FileHandle> => open(join(folder, name), "w");
    return new CorpusWriter(folder, vocabularySize <= 2 ** 16 ? 2 : 4, [
      await create(corpusFiles.tokens),
      await create(corpusFiles.begins),
      await create(corpusFiles.documents),
    ]);
  }

  /** Write documents that follow one another: their tokens, what begins with each, and how many each document has. */
  async append(ids: Int32Array, begins: Uint8Array, lengths: readonly number[]): Promise<void> {
    if (lengths.length === 0) return;
    const { buffer, byteOffset, byteLength } = this.#tokenBytes === 2 ? Uint16Array.from(ids) : ids;
    await this.#tokens.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
    await this.#begins.writeFile(begins);
    const starts = lengths.map((length) => {
      const start = this.#end;
      this.#end += length;
      return start;
    });
    await this.#writeOffsets(starts);
  }

  /** Write what is at the end, and what there is. */
  async finish(record: Omit<CorpusRecord, "tokenBytes">): Promise<void> {
    await this.#writeOffsets([this.#end]);
    const text = writeCorpusRecord({ ...record, tokenBytes: this.#tokenBytes });
    await writeFile(join(this.#folder, corpusFiles.record), text);
  }

  /** Close the files. */
  async close(): Promise<void> {
    for (const handle of [this.#tokens, this.#begins, this.#documents]) await handle.close();
  }

  async #writeOffsets(offsets: readonly number[]): Promise<void> {
    const view = new DataView(new ArrayBuffer(offsets.length * offsetSize));
    offsets.forEach((offset, i) => {
      view.setBigUint64(i * offsetSize, BigInt(offset), true);
    });
    await this.#documents.writeFile(new Uint8Array(view.buffer));
  }
}

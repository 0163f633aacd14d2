import type { AlignedText } from "./aligned-text.js";
import type { TokenSink } from "./models/model.js";

/** The tokens of one text as the model writes them, with spans in the raw text. Reused from text to text. */
export class TokenBuffer implements TokenSink {
  length = 0;
  ids: Int32Array = new Int32Array(512);
  starts: Int32Array = new Int32Array(512);
  ends: Int32Array = new Int32Array(512);
  words: Int32Array = new Int32Array(512);
  /** Tokens that are written otherwise in the text than in the vocabulary, by index. */
  readonly spellings: Map<number, string> = new Map();
  #source: AlignedText = { text: "", starts: undefined, ends: undefined, offset: 0 };
  #word = 0;

  clear(): void {
    this.length = 0;
    this.spellings.clear();
  }

  /** The text and the word to which the next tokens belong. */
  enter(source: AlignedText, word: number): void {
    this.#source = source;
    this.#word = word;
  }

  push(id: number, start: number, end: number, spelling?: string): void {
    if (this.length === this.ids.length) this.#grow();
    if (spelling !== undefined) this.spellings.set(this.length, spelling);
    const { starts, ends, offset } = this.#source;
    this.ids[this.length] = id;
    if (starts === undefined || ends === undefined) {
      this.starts[this.length] = start + offset;
      this.ends[this.length] = end + offset;
    } else {
      // A token without text of its own, such as all but one of a character's bytes, ends where it starts.
      const isEmpty = end === start;
      const from = isEmpty && start === starts.length ? (ends[start - 1] ?? 0) : starts[start]!;
      this.starts[this.length] = from;
      this.ends[this.length] = isEmpty ? from : ends[end - 1]!;
    }
    this.words[this.length++] = this.#word;
  }

  #grow(): void {
    const doubled = (array: Int32Array): Int32Array => {
      const larger = new Int32Array(array.length * 2);
      larger.set(array);
      return larger;
    };
    this.ids = doubled(this.ids);
    this.starts = doubled(this.starts);
    this.ends = doubled(this.ends);
    this.words = doubled(this.words);
  }
}

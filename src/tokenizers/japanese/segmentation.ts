/** A text cut into words: for each where it begins and ends, in UTF-16 units, and its entry in the lexicon. */
export class Segmentation {
  length = 0;
  starts: Int32Array = new Int32Array(256);
  ends: Int32Array = new Int32Array(256);
  entries: Int32Array = new Int32Array(256);

  clear(): void {
    this.length = 0;
  }

  /** Make room for `count` more words and count them in; the caller writes them. Returns the first's index. */
  extend(count: number): number {
    const first = this.length;
    this.length += count;
    if (this.length > this.starts.length) {
      const size = this.length * 2;
      this.starts = enlarged(this.starts, size);
      this.ends = enlarged(this.ends, size);
      this.entries = enlarged(this.entries, size);
    }
    return first;
  }
}

function enlarged(array: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}

// MinHash (Broder 1997, https://doi.org/10.1109/SEQUEN.1997.666900): of all runs of words of a text the least by each
// of many hashes. Two texts agree in a place with the probability that a run of either is a run of both. Eight bits of
// each are kept (Li and König 2010, https://arxiv.org/abs/0910.3349).
import { hash, hashString } from "../../base/index.js";

/** Places of a sketch, a byte each. */
export const sketchSize = 64;

/** Words, or characters of Japanese, that make a run. */
const runLength = 5;

/** A word of a script that parts them by spaces; of the others, a character. */
const unit =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])[\p{L}\p{M}\p{N}])+/gu;

const factors = Int32Array.from({ length: sketchSize }, (_, i) => hash(0x66616374, i) | 1);
const summands = Int32Array.from({ length: sketchSize }, (_, i) => hash(0x73756d6d, i) | 0);

/**
 * The sketch of a text: of its runs of five words, of Japanese of five characters, without regard to case, width and
 * signs. A shorter text is one run; undefined for a text without words.
 */
export function sketchOf(text: string): Uint8Array | undefined {
  const units = Int32Array.from(text.normalize("NFKC").toLowerCase().match(unit) ?? [], (word) =>
    hashString(word, 0),
  );
  if (units.length === 0) return undefined;
  const least = new Uint32Array(sketchSize).fill(0xffffffff);
  const length = Math.min(runLength, units.length);
  for (let start = 0; start + length <= units.length; start++) {
    let run = 0;
    for (let k = 0; k < length; k++) run = hash(run, units[start + k]!);
    for (let i = 0; i < sketchSize; i++) {
      const value = (Math.imul(run, factors[i]!) + summands[i]!) >>> 0;
      if (value < least[i]!) least[i] = value;
    }
  }
  return Uint8Array.from(least, (value) => hash(value, 0) & 0xff);
}

/** How alike two texts are, from 0 to 1, by their sketches: estimated to within about 0.05. */
export function likeness(a: Uint8Array, b: Uint8Array): number {
  let equalCount = 0;
  for (let i = 0; i < sketchSize; i++) if (a[i] === b[i]) equalCount++;
  const byChance = 1 / 256;
  return Math.max(0, (equalCount / sketchSize - byChance) / (1 - byChance));
}

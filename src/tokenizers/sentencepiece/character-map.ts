import { FileError } from "../../base/index.js";
import { unitsOf } from "../unicode-classes.js";

/** The bits of a unit of the double array, as Darts-clone packs them (https://github.com/s-yata/darts-clone). */
const leafBit = 1 << 8;
const valueMask = 0x7fffffff;

/**
 * The rewriting rules of a normaliser as SentencePiece precompiles them: a double array over UTF-8 bytes,
 * whose values point into a list of replacements. Layout: size of the array in bytes (uint32, little-endian),
 * the array, the replacements, each ended by a zero byte.
 */
export class CharacterMap {
  readonly bytes: Uint8Array;
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  readonly #texts: Map<number, string> = new Map();
  /** For each unit of the basic plane the state behind it, -1 where no rule begins so, -2 where not yet known. */
  readonly #firstStates = new Int32Array(0x10000).fill(-2);
  #matchEnd = 0;

  /** `place` begins the error for a map that is cut off or points outside itself. */
  constructor(bytes: Uint8Array, place: string) {
    this.bytes = bytes;
    const refuse = (problem: string): FileError =>
      new FileError(place, `damaged precompiled_charsmap, ${problem}`, {
        hint: "The file was cut off or changed on its way; fetch it again.",
      });
    if (bytes.length < 4) throw refuse(`expected at least 4 bytes, got ${bytes.length}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = view.getUint32(0, true);
    if (size % 4 !== 0 || size < 1024 || size > bytes.length - 4) {
      throw refuse(`expected a trie of whole 1024-byte blocks within the ${bytes.length} bytes, got ${size}`);
    }
    this.#units = new Uint32Array(size / 4);
    for (let i = 0; i < this.#units.length; i++) this.#units[i] = view.getUint32(4 + i * 4, true);
    this.#replacements = bytes.subarray(4 + size);
    if (this.#replacements.at(-1) !== 0) throw refuse("expected replacements ended by a zero byte");
  }

  /** Where the rule ends that was found last. */
  get matchEnd(): number {
    return this.#matchEnd;
  }

  /** The replacement of the longest rule that stands in `text` at `from` and ends by `limit`, if there is one. */
  longest(text: string, from: number, limit: number): string | undefined {
    return this.#match(text, from, limit, false);
  }

  /** The replacement of the shortest such rule. */
  shortest(text: string, from: number, limit: number): string | undefined {
    return this.#match(text, from, limit, true);
  }

  /** Whether no rule begins with this UTF-16 unit; surrogates never say so. */
  isPlain(unit: number): boolean {
    let state = this.#firstStates[unit]!;
    if (state === -2) {
      state = (unit & 0xf800) === 0xd800 ? 0 : this.#stepCharacter(this.#offsetOf(0), unit);
      this.#firstStates[unit] = state;
    }
    return state === -1;
  }

  #match(text: string, from: number, limit: number, shortest: boolean): string | undefined {
    if (from >= limit || this.isPlain(text.charCodeAt(from))) return undefined;
    let state = this.#offsetOf(0);
    let found = -1;
    for (let i = from; i < limit; ) {
      const codePoint = text.codePointAt(i)!;
      state = this.#stepCharacter(state, codePoint);
      if (state < 0) break;
      i += unitsOf(codePoint);
      const value = this.#valueAt(state);
      if (value < 0) continue;
      found = value;
      this.#matchEnd = i;
      if (shortest) break;
    }
    return found < 0 ? undefined : this.#replacement(found);
  }

  // A state is the unit's index xor its offset: a child stands at `state ^ byte`. Bit 31 of the result marks
  // a leaf: the value of the rule that ends here stands at `state` itself.

  /** The state behind one more character, or -1. Half a surrogate pair counts as U+FFFD, as in UTF-8. */
  #stepCharacter(state: number, codePoint: number): number {
    if (codePoint < 0x80) return this.#stepByte(state, codePoint);
    if (codePoint < 0x800) {
      return this.#stepByte(this.#stepByte(state, 0xc0 | (codePoint >> 6)), 0x80 | (codePoint & 0x3f));
    }
    if (codePoint < 0x10000) {
      const scalar = (codePoint & 0xf800) === 0xd800 ? 0xfffd : codePoint;
      const lead = this.#stepByte(state, 0xe0 | (scalar >> 12));
      return this.#stepByte(this.#stepByte(lead, 0x80 | ((scalar >> 6) & 0x3f)), 0x80 | (scalar & 0x3f));
    }
    const lead = this.#stepByte(state, 0xf0 | (codePoint >> 18));
    const second = this.#stepByte(lead, 0x80 | ((codePoint >> 12) & 0x3f));
    return this.#stepByte(
      this.#stepByte(second, 0x80 | ((codePoint >> 6) & 0x3f)),
      0x80 | (codePoint & 0x3f),
    );
  }

  #stepByte(state: number, byte: number): number {
    if (state < 0) return -1;
    const index = (state & ~hasValue) ^ byte;
    if (index >= this.#units.length) return -1;
    const unit = this.#units[index]!;
    // The label of an inner unit is its low byte; a leaf's value has bit 31 set and never matches.
    if ((unit & 0x800000ff) >>> 0 !== byte) return -1;
    return (index ^ offset(unit)) | (unit & leafBit ? hasValue : 0);
  }

  #offsetOf(index: number): number {
    return index ^ offset(this.#units[index]!);
  }

  #valueAt(state: number): number {
    if ((state & hasValue) === 0) return -1;
    return this.#units[state & ~hasValue]! & valueMask;
  }

  #replacement(at: number): string {
    let text = this.#texts.get(at);
    if (text === undefined) {
      const end = this.#replacements.indexOf(0, at);
      text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
        this.#replacements.subarray(at, Math.max(at, end)),
      );
      this.#texts.set(at, text);
    }
    return text;
  }
}

/** Marks a state at which a rule ends. States stay far below: a map has at most some 2^22 units. */
const hasValue = 1 << 30;

function offset(unit: number): number {
  return ((unit >>> 10) << ((unit & (1 << 9)) >>> 6)) & ~hasValue;
}

import { category, whiteSpace } from "../regex/properties.js";
import { unitsOf } from "../unicode-classes.js";

const other = 0;
const letter = 1;
const number = 2;
const space = 3;

let classes: Uint8Array | undefined;

/**
 * The words of GPT-2 in `text` from `start` to `end`, written behind `out`: the start and end of each. They
 * cover all of it. This is its regular expression, by hand:
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
 */
export function cutGpt2Words(text: string, start: number, end: number, out: number[]): void {
  classes ??= wordClasses();
  for (let at = start; at < end; ) {
    const from = at;
    const unit = text.charCodeAt(at);
    at = unit === 0x27 ? contractionEnd(text, at, end) : at;
    if (at === from) {
      let kind = classOf(text, at, end);
      if (unit === 0x20 && at + 1 < end) {
        const behind = classOf(text, at + 1, end);
        if (behind !== space) {
          kind = behind;
          at++;
        }
      }
      at = runEnd(text, at, end, kind);
      // the last of several white spaces goes to the word behind it
      if (kind === space && at < end && at - from > 1) at--;
    }
    out.push(from, at);
  }
}

function runEnd(text: string, start: number, end: number, kind: number): number {
  const table = classes!;
  let at = start;
  while (at < end) {
    const unit = text.charCodeAt(at);
    if ((unit & 0xfc00) !== 0xd800) {
      if (table[unit] !== kind) break;
      at++;
    } else {
      if (classOf(text, at, end) !== kind) break;
      at += at + 1 < end ? unitsOf(text.codePointAt(at)!) : 1;
    }
  }
  return at;
}

function classOf(text: string, at: number, end: number): number {
  const unit = text.charCodeAt(at);
  return classes![(unit & 0xfc00) === 0xd800 && at + 1 < end ? text.codePointAt(at)! : unit]!;
}

/** Where one of `'s 't 'm 'd 're 've 'll` ends, or `at` where there is none. */
function contractionEnd(text: string, at: number, end: number): number {
  const first = at + 1 < end ? text[at + 1] : "";
  if (first === "s" || first === "t" || first === "m" || first === "d") return at + 2;
  const second = at + 2 < end ? text[at + 2] : "";
  if ((first === "r" && second === "e") || (first === "v" && second === "e")) return at + 3;
  return first === "l" && second === "l" ? at + 3 : at;
}

function wordClasses(): Uint8Array {
  const table = new Uint8Array(0x110000).fill(other);
  for (const [set, kind] of [
    [category("L"), letter],
    [category("N"), number],
    [whiteSpace, space],
  ] as const) {
    for (let k = 0; k < set.length; k += 2) table.fill(kind, set[k]!, set[k + 1]! + 1);
  }
  return table;
}

import {
  type CodePointSet,
  complement,
  intersection,
  setOf,
  union,
  withBothCases,
} from "./code-point-set.js";
import { escapedSet } from "./parse-escape.js";
import type { PatternReader } from "./pattern-reader.js";
import { posixSet } from "./properties.js";

/** A deeper nesting than any tokenizer has. */
const depthLimit = 20;

/** The set of a `[...]`, read from behind its opening bracket. */
export function parseBracket(reader: PatternReader, ignoreCase: boolean, depth: number): CodePointSet {
  if (depth > depthLimit) throw reader.error(`brackets nested more than ${depthLimit} deep`);
  const negative = reader.take("^");
  if (reader.sees("]")) throw reader.error("an empty bracket");
  let parts: CodePointSet[] = [];
  let joined: CodePointSet | undefined;
  while (!reader.take("]")) {
    if (reader.take("&&")) {
      joined = joined === undefined ? union(parts) : intersection(joined, union(parts));
      parts = [];
    } else parts.push(parseItem(reader, ignoreCase, depth));
  }
  let set = union(parts);
  if (joined !== undefined) set = intersection(joined, set);
  if (ignoreCase) set = withBothCases(set);
  return negative ? complement(set) : set;
}

/** A character, a range of them, or a set. */
function parseItem(reader: PatternReader, ignoreCase: boolean, depth: number): CodePointSet {
  const posix = reader.takeMatch(/^\[:(\^?)(\w+):\]/);
  if (posix !== undefined) {
    const set = posixSet(posix[2]!);
    if (set === undefined) throw reader.error(`the bracket ${posix[0]}`);
    return posix[1] === "^" ? complement(set) : set;
  }
  if (reader.take("[")) return parseBracket(reader, ignoreCase, depth + 1);
  const first = parseCharacter(reader);
  const isOne = first.length === 2 && first[0] === first[1];
  if (!isOne || !reader.sees("-") || reader.sees("-]")) return first;
  reader.take("-");
  if (reader.sees("[") || reader.sees("&&")) throw reader.error('a "-" before no character');
  const last = parseCharacter(reader);
  if (last.length !== 2 || last[0] !== last[1]) throw reader.error("a range that ends in a set");
  if (last[0]! < first[0]!) throw reader.error("a range that ends before it begins");
  return setOf([first[0]!, last[0]!]);
}

function parseCharacter(reader: PatternReader): CodePointSet {
  if (reader.take("\\")) {
    if (reader.take("b")) return [0x08, 0x08];
    return escapedSet(reader);
  }
  const codePoint = reader.next().codePointAt(0)!;
  return [codePoint, codePoint];
}

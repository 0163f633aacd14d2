import { type CodePointSet, complement, everything, setOf, withBothCases } from "./code-point-set.js";
import { parseBracket } from "./parse-bracket.js";
import { escapedSet } from "./parse-escape.js";
import { PatternReader } from "./pattern-reader.js";
import type { Node, Place } from "./syntax.js";

/** What `(?imx)` switches. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
}

/** More repeats than any tokenizer asks for; each takes room in the program. */
const repeatLimit = 1000;
/** Longer than any published pattern by far. */
const patternLimit = 10_000;
/** A deeper nesting than any tokenizer has. */
const depthLimit = 100;

/**
 * Parse a regular expression in the syntax of Oniguruma for Ruby, as tokenizer.json has them. What cannot be
 * matched in linear time (backreferences) or is not known is refused. `place` begins the error.
 */
export function parseRegex(pattern: string, place: string): Node {
  const reader = new PatternReader(pattern, place);
  if (pattern.length > patternLimit) throw reader.error(`more than ${patternLimit} characters`);
  const node = parseChoice(reader, { ignoreCase: false, dotAll: false, extended: false }, 0);
  if (!reader.atEnd) throw reader.error('a ")" without its "("');
  return node;
}

function parseChoice(reader: PatternReader, flags: Flags, depth: number): Node {
  if (depth > depthLimit) throw reader.error(`groups nested more than ${depthLimit} deep`);
  const branches = [parseSequence(reader, flags, depth)];
  while (reader.take("|")) branches.push(parseSequence(reader, flags, depth));
  return branches.length === 1 ? branches[0]! : { kind: "choice", branches };
}

function parseSequence(reader: PatternReader, flags: Flags, depth: number): Node {
  const parts: Node[] = [];
  while (!reader.atEnd && !reader.sees("|") && !reader.sees(")")) {
    if (flags.extended && skipped(reader)) continue;
    const part = parseAtom(reader, flags, depth);
    if (part !== undefined) parts.push(parseRepeats(reader, part));
  }
  return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
}

/** Under `(?x)` white space and comments mean nothing. */
function skipped(reader: PatternReader): boolean {
  if (reader.take("#")) {
    while (!reader.atEnd && reader.next() !== "\n");
    return true;
  }
  return [" ", "\t", "\n", "\r", "\f", "\v"].some((blank) => reader.take(blank));
}

function parseAtom(reader: PatternReader, flags: Flags, depth: number): Node | undefined {
  const character = reader.next();
  switch (character) {
    case "(":
      return parseGroup(reader, flags, depth);
    case "[":
      return setNode(parseBracket(reader, flags.ignoreCase, 0), flags);
    case ".":
      return { kind: "set", set: flags.dotAll ? everything : complement([0x0a, 0x0a]) };
    case "^":
      return { kind: "place", place: "line-start" };
    case "$":
      return { kind: "place", place: "line-end" };
    case "\\":
      return parseEscape(reader, flags);
    case "*":
    case "+":
    case "?":
      throw reader.error(`a "${character}" with nothing to repeat`);
    default: {
      const codePoint = character.codePointAt(0)!;
      if (flags.ignoreCase && foldsToOther.test(character + reader.peek())) {
        throw reader.error(
          `${JSON.stringify(character + reader.peek())} in any case, another number of letters`,
        );
      }
      return setNode([codePoint, codePoint], flags);
    }
  }
}

function setNode(set: CodePointSet, flags: Flags): Node {
  return { kind: "set", set: flags.ignoreCase ? withBothCases(set) : set };
}

/**
 * Letters that are one in some spelling and several in another (`ss` and `ß`). Oniguruma matches them in both;
 * here a character stands for one character.
 */
const foldsToOther =
  /^(ss|s[st]|ſ[sſt]|f[fil]|[\u00df\u0130\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9e\u1f50-\u1fff\ufb00-\ufb17])/iu;

const places: Readonly<Record<string, Place>> = {
  A: "text-start",
  z: "text-end",
  Z: "last-line-end",
  b: "word-boundary",
  B: "no-word-boundary",
};

function parseEscape(reader: PatternReader, flags: Flags): Node {
  const letter = reader.peek();
  if (Object.hasOwn(places, letter)) {
    reader.next();
    return { kind: "place", place: places[letter]! };
  }
  if (reader.take("R")) return lineBreak;
  return setNode(escapedSet(reader), flags);
}

/** `\R`: a line break of any kind. */
const lineBreak: Node = {
  kind: "atomic",
  body: {
    kind: "choice",
    branches: [
      {
        kind: "sequence",
        parts: [
          { kind: "set", set: [0x0d, 0x0d] },
          { kind: "set", set: [0x0a, 0x0a] },
        ],
      },
      { kind: "set", set: setOf([0x0a, 0x0d, 0x85, 0x85, 0x2028, 0x2029]) },
    ],
  },
};

function parseGroup(reader: PatternReader, flags: Flags, depth: number): Node | undefined {
  const close = (body: Node): Node => {
    if (!reader.take(")")) throw reader.error('a "(" without its ")"');
    return body;
  };
  const inside = (): Node => close(parseChoice(reader, flags, depth + 1));
  if (!reader.take("?")) return inside(); // a capturing group: nobody asks for what it captured
  if (reader.take("#")) {
    while (reader.next() !== ")");
    return undefined;
  }
  if (reader.take(":")) return inside();
  if (reader.take(">")) return { kind: "atomic", body: inside() };
  for (const [mark, ahead, negative] of looks) {
    if (reader.take(mark)) return { kind: "look", body: inside(), ahead, negative };
  }
  if (reader.take("<")) {
    while (reader.next() !== ">");
    return inside();
  }
  const changed = parseFlags(reader, flags);
  // `(?i)` holds to the end of the group it stands in, its other branches included
  if (reader.take(")")) return parseChoice(reader, changed, depth + 1);
  if (!reader.take(":")) throw reader.error(`the group "(?${reader.peek()}"`);
  return close(parseChoice(reader, changed, depth + 1));
}

const looks = [
  ["=", true, false],
  ["!", true, true],
  ["<=", false, false],
  ["<!", false, true],
] as const;

function parseFlags(reader: PatternReader, flags: Flags): Flags {
  let { ignoreCase, dotAll, extended } = flags;
  let on = true;
  for (;;) {
    if (reader.take("-")) on = false;
    else if (reader.take("i")) ignoreCase = on;
    else if (reader.take("m")) dotAll = on;
    else if (reader.take("x")) extended = on;
    else return { ignoreCase, dotAll, extended };
  }
}

/** The quantifiers behind an atom; several may follow one another, as in `a{1,3}+`. */
function parseRepeats(reader: PatternReader, atom: Node): Node {
  let node = atom;
  for (;;) {
    const repeat = (least: number, most: number): Node => {
      if (node.kind === "look" || node.kind === "place") throw reader.error("a place that is repeated");
      const greedy = { kind: "repeat", body: node, least, most, greedy: true } as const;
      if (reader.take("?")) return { ...greedy, greedy: false };
      return reader.take("+") ? { kind: "atomic", body: greedy } : greedy;
    };
    if (reader.take("*")) node = repeat(0, Number.POSITIVE_INFINITY);
    else if (reader.take("+")) node = repeat(1, Number.POSITIVE_INFINITY);
    else if (reader.take("?")) node = repeat(0, 1);
    else {
      const interval = reader.takeMatch(/^\{(\d*)(,?)(\d*)\}/);
      if (interval === undefined) return node;
      const [, low = "", comma = "", high = ""] = interval;
      if (low === "" && high === "") throw reader.error("an empty interval");
      const least = Number(low);
      const most = comma === "" ? least : high === "" ? Number.POSITIVE_INFINITY : Number(high);
      if (least > repeatLimit || (Number.isFinite(most) && most > repeatLimit) || least > most) {
        throw reader.error(`the interval ${interval[0]}; expected at most ${repeatLimit}, the lesser first`);
      }
      const greedy = { kind: "repeat", body: node, least, most, greedy: true } as const;
      // Ruby knows no possessive interval, and takes the `?` of `a{3}?` for a quantifier of its own
      node = comma !== "" && reader.take("?") ? { ...greedy, greedy: false } : greedy;
    }
  }
}

// Where in a JSON text something stands. JSON.parse tells it in some versions of its engine and for some errors only.

const blank = /[ \t\r\n]*/y;
const colon = /[ \t\r\n]*:/y;
const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const quoted = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** The line (from 1) of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

/** The offset of the first place where a text stops being JSON; its length where only an end is missing. */
export function jsonErrorOffset(text: string): number {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const list = (close: string, item: () => boolean): boolean => {
    at++;
    take(blank);
    for (let first = true; ; first = false) {
      if (first && text[at] === close) break;
      if (!item()) return false;
      take(blank);
      if (text[at] === close) break;
      if (text[at] !== ",") return false;
      at++;
    }
    at++;
    return true;
  };
  const value = (): boolean => {
    take(blank);
    if (text[at] === "[") return list("]", value);
    if (text[at] === "{") return list("}", pair);
    return take(quoted) || take(literal);
  };
  const pair = (): boolean => {
    take(blank);
    return take(quoted) && take(colon) && value();
  };
  if (value()) take(blank);
  return at;
}

/**
 * The offsets of the objects in an array: of the array that the text is, or of the one behind a key of the
 * object that it is. The text must be JSON.
 */
export function objectOffsets(text: string, key?: string): number[] {
  const offsets: number[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;
  const arrayDepth = key === undefined ? 1 : 2;
  let depth = 0;
  let inside = key === undefined;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const sign = match[0];
    if (sign === "]" || sign === "}") depth--;
    else if (sign === "[" || sign === "{") {
      if (sign === "{" && inside && depth === arrayDepth) offsets.push(match.index);
      depth++;
    } else if (depth === 1 && key !== undefined) {
      colon.lastIndex = token.lastIndex;
      if (colon.test(text)) inside = JSON.parse(sign) === key;
    }
  }
  return offsets;
}

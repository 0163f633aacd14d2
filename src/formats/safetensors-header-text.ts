import { FileError } from "../base/index.js";

const wholeNumber = /^(0|[1-9][0-9]*)$/;

/**
 * Check what JSON.parse does not tell: that no object names a key twice (it would keep the last and a careless
 * reader the first, so that two programs see two files), and that every number is written as a plain integer.
 * `text` must be valid JSON.
 */
export function checkHeaderText(text: string, place: string): void {
  const openKeys: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an array
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') {
      const end = stringEnd(text, i);
      if (expectsKey) addKey(openKeys.at(-1)!, JSON.parse(text.slice(i, end)) as string, place);
      expectsKey = false;
      i = end - 1;
    } else if (character === "{" || character === "[") {
      openKeys.push(character === "{" ? new Set() : undefined);
      expectsKey = character === "{";
    } else if (character === "}" || character === "]") {
      openKeys.pop();
      expectsKey = false;
    } else if (character === ",") {
      expectsKey = openKeys.at(-1) !== undefined;
    } else if (character === "-" || (character >= "0" && character <= "9")) {
      const end = numberEnd(text, i);
      const written = text.slice(i, end);
      if (!wholeNumber.test(written))
        throw new FileError(place, `expected integers from 0 on, got ${written}`);
      i = end - 1;
    }
  }
}

function addKey(keys: Set<string>, key: string, place: string): void {
  if (keys.has(key)) throw new FileError(place, `the name ${JSON.stringify(key)} is there twice`);
  keys.add(key);
}

function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i + 1;
}

function numberEnd(text: string, start: number): number {
  let i = start;
  while (i < text.length && "+-.eE0123456789".includes(text[i]!)) i++;
  return i;
}

import { DataError } from "../base/index.js";

/**
 * A function that turns a count of Unicode code points, as Python and the published data sets count, into an index
 * of a JavaScript string: in `😀x` code point 1 is at index 2. A count beyond the text is an error.
 */
export function codePointIndex(text: string, place: string): (count: number) => number {
  // most texts have no surrogate pair, and then nothing is to be done
  const pairs: number[] = []; // code point counts that stand before a character of two units
  let count = 0;
  for (const character of text) {
    if (character.length === 2) pairs.push(count);
    count++;
  }
  return (wanted) => {
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > count) {
      throw new DataError(`${place}: expected a place within the text's ${count} characters, got ${wanted}`, {
        hint: "places count characters (Unicode code points) from 0",
      });
    }
    let before = 0;
    while (before < pairs.length && pairs[before]! < wanted) before++;
    return wanted + before;
  };
}

import { FileError, type Json } from "../../base/index.js";
import { wrongField } from "../step-fields.js";

/** Two tokens that are merged into one. */
export type Merge = readonly [left: string, right: string];

/** The merges of a tokenizer.json: pairs `["t", "h"]`, or strings `t h` as older versions write them. */
export function readMerges(list: Json | undefined, place: string): Merge[] {
  if (!Array.isArray(list)) throw wrongField(place, "merges", "a list of pairs", list);
  return list.map((value: Json, i) => {
    if (typeof value === "string") return splitMerge(value, `${place}, merges[${i}]`);
    if (Array.isArray(value) && value.length === 2) {
      const [left, right] = value as readonly Json[];
      if (typeof left === "string" && typeof right === "string") return [left, right];
    }
    throw wrongField(place, `merges[${i}]`, 'a pair of tokens or a string "a b"', value);
  });
}

/** The merges of a merges.txt: two tokens a line, a space between them; lines `#version` are left out. */
export function readMergeLines(text: string, place: string): Merge[] {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const merges: Merge[] = [];
  lines.forEach((line, i) => {
    if (!line.startsWith("#version"))
      merges.push(splitMerge(line.replace(/\r$/, ""), `${place}, line ${i + 1}`));
  });
  return merges;
}

/** The merges as a merges.txt; undefined where a token holds white space, as the file then could not be read. */
export function mergeLines(merges: readonly Merge[]): string | undefined {
  if (merges.some((merge) => merge.some((token) => /[ \r\n]/.test(token)))) return undefined;
  return `#version: 0.2\n${merges.map((merge) => `${merge.join(" ")}\n`).join("")}`;
}

function splitMerge(text: string, place: string): Merge {
  const parts = text.split(" ");
  if (parts.length === 2 && parts[0] !== "" && parts[1] !== "") return parts as [string, string];
  throw new FileError(place, `expected two tokens with one space between them, got ${JSON.stringify(text)}`);
}

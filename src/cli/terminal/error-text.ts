import { TsugikiError } from "../../base/index.js";
import type { Colors } from "./colors.js";
import { visibleText } from "./text-width.js";

const indent = " ".repeat(7); // under the text after `error  `

/**
 * The lines that tell the user of an error: for one they can act on its message and hint, for a defect of the
 * program its stack and where to report it. What the message quotes of a file cannot steer the terminal.
 *
 *     error  areas.tsv, line 1,204: expected 2 columns (text, label), got 3
 *            the text holds a tab; quote it, or name the columns
 */
export function errorText(error: unknown, colors: Colors): string[] {
  const [first = "", ...rest] = messageLines(error);
  return [
    `${colors.red("error")}  ${first}`,
    ...rest.map((line) => indent + line),
    ...hintLines(error).map((line) => indent + colors.dim(line)),
  ];
}

function messageLines(error: unknown): string[] {
  if (error instanceof TsugikiError) return error.message.split("\n").map(visibleText);
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).split("\n");
}

function hintLines(error: unknown): string[] {
  if (error instanceof TsugikiError)
    return error.hint === undefined ? [] : error.hint.split("\n").map(visibleText);
  return ["This is a defect of Tsugiki, not of your input; please report it with the lines above."];
}

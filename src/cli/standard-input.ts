import { OptionError } from "../base/index.js";
import type { InputStream } from "./command.js";

/** The lines of standard input that are not empty. */
export async function readLines(input: InputStream): Promise<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of input)
      text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    text += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new OptionError("standard input: expected UTF-8 text, got other bytes", {
      hint: "convert it, for example with: iconv -t UTF-8",
      cause: error,
    });
  }
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
}

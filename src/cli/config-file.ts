import { readFile } from "node:fs/promises";
import { FileError } from "../base/index.js";
import type { GivenOption } from "../workflows/options.js";

/**
 * The options of a config file: YAML (and so JSON) with one key an option, as flags, TypeScript or Python's
 * scripts call them. Each comes with the line it stands on. Paths are relative to the current folder.
 *
 *     model: rootstocks/ja-small
 *     train_file: areas.jsonl
 *     learning-rate: 2e-5
 */
export async function readConfigFile(path: string): Promise<GivenOption[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new FileError(path, "expected a config file, found none that can be read", {
      hint: "check the path; it is relative to the current folder",
      cause: error,
    });
  });
  const { isMap, isScalar, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): string => `${path}, line ${lines.linePos(offset).line}`;
  const [wrong] = document.errors;
  if (wrong !== undefined)
    throw new FileError(lineOf(wrong.pos[0]), `expected YAML, got: ${wrong.message}`, { cause: wrong });
  if (document.contents === null) return [];
  if (!isMap(document.contents))
    throw new FileError(path, "expected one `option: value` a line, got something else", {
      hint: "for example: learning-rate: 2e-5",
    });
  return document.contents.items.map((pair) => {
    const name = isScalar(pair.key) ? String(pair.key.value) : "?";
    const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    return { name, value: plainValue(pair.value, path), place: `${lineOf(offset)}: ${name}` };
  });

  function plainValue(node: unknown, place: string): unknown {
    const value = (node as { toJS?: (document: unknown) => unknown } | null)?.toJS?.(document) ?? null;
    // YAML 1.2 numbers only: a date or binary would surprise nobody but us
    if (typeof value === "bigint") throw new FileError(place, `expected a smaller number than ${value}`);
    return value;
  }
}

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
  const lineOf = (offset: number): string => `${path}, line ${lines.linePos(offset).line}`;
  const attempt = <Result>(place: string, read: () => Result): Result => {
    try {
      return read();
    } catch (error) {
      // nested too deep, or aliases that would grow without end
      throw new FileError(place, `expected YAML, got: ${(error as Error).message}`, { cause: error });
    }
  };
  const document = attempt(path, () => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const [wrong] = document.errors;
  if (wrong !== undefined)
    throw new FileError(lineOf(wrong.pos[0]), `expected YAML, got: ${wrong.message}`, { cause: wrong });
  if (document.contents === null) return [];
  if (!isMap(document.contents))
    throw new FileError(path, "expected one `option: value` a line, got something else", {
      hint: "for example: learning-rate: 2e-5",
    });
  return document.contents.items.map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : "?";
    const place = `${lineOf((isScalar(key) ? key.range?.[0] : undefined) ?? 0)}: ${name}`;
    const node = value as { toJS?: (of: typeof document) => unknown } | null;
    return { name, value: attempt(place, () => node?.toJS?.(document) ?? null), place };
  });
}

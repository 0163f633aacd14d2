import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sharedPath } from "../shared.js";

/** The distinct lines of all files in the shared folders of text and of data, in the order of the files' names. */
export function corpusLines(): string[] {
  const found = new Set<string>();
  for (const folder of ["corpora", "data"].map(sharedPath)) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const bytes = readFileSync(file);
      const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      for (const line of text.split("\n")) found.add(line);
    }
  }
  return [...found];
}

/** `count` of the lines, evenly spread. */
export function sampleOf(lines: readonly string[], count: number): readonly string[] {
  if (lines.length <= count) return lines;
  return Array.from({ length: count }, (_, i) => lines[Math.floor((i * lines.length) / count)]!);
}

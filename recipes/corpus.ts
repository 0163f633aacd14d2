import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** The lines of gzipped text files under a folder, one file after the other. An empty line ends a work. */
export function* corpusLines(folder: string, files: readonly string[]): Generator<string> {
  for (const file of files) {
    yield* gunzipSync(readFileSync(join(folder, file)))
      .toString("utf8")
      .split("\n");
    yield "";
  }
}

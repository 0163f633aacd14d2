import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../base/index.js";

/** The files of a data folder, by what they are for. */
export interface SplitFiles {
  readonly train?: string;
  readonly validation?: string;
  readonly test?: string;
}

const stems: Record<keyof SplitFiles, RegExp> = {
  train: /^(?:.*[._-])?train(?:ing)?(?=[._-]|$)/i,
  validation: /^(?:.*[._-])?(?:dev|valid|validation|val)(?=[._-]|$)/i,
  test: /^(?:.*[._-])?test(?=[._-]|$)/i,
};

const dataEnding = /\.(?:bio|bmes|conll|csv|iob2?|json|jsonl|label|ndjson|parquet|tab|tsv|txt)(?:\.gz)?$/i;

/** The train, validation (dev, valid) and test files of a folder; more than one for a purpose is an error. */
export async function findSplitFiles(directory: string): Promise<SplitFiles> {
  const names = await readdir(directory).catch(() => {
    throw new FileError(directory, "expected a folder with data files, found none", {
      hint: "check the path; it is relative to the current folder",
    });
  });
  // without an ending too: the tutorial's files are called just `train`
  const data = names.filter((name) => dataEnding.test(name) || !name.includes(".")).sort();
  const found: { train?: string; validation?: string; test?: string } = {};
  for (const purpose of ["train", "validation", "test"] as const) {
    const fitting = data.filter((name) => stems[purpose].test(name));
    if (fitting.length > 1) {
      throw new FileError(directory, `expected one ${purpose} file, found ${fitting.join(", ")}`, {
        hint: `name it: --${purpose}-file ${join(directory, fitting[0]!)}`,
      });
    }
    if (fitting[0] !== undefined) found[purpose] = join(directory, fitting[0]);
  }
  if (found.train === undefined && found.validation === undefined && found.test === undefined) {
    throw new FileError(
      directory,
      `expected train, dev or test files, found ${data.join(", ") || "no data file"}`,
      {
        hint: "call them train.*, dev.* and test.*, or name them: --train-file, --validation-file",
      },
    );
  }
  return found;
}

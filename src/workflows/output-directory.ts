import { readdir } from "node:fs/promises";
import { OptionError } from "../base/index.js";
import type { FilledFineTuneOptions } from "./options.js";

/** A run belongs in a folder of its own; `kept` are names that may be there before it. */
export async function checkOutput(
  {
    outputDirectory,
    overwrite,
    resume,
  }: Pick<FilledFineTuneOptions, "outputDirectory" | "overwrite" | "resume">,
  kept: readonly string[] = [],
): Promise<void> {
  if (overwrite || resume !== false) return;
  const names = (await readdir(outputDirectory).catch(() => [])).filter((name) => !kept.includes(name));
  if (names.length === 0) return;
  throw new OptionError(
    `--output-dir ${outputDirectory}: expected a new or empty folder, got one that holds ${names.slice(0, 3).join(", ")}`,
    {
      hint: "name another folder, go on with the run in it by --resume, or say --overwrite",
    },
  );
}

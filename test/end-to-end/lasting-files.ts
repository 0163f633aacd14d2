import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";

const lastingNames =
  /^(.*\.safetensors|tokenizer\.json|vocab\.txt|config\.json|metrics\.jsonl|distillation\.json)$/;
const passingFolders = /^(corpus|checkpoint-\d+)$/;

/**
 * What a run leaves that must not depend on whether it was stopped on its way: weights, those in folders beside the
 * model too, tokenizer, configuration and learning curve; a digest of each file.
 */
export async function lastingFiles(directory: string): Promise<Record<string, string>> {
  const files = (await readdir(directory, { recursive: true })).sort().filter((path) => {
    const parts = path.split(sep);
    return lastingNames.test(parts.at(-1)!) && !passingFolders.test(parts[0]!);
  });
  const digests = files.map(async (file): Promise<[string, string]> => {
    const bytes = await readFile(join(directory, file));
    return [file, createHash("sha256").update(bytes).digest("hex")];
  });
  return Object.fromEntries(await Promise.all(digests));
}

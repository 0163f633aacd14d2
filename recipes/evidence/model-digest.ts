import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A model by name and by what its weights are, so that runs of a model that was made anew are not mixed with others. */
export async function modelDigest(directory: string): Promise<string> {
  const bytes = await readFile(join(directory, "model.safetensors"));
  return `${directory} ${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
}

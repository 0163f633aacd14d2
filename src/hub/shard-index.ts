import { describeJson, FileError, isJsonObject, parseJsonObject } from "../base/index.js";
import { relativePathProblem } from "./relative-path.js";

// Weights too large for one file stand in several ("shards"), and model.safetensors.index.json says which
// tensor is in which: {"metadata": {"total_size": bytes}, "weight_map": {"tensor": "model-00001-of-00002.safetensors"}}

/** The file for each tensor, from the text of an index. Every file must lie beside the index. */
export function parseShardIndex(text: string, path: string): Map<string, string> {
  const weightMap = parseJsonObject(text, path)["weight_map"];
  if (!isJsonObject(weightMap)) {
    throw new FileError(path, `expected weight_map to be an object, got ${describeJson(weightMap)}`);
  }
  const files = new Map<string, string>();
  for (const [name, file] of Object.entries(weightMap)) {
    const place = `${path}, weight_map ${JSON.stringify(name.slice(0, 100))}`;
    if (typeof file !== "string")
      throw new FileError(place, `expected a file name, got ${describeJson(file)}`);
    const problem = relativePathProblem(file) ?? (file.includes("/") ? "lies in another folder" : undefined);
    const shown = JSON.stringify(file.slice(0, 100));
    if (problem !== undefined) {
      throw new FileError(place, `the file name ${shown} ${problem}`, {
        hint: "every shard must lie beside its index; do not use this model unless you know where it comes from",
      });
    }
    if (!file.endsWith(".safetensors"))
      throw new FileError(place, `expected a .safetensors file, got ${shown}`);
    files.set(name, file);
  }
  if (files.size === 0) throw new FileError(path, "expected weight_map to name tensors, got none");
  return files;
}

/** The text of an index, as Python writes it. */
export function formatShardIndex(
  files: ReadonlyMap<string, string>,
  totals: { readonly elementCount: number; readonly byteCount: number },
): string {
  const names = [...files.keys()].sort((a, b) => (a < b ? -1 : 1));
  const lines = names.map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(files.get(name))}`);
  return `{
  "metadata": {
    "total_parameters": ${totals.elementCount},
    "total_size": ${totals.byteCount}
  },
  "weight_map": {
${lines.join(",\n")}
  }
}
`;
}

import { FileError, isJsonObject, type JsonObject, nearest, OptionError } from "../base/index.js";
import type { TaskSettings } from "./task.js";

/** Labels in the order of their ids: numbers by size, all else by code point. */
export function sortLabels(labels: Iterable<string>): string[] {
  const unique = [...new Set(labels)];
  const numeric = unique.every((label) => label.trim() !== "" && Number.isFinite(Number(label)));
  return unique.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `id2label` and `label2id` of config.json. */
export function labelFields(labels: readonly string[]): JsonObject {
  return {
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** The labels that config.json lists; undefined where it lists none. */
export function labelsOfConfig(config: JsonObject, place: string): string[] | undefined {
  const table = config["id2label"];
  if (table === undefined) return undefined;
  if (!isJsonObject(table)) throw new FileError(place, "id2label: expected an object from ids to labels");
  const labels: string[] = [];
  for (const [id, label] of Object.entries(table)) {
    if (!/^\d{1,6}$/.test(id) || typeof label !== "string")
      throw new FileError(
        place,
        `id2label: expected labels by id, got ${JSON.stringify(id)}: ${JSON.stringify(label)}`,
      );
    labels[Number(id)] = label;
  }
  if (labels.length !== Object.keys(table).length)
    throw new FileError(place, `id2label: expected ids 0 to ${Object.keys(table).length - 1} without gaps`);
  return labels;
}

/** How much each class counts in the loss, from how often it occurs: `balanced` is total / (classes * count). */
export function classWeights(
  setting: TaskSettings["classWeights"],
  labels: readonly string[],
  counts: readonly number[],
): Float64Array {
  if (setting === undefined || setting === "none") return new Float64Array(labels.length).fill(1);
  if (setting === "balanced") {
    const total = counts.reduce((a, b) => a + b, 0);
    return Float64Array.from(counts, (count) => (count === 0 ? 0 : total / (labels.length * count)));
  }
  for (const label of Object.keys(setting))
    if (!labels.includes(label)) {
      const near = nearest(label, labels);
      throw new OptionError(
        `class weights: expected labels of the data (${labels.join(", ")}), got ${label}`,
        {
          ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
        },
      );
    }
  return Float64Array.from(labels, (label) => setting[label] ?? 1);
}

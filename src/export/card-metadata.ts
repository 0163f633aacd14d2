import { stringify } from "yaml";
import { hubMetricName, metricTitle } from "./metric-names.js";
import type { CardTask, ModelCardFacts } from "./model-card-facts.js";

/** The YAML block at the head of a model card, which the Hub reads, with its two fences. */
export function cardMetadata(facts: ModelCardFacts): string {
  const metricNames = Object.keys(facts.metrics ?? {});
  const datasets = [facts.train?.hubId, facts.evaluation?.hubId].filter((id) => id !== undefined);
  const metadata = {
    library_name: "tsugiki",
    // The Hub looks the base model up: a path on somebody's disk would be an error there.
    base_model: facts.baseModel?.onHub ? facts.baseModel.name : undefined,
    language: nonEmpty(facts.languages),
    license: facts.license,
    datasets: nonEmpty([...new Set(datasets)]),
    metrics: nonEmpty([...new Set(metricNames.map(hubMetricName))]),
    tags: ["tsugiki", "transformers", ...(facts.tags ?? [])],
    pipeline_tag: hubTask(facts.task),
    "model-index": results(facts),
  };
  // Python's YAML readers follow version 1.1, where `no` and `on` are booleans unless quoted.
  return `---\n${stringify(metadata, { schema: "yaml-1.1", lineWidth: 0 })}---\n`;
}

/** What the Hub calls a task. */
function hubTask(task: CardTask): string {
  const elsewhere: Partial<Record<CardTask, string>> = {
    "language-modelling": "text-generation",
    "masked-language-modelling": "fill-mask",
    summarisation: "summarization",
    dialogue: "text2text-generation",
    "pre-training": "feature-extraction",
  };
  return elsewhere[task] ?? task;
}

function results(facts: ModelCardFacts): unknown {
  const metrics = Object.entries(facts.metrics ?? {}).filter(([, value]) => Number.isFinite(value));
  const dataset = facts.evaluation;
  if (metrics.length === 0 || dataset === undefined) return undefined;
  const result = {
    task: { type: hubTask(facts.task), name: facts.task.replaceAll("-", " ") },
    dataset: { name: dataset.file, type: dataset.hubId ?? dataset.file },
    metrics: metrics.map(([name, value]) => ({
      type: hubMetricName(name),
      value: Number(value.toFixed(6)),
      name: metricTitle(name),
    })),
  };
  return [{ name: facts.name, results: [result] }];
}

function nonEmpty<T>(items: readonly T[] | undefined): readonly T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items;
}

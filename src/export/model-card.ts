import type { Json } from "../base/index.js";
import { cardMetadata } from "./card-metadata.js";
import { corporaText, corpusSection } from "./corpus-section.js";
import { type MarkdownColumn, markdownCode, markdownTable, markdownText } from "./markdown.js";
import { measuredLimits } from "./measured-limits.js";
import { metricTitle } from "./metric-names.js";
import type { DatasetFacts, EnvironmentFacts, ModelCardFacts, SeedFacts } from "./model-card-facts.js";
import {
  bytesText,
  countText,
  durationText,
  largeCountText,
  measureText,
  percentText,
  speedText,
} from "./number-text.js";
import { usageSection } from "./usage-snippets.js";

/**
 * The README.md of a fine-tuned model: what it is, how to use it, what it reached, on what data, where it
 * fails, and how to make it again. It states measured facts only; what was not measured is not mentioned.
 */
export function modelCard(facts: ModelCardFacts): string {
  const sections = [
    `# ${markdownText(facts.name)}`,
    introduction(facts),
    picture("Learning curve", facts.pictures?.trainingCurve),
    usageSection(facts),
    ...resultsSection(facts),
    ...limitsSection(facts),
    ...dataSection(facts),
    ...corpusSection(facts.corpora),
    ...trainingSection(facts),
  ];
  return `${cardMetadata(facts)}\n${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function introduction(facts: ModelCardFacts): string {
  const { architecture, baseModel, train, labels } = facts;
  const size =
    architecture === undefined
      ? "A model"
      : `A ${architecture.name} model (${architecture.layerCount} layers × ${architecture.hiddenSize}, ${largeCountText(architecture.parameterCount)} parameters)`;
  const from = facts.corpora === undefined ? "fine-tuned from" : "begun with weights of";
  const base = baseModel === undefined ? "" : `, ${from} ${baseModelText(baseModel)}`;
  const data = train === undefined ? corporaText(facts.corpora) : ` on ${datasetText(train)}`;
  const sentences = [`${size} for ${facts.task.replaceAll("-", " ")}${base}${data}, with Tsugiki.`];
  if (labels !== undefined && labels.length > 0) {
    const shown = labels.slice(0, 30).map(markdownText).join(", ");
    const rest = labels.length > 30 ? ` and ${labels.length - 30} more` : "";
    sentences.push(`It knows ${labels.length} ${labels.length === 1 ? "label" : "labels"}: ${shown}${rest}.`);
  }
  const metrics = Object.entries(facts.metrics ?? {}).map(
    ([name, value]) => `${metricTitle(name)} ${measureText(value)}`,
  );
  if (metrics.length > 0) {
    const heldOut = facts.corpora === undefined ? "" : " on held-out text";
    const where = facts.evaluation === undefined ? heldOut : ` on ${datasetText(facts.evaluation)}`;
    sentences.push(`Measured${where}: ${metrics.join(", ")}.`);
  }
  return sentences.join("\n");
}

function baseModelText(base: NonNullable<ModelCardFacts["baseModel"]>): string {
  const name = base.onHub
    ? `[${markdownText(base.name)}](https://huggingface.co/${base.name})`
    : markdownCode(base.name);
  return base.revision === undefined ? name : `${name} (revision ${markdownCode(base.revision)})`;
}

function datasetText(dataset: DatasetFacts): string {
  return `${markdownCode(dataset.file)} (${countText(dataset.rowCount)} ${dataset.rowCount === 1 ? "row" : "rows"})`;
}

function resultsSection(facts: ModelCardFacts): string[] {
  const blocks = [epochTable(facts), ...labelTable(facts), ...seedTable(facts.seeds)].filter(
    (block) => block !== "",
  );
  return blocks.length === 0 ? [] : ["## Results", ...blocks];
}

function epochTable(facts: ModelCardFacts): string {
  const epochs = facts.epochs ?? [];
  if (epochs.length === 0) return "";
  const names = [...new Set(epochs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const columns = ["epoch", "step", "training loss", "evaluation loss", ...names.map(metricTitle)];
  const rows = epochs.map(({ epoch, step, trainLoss, evaluationLoss, metrics }) => {
    const cells = [String(Number(epoch.toFixed(2))), countText(step)];
    for (const value of [trainLoss, evaluationLoss, ...names.map((name) => metrics[name])])
      cells.push(optional(value));
    return step === facts.best?.step ? cells.map((cell) => (cell === "" ? "" : `**${cell}**`)) : cells;
  });
  const best =
    facts.best === undefined
      ? ""
      : `The model with the best ${metricTitle(facts.best.metricName)} was kept.\n\n`;
  return best + markdownTable(columns.map(numeric), rows);
}

function labelTable(facts: ModelCardFacts): string[] {
  const labels = facts.byLabel ?? [];
  if (labels.length === 0) return [];
  const rows = labels.map(({ label, precision, recall, f1, support }) => [
    markdownText(label),
    ...[precision, recall, f1].map(measureText),
    countText(support),
  ]);
  const table = markdownTable(
    [{ name: "label" }, ...["precision", "recall", "F1", "support"].map(numeric)],
    rows,
  );
  return ["### By label", table, picture("Confusion matrix", facts.pictures?.confusionMatrix)];
}

function seedTable(seeds: SeedFacts | undefined): string[] {
  if (seeds === undefined) return [];
  const rows = Object.entries(seeds.metrics).map(([name, { mean, deviation, interval }]) => [
    metricTitle(name),
    measureText(mean),
    optional(deviation),
    interval === undefined ? "" : `${measureText(interval.low)} ... ${measureText(interval.high)}`,
  ]);
  const columns = [
    { name: "metric" },
    ...["mean", "standard deviation", "95 % interval of the mean"].map(numeric),
  ];
  return [
    "### Over seeds",
    `The same run with the seeds ${seeds.seeds.join(", ")}.`,
    markdownTable(columns, rows),
  ];
}

function limitsSection(facts: ModelCardFacts): string[] {
  const limits = measuredLimits(facts);
  return limits.length === 0
    ? []
    : ["## Limits, as measured", limits.map((limit) => `- ${limit}`).join("\n")];
}

function dataSection(facts: ModelCardFacts): string[] {
  const datasets = [facts.train, facts.evaluation].filter((dataset) => dataset !== undefined);
  if (datasets.length === 0) return [];
  const names = ["file", "rows", "median length", "95 %", "longest", "truncated", "unknown tokens"];
  const columns = names.map((name, i): MarkdownColumn => (i === 0 ? { name } : numeric(name)));
  const rows = datasets.map(({ file, rowCount, lengths }) => [
    markdownCode(file),
    countText(rowCount),
    ...(lengths === undefined
      ? ["", "", "", "", ""]
      : [
          ...[lengths.median, lengths.percentile95, lengths.longest].map(countText),
          `${countText(lengths.truncatedCount)} at ${countText(lengths.maxLength)}`,
          percentText(lengths.unknownRate),
        ]),
  ]);
  const heading = "## Data";
  const lengths = datasets.some((dataset) => dataset.lengths !== undefined)
    ? " Lengths are counted in tokens."
    : "";
  const overlap =
    facts.overlapCount === undefined
      ? ""
      : `Rows of the evaluation data that also occur in training: ${countText(facts.overlapCount)}.`;
  return [heading, markdownTable(columns, rows), `${overlap}${lengths}`.trim(), labelCounts(datasets)];
}

function labelCounts(datasets: readonly DatasetFacts[]): string {
  const counted = datasets.filter((dataset) => dataset.labelCounts !== undefined);
  const labels = [...new Set(counted.flatMap((dataset) => Object.keys(dataset.labelCounts!)))];
  if (labels.length === 0) return "";
  const columns = [{ name: "label" }, ...counted.map(({ file }) => numeric(markdownCode(file)))];
  const rows = labels.map((label) => [
    markdownText(label),
    ...counted.map((dataset) => {
      const counts = dataset.labelCounts!;
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const count = counts[label] ?? 0;
      return `${countText(count)} (${percentText(all === 0 ? 0 : count / all)})`;
    }),
  ]);
  return markdownTable(columns, rows);
}

function trainingSection(facts: ModelCardFacts): string[] {
  const options = Object.entries(facts.options ?? {}).filter(([, value]) => value !== undefined);
  const rows = options.map(([name, value]) => [markdownCode(name), optionText(value!)]);
  const table = rows.length === 0 ? "" : markdownTable([{ name: "option" }, { name: "value" }], rows);
  const environment = facts.environment === undefined ? "" : environmentList(facts.environment);
  return table === "" && environment === "" ? [] : ["## Training", table, environment];
}

function optionText(value: Json): string {
  return markdownCode(typeof value === "string" ? value : JSON.stringify(value));
}

function environmentList(environment: EnvironmentFacts): string {
  const { runtime, threadCount, seconds, tokensPerSecond, peakMemoryBytes } = environment;
  const threads =
    threadCount === undefined ? "" : `${threadCount} ${threadCount === 1 ? "thread" : "threads"}`;
  const facts: [string, string | undefined][] = [
    ["Trained on", environment.date],
    ["Machine", environment.machine],
    ["Runtime", [runtime, threads].filter(Boolean).join(", ") || undefined],
    ["Duration", seconds === undefined ? undefined : durationText(seconds)],
    ["Speed", tokensPerSecond === undefined ? undefined : speedText(tokensPerSecond, "tokens/s")],
    ["Peak memory", peakMemoryBytes === undefined ? undefined : bytesText(peakMemoryBytes)],
    ["Versions", versionsText(environment.versions)],
  ];
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `- ${name}: ${markdownText(value!)}`)
    .join("\n");
}

function versionsText(versions: Readonly<Record<string, string>>): string | undefined {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return listed.length === 0 ? undefined : listed.join(", ");
}

function picture(title: string, file: string | undefined): string {
  return file === undefined ? "" : `![${title}](${encodeURI(file)})`;
}

function optional(value: number | undefined): string {
  return value === undefined ? "" : measureText(value);
}

function numeric(name: string): MarkdownColumn {
  return { name, align: "right" };
}

import {
  DataError,
  describeJson,
  FileError,
  float32,
  int64,
  type JsonObject,
  OptionError,
  type Tensor,
} from "../base/index.js";
import { input } from "../engine/index.js";
import { likeliestTags, tagProbabilities } from "../nn/index.js";
import {
  chainNumbersOf,
  labelLoss,
  type TaggedPlaces,
  tagChainFeeds,
  tagChainLoss,
  tagChainOutputs,
} from "../objectives/index.js";
import { classRows, logitsOf } from "./class-problem.js";
import { spellEntities } from "./entity-tags.js";
import { classWeights, labelFields, labelsOfConfig, sortLabels } from "./labels.js";
import { evaluateTags } from "./tag-evaluation.js";
import { encodeTagged, type TagItem } from "./tag-items.js";
import { describeTags, type TagPrediction, tagPredictions } from "./tag-predictions.js";
import { schemeOf, type TagScheme, tagSchemes, withinScheme } from "./tag-transitions.js";
import type { TaggedExample } from "./tagged-example.js";
import type { DataNote, Problem, TaskSettings } from "./task.js";
import { joinWords } from "./text-words.js";

export type TagProblem = Problem<TaggedExample, TagItem, TagPrediction>;

/** Settle the tags from the training examples. */
export function learnTags(examples: readonly TaggedExample[], settings: TaskSettings): TagProblem {
  const counts = countTags(examples);
  const labels = sortLabels(counts.keys());
  if (labels.length < 2)
    throw new DataError(
      `expected at least two different tags in the training data, got ${labels.join(", ") || "none"}`,
      {
        hint: "name the columns that hold words and tags, or text and entities: --tags-column, --entities-column",
      },
    );
  const weights = classWeights(
    settings.classWeights,
    labels,
    labels.map((label) => counts.get(label)!),
  );
  if (settings.crf !== true) return tagProblem(labels, weights);
  if (settings.classWeights !== undefined && settings.classWeights !== "none")
    throw new OptionError("--class-weights: expected none beside --crf, whose loss is of whole texts");
  return chainedTags(labels, schemeOf(labels, tagsOf(examples)));
}

/** The tags that config.json lists. */
export function restoreTags(config: JsonObject, _settings: TaskSettings, place: string): TagProblem {
  const labels = labelsOfConfig(config, place);
  if (labels === undefined)
    throw new FileError(place, "id2label: expected the tags that the model knows, got nothing", {
      hint: "fine-tune the model for token-classification first",
    });
  const { crf: scheme } = config;
  if (scheme === undefined) return tagProblem(labels, new Float64Array(labels.length).fill(1));
  if (!tagSchemes.includes(scheme as TagScheme))
    throw new FileError(place, `crf: expected one of ${tagSchemes.join(", ")}, got ${describeJson(scheme)}`);
  return chainedTags(labels, scheme as TagScheme);
}

/** The same with tags that hang on each other, as far as the scheme lets one follow another. */
function chainedTags(labels: readonly string[], scheme: TagScheme): TagProblem {
  // a teacher's scores of single words say nothing of tags as a whole
  const { scored: _, ...plain } = tagProblem(labels, new Float64Array(labels.length).fill(1));
  return {
    ...plain,
    chainsTags: true,
    description: `${plain.description}, CRF${scheme === "any" ? "" : ` within ${scheme}`}`,
    configFields: () => ({ ...plain.configFields(), crf: scheme }),
    evaluated: tagChainOutputs,
    loss: tagChainLoss,
    targets: (items, length, totalWeight) =>
      tagChainFeeds(
        items.map((item) => taggedPlaces(item, labels)),
        length,
        totalWeight,
      ),
    readOutputs(items, outputs) {
      const chain = chainNumbersOf(outputs);
      return plain.readOutputs(items, outputs).map((own) => ({ ...own, ...chain }));
    },
    decide: (examples, items, outputs) =>
      tagPredictions(examples, items, outputs, labels, (scores, [first]) => {
        const { start, transitions, end } = first!;
        const learnt = { start: start!, transitions: transitions!, end: end! };
        const chain = withinScheme(learnt, labels, scheme);
        return {
          tags: likeliestTags(scores, labels.length, chain).tags,
          probabilities: tagProbabilities(scores, labels.length, chain),
        };
      }),
  };
}

function tagProblem(labels: readonly string[], weights: Float64Array): TagProblem {
  const ids = new Map(labels.map((label, id) => [label, id]));
  const spellsEntities = spellEntities(labels);
  /** The label of a word: undefined where none is known, or one that was not learnt. */
  const labelAt = ({ words, decided }: TagItem, i: number): number | undefined =>
    ids.get(words.tags?.[decided[i]!] ?? "");
  const weightAt = (item: TagItem, i: number): number => weights[labelAt(item, i) ?? -1] ?? 0;
  const types = new Set(labels.filter((label) => label !== "O").map((label) => label.slice(2)));
  return {
    head: "token-classification",
    labelCount: labels.length,
    labels,
    description: `token-classification, ${spellsEntities ? `${types.size} entity types` : `${labels.length} tags`}`,
    primaryMetric: { name: spellsEntities ? "f1" : "accuracy", greaterIsBetter: true },
    configFields: () => labelFields(labels),
    encode: encodeTagged,
    notes,
    loss: (outputs) =>
      labelLoss(
        logitsOf(outputs),
        input("labels", ["batch", "sequence"], "int64"),
        input("weights", ["batch", "sequence"]),
      ),
    weightOf: (items) =>
      items.reduce((total, item) => item.decided.reduce((sum, _, i) => sum + weightAt(item, i), total), 0),
    targets(items, length, totalWeight): ReadonlyMap<string, Tensor> {
      const shape = [items.length, length];
      const labelIds = new Int32Array(items.length * length);
      const shares = new Float32Array(items.length * length);
      items.forEach((item, row) => {
        item.positions.forEach((position, i) => {
          const weight = weightAt(item, i);
          if (weight === 0) return;
          labelIds[row * length + position] = labelAt(item, i)!;
          shares[row * length + position] = weight / totalWeight;
        });
      });
      return new Map<string, Tensor>([
        ["labels", int64(shape, labelIds)],
        ["weights", float32(shape, shares)],
      ]);
    },
    readOutputs(items, outputs) {
      const { data, shape } = outputs.get("logits")!; // [batch, sequence, labels]
      const [, length, labelCount] = shape as [number, number, number];
      return items.map(({ positions }, row) => {
        const logits = new Float32Array(positions.length * labelCount); // [decided words, labels]
        positions.forEach((position, i) => {
          const from = (row * length + position) * labelCount;
          logits.set((data as Float32Array).subarray(from, from + labelCount), i * labelCount);
        });
        return { logits };
      });
    },
    decide: (examples, items, outputs) => tagPredictions(examples, items, outputs, labels),
    evaluate: (examples, predictions) => {
      const { metrics, report, exampleCount } = evaluateTags(examples, predictions, spellsEntities);
      return { metrics, classes: classRows(report), exampleCount };
    },
    describePrediction: (example, prediction, items) =>
      describeTags(example, prediction, items, spellsEntities),
    scored: {
      // a word is known by where it begins
      placesOf: ({ words, decided, positions }) =>
        Array.from(decided, (word, i) => [words.starts[word]!, positions[i]!] as const),
      isPerToken: true,
    },
    labelOf: (example) => typesOf(example, spellsEntities),
    textOf: (example) => (example.kind === "text" ? example.text : joinWords(example.words)),
  };
}

/** The words of an item whose tag was learnt. */
function taggedPlaces({ words, decided, positions }: TagItem, labels: readonly string[]): TaggedPlaces {
  const tags = Array.from(decided, (word) => labels.indexOf(words.tags?.[word] ?? ""));
  return {
    places: positions.filter((_, i) => tags[i]! >= 0),
    tags: tags.filter((tag) => tag >= 0),
  };
}

/** The tags of each text; those of raw texts are made so that they keep to IOB2. */
function tagsOf(examples: readonly TaggedExample[]): (readonly string[])[] {
  return examples.flatMap((example) => (example.kind === "words" ? [example.tags ?? []] : []));
}

/** How often each tag occurs; in raw texts, whose words are not known yet, over characters. */
function countTags(examples: readonly TaggedExample[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (tag: string, times = 1): void => {
    counts.set(tag, (counts.get(tag) ?? 0) + times);
  };
  for (const example of examples) {
    if (example.kind === "words") {
      for (const tag of example.tags ?? []) count(tag);
    } else if (example.entities !== undefined) {
      const inside = example.entities.reduce((sum, { start, end }) => sum + end - start, 0);
      count("O", example.text.length - inside);
      for (const { type, start, end } of example.entities) {
        count(`B-${type}`);
        count(`I-${type}`, end - start - 1);
      }
    }
  }
  return counts;
}

/** The types of entities, or the tags, that occur in an example. */
function typesOf(example: TaggedExample, spellsEntities: boolean): string[] | undefined {
  if (example.kind === "text") {
    return example.entities === undefined
      ? undefined
      : [...new Set(example.entities.map(({ type }) => type))];
  }
  if (example.tags === undefined) return undefined;
  const tags = new Set(example.tags);
  if (!spellsEntities) return [...tags];
  tags.delete("O");
  return [...new Set([...tags].map((tag) => tag.slice(2)))];
}

function notes(_examples: readonly TaggedExample[], items: readonly TagItem[]): DataNote[] {
  let [undecided, inexact] = [0, 0];
  let last = -1;
  for (const { example, words, decided } of items) {
    undecided -= decided.length;
    if (example === last) continue;
    undecided += words.starts.length;
    inexact += words.inexactCount;
    last = example;
  }
  return [
    { count: undecided, what: "words that were cut off or have no token; their tag is taken to be O" },
    { count: inexact, what: "entities that begin or end inside a token; the whole of it is tagged" },
  ].filter(({ count }) => count > 0);
}

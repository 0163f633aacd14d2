// A student that learns a task learns the scores of a teacher that knows it beside the labels (Hinton et al. 2015,
// https://arxiv.org/abs/1503.02531). The teacher has read the rows before, by its own tokens: its scores are data.
import { float32, OptionError, type Tensor } from "../base/index.js";
import { add, input, multiply, type Value } from "../engine/index.js";
import { distillationLoss } from "../objectives/index.js";
import { logitsOf } from "./class-problem.js";
import type { AnyProblem, ItemOutput, ScoredUnits, TaskItem } from "./task.js";

/** What each loss counts, both being means, and how scores are softened. */
export interface TeachingSettings {
  /** Of the teacher's scores. */
  readonly softWeight: number;
  /** Of the labels. */
  readonly labelWeight: number;
  /** Scores are divided by it before they are compared. */
  readonly temperature: number;
}

/** An item with what the teacher gave for the texts or words that stand in it, in the order of their places. */
export interface TaughtItem extends TaskItem {
  /** Scores of the student's labels; undefined for a word that the teacher did not read. Of items that nothing is learnt
   *  from there are none. */
  readonly teacherScores?: readonly (Float32Array | undefined)[];
}

/** What a teacher gave for the units of each example, `[labels]` each, in the order of the student's labels. */
export type TeacherScores = readonly ReadonlyMap<number, Float32Array>[];

/** How units of a problem are scored; refuses a problem whose units do not get one class of several. */
export function scoredUnits({ scored, description }: AnyProblem): ScoredUnits<TaskItem> {
  if (scored !== undefined) return scored;
  throw new OptionError(
    `--teacher: expected a task that gives each text or word one class of several, got ${description}`,
    { hint: "text-classification and token-classification can be taught" },
  );
}

/**
 * The scores of a teacher by example and unit, from its outputs; of a text that was read in windows their mean. `labels`
 * are the student's, each of which the teacher must know.
 */
export function teacherScores(
  teacher: AnyProblem,
  exampleCount: number,
  items: readonly TaskItem[],
  outputs: readonly ItemOutput[],
  labels: readonly string[],
): TeacherScores {
  const { placesOf } = scoredUnits(teacher);
  const columns = labels.map((label) => teacher.labels.indexOf(label));
  const scores = Array.from({ length: exampleCount }, () => new Map<number, Float32Array>());
  const counts = Array.from({ length: exampleCount }, () => new Map<number, number>());
  items.forEach((item, i) => {
    const logits = outputs[i]!["logits"]!;
    for (const [at, [unit]] of placesOf(item).entries()) {
      const own = columns.map((column) => logits[at * teacher.labels.length + column]!);
      const [known, count] = [scores[item.example]!.get(unit), counts[item.example]!.get(unit) ?? 0];
      const mean = own.map((score, k) => ((known?.[k] ?? 0) * count + score) / (count + 1));
      scores[item.example]!.set(unit, Float32Array.from(mean));
      counts[item.example]!.set(unit, count + 1);
    }
  });
  return scores;
}

/** Items with the scores of a teacher. */
export function taughtItems<Item extends TaskItem>(
  items: readonly Item[],
  scores: TeacherScores,
  { placesOf }: ScoredUnits<Item>,
): (Item & TaughtItem)[] {
  return items.map((item) => ({
    ...item,
    teacherScores: placesOf(item).map(([unit]) => scores[item.example]!.get(unit)),
  }));
}

/** The same problem, learnt from a teacher's scores too. It is tried as before, by its labels alone. */
export function taught<Own extends AnyProblem>(
  problem: Own,
  { softWeight, labelWeight, temperature }: TeachingSettings,
): Own {
  const { placesOf, isPerToken } = scoredUnits(problem);
  if (softWeight === 0)
    throw new OptionError("--soft-weight: expected a teacher that counts, got 0", {
      hint: "leave --teacher out to learn from labels alone",
    });
  const countOf = (items: readonly TaughtItem[]): number =>
    items.reduce(
      (count, { teacherScores: scores = [] }) => count + scores.filter((own) => own !== undefined).length,
      0,
    );
  return {
    ...problem,
    loss(outputs, training) {
      if (!training) return problem.loss(outputs, false);
      const logits = logitsOf(outputs);
      const given = input("teacherScores", logits.shape);
      const weights = input("teacherWeights", logits.shape.slice(0, -1));
      const soft: Value = multiply(distillationLoss(logits, given, weights, temperature), softWeight);
      return labelWeight === 0 ? soft : add(multiply(problem.loss(outputs, true), labelWeight), soft);
    },
    furtherWeightsOf: (items: readonly TaughtItem[]) => [
      ...(problem.furtherWeightsOf?.(items) ?? []),
      countOf(items),
    ],
    targets(items: readonly TaughtItem[], length: number, total: number, further: readonly number[] = []) {
      const size = problem.labelCount;
      const shape = isPerToken ? [items.length, length] : [items.length];
      const unitCount = isPerToken ? length : 1;
      const scores = new Float32Array(items.length * unitCount * size);
      const weights = new Float32Array(items.length * unitCount);
      const share = 1 / Math.max(1, further.at(-1) ?? countOf(items));
      for (const [row, item] of items.entries())
        for (const [i, [, place]] of placesOf(item).entries()) {
          const own = item.teacherScores?.[i];
          if (own === undefined) continue;
          scores.set(own, (row * unitCount + place) * size);
          weights[row * unitCount + place] = share;
        }
      return new Map<string, Tensor>([
        ...problem.targets(items, length, total, further.slice(0, -1)),
        ["teacherScores", float32([...shape, size], scores)],
        ["teacherWeights", float32(shape, weights)],
      ]);
    },
  };
}

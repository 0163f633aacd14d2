// A student learns what it learns from a teacher that reads the same batch: its scores, where its hidden states point,
// how its attention relates tokens. Both stand in one graph; the teacher's parameters have names of their own.
import { float32, OptionError, type Tensor } from "../base/index.js";
import {
  add,
  fixedParameter,
  input,
  multiply,
  nameOf,
  replaceParameters,
  sizeAt,
  type Value,
} from "../engine/index.js";
import {
  changedOutputs,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
  type Network,
} from "../models/index.js";
import { forInference } from "../nn/index.js";
import {
  attentionAndValues,
  cosineLoss,
  distillationLoss,
  type Relation,
  relationLoss,
  selfRelations,
} from "../objectives/index.js";
import type { DistillationName } from "./distillation-names.js";
import type { TaskItem, TrainingProblem } from "./task.js";

/** What each loss counts, and how it is taken. */
export interface DistillationSettings {
  /** Of the teacher's scores. */
  readonly softWeight: number;
  /** Of what is learnt without a teacher. */
  readonly labelWeight: number;
  /** Of the directions of the last hidden states. */
  readonly cosineWeight: number;
  /** Of the relations of tokens in the last layers. */
  readonly relationWeight: number;
  readonly relations: readonly Relation[];
  /** Into how many heads vectors are cut for their relations. Default: those of the teacher's attention. */
  readonly relationHeads?: number;
  /** Scores are divided by it before they are compared. */
  readonly temperature: number;
}

const relationsAlone = { softWeight: 0, labelWeight: 0, cosineWeight: 0, relationWeight: 1 };

/** What published ways to teach count. */
export const distillationForms: Readonly<
  Record<DistillationName, Omit<DistillationSettings, "temperature" | "relationHeads">>
> = {
  distilbert: { softWeight: 5, labelWeight: 2, cosineWeight: 1, relationWeight: 0, relations: selfRelations },
  minilm: { ...relationsAlone, relations: selfRelations },
  "minilm-attention": { ...relationsAlone, relations: attentionAndValues },
};

/** The name of a teacher's parameter beside those of its student. */
export function teacherName(name: string): string {
  return `${teacherPrefix}${name}`;
}

/** Whether a parameter is a teacher's: used, and neither trained nor saved. */
export function isTeachers(name: string): boolean {
  return name.startsWith(teacherPrefix);
}

const teacherPrefix = "teacher.";

// biome-ignore lint/suspicious/noExplicitAny: rows of all forms are distilled alike
type Distillable = TrainingProblem<any, any, any>;

/** The same problem, learnt from a teacher too. It is tried as before, without the teacher. */
export function distilled<Own extends Distillable>(
  problem: Own,
  teacher: Network,
  settings: DistillationSettings,
): Own {
  const { softWeight, labelWeight, cosineWeight, relationWeight, temperature } = settings;
  const readsTokens = cosineWeight > 0 || relationWeight > 0;
  const tokensOf = (items: readonly TaskItem[]): number =>
    items.reduce((count, { encoding }) => count + encoding.ids.length, 0);
  return {
    ...problem,
    description: `${problem.description}, taught by ${teacher.description}`,
    loss(outputs, training) {
      if (!training) return problem.loss(outputs, false);
      const taught = teacherOutputs(problem, teacher);
      const tokenWeights = input("tokenWeights", ["batch", "sequence"]);
      const losses: Value[] = [];
      const count = (weight: number, loss: () => Value): void => {
        if (weight > 0) losses.push(multiply(loss(), weight));
      };
      count(softWeight, () => softLoss(outputs, taught, temperature));
      count(labelWeight, () => problem.loss(outputs, true));
      count(cosineWeight, () => directionLoss(outputs, taught, tokenWeights));
      count(relationWeight, () => relatedLoss(outputs, taught, tokenWeights, inputsOf(problem), settings));
      if (losses.length === 0)
        throw new OptionError("distillation: expected a loss that counts, got weights of 0 only");
      return losses.reduce((total, loss) => add(total, loss));
    },
    furtherWeightsOf: (items: readonly TaskItem[]) => [
      ...(problem.furtherWeightsOf?.(items) ?? []),
      ...(readsTokens ? [tokensOf(items)] : []),
    ],
    targets(items: readonly TaskItem[], length: number, total: number, further: readonly number[] = []) {
      const own = problem.targets(items, length, total, readsTokens ? further.slice(0, -1) : further);
      if (!readsTokens) return own;
      return new Map([...own, ["tokenWeights", tokenWeightsOf(items, length, further.at(-1)!)]]);
    },
  };
}

/** What the teacher computes of a batch, over parameters of its own names. */
export function teacherOutputs(problem: Distillable, teacher: Network): ModelOutputs {
  const built = teacher.build(problem.head, problem.labelCount, inputsOf(problem), forInference());
  return changedOutputs(built, (values) =>
    replaceParameters(values, (value) =>
      fixedParameter(teacherName(nameOf(value)), value.shape as readonly number[], 0),
    ),
  );
}

function inputsOf(problem: Distillable): ModelInputs {
  return problem.inputs?.() ?? modelInputs(problem.head);
}

/** The teacher's scores, for all that the student's own loss counts. */
function softLoss(student: ModelOutputs, teacher: ModelOutputs, temperature: number): Value {
  const [own, given] = [student, teacher].map(({ heads }) => heads.get("logits")) as [Value, Value];
  const [size, teacherSize] = [sizeAt(own, -1), sizeAt(given, -1)];
  if (size !== teacherSize)
    throw new OptionError(
      `distillation: expected a student that scores as many words or classes as its teacher (${teacherSize}), got ${size}`,
      { hint: "give the student the vocabulary and labels of the teacher" },
    );
  return distillationLoss(own, given, input("weights", own.shape.slice(0, -1)), temperature);
}

function directionLoss(student: ModelOutputs, teacher: ModelOutputs, weights: Value): Value {
  const [size, teacherSize] = [sizeAt(student.lastHidden, -1), sizeAt(teacher.lastHidden, -1)];
  if (size !== teacherSize)
    throw new OptionError(
      `distillation: expected a student as wide as its teacher (${teacherSize}), got ${size}`,
      { hint: "--losses minilm compares models of any width; --cosine-weight 0 leaves directions out" },
    );
  return cosineLoss(student.lastHidden, teacher.lastHidden, weights);
}

function relatedLoss(
  student: ModelOutputs,
  teacher: ModelOutputs,
  weights: Value,
  { mask }: ModelInputs,
  { relations, relationHeads }: DistillationSettings,
): Value {
  const [own, given] = [student, teacher].map(({ vectors }) => vectors?.at(-1));
  if (own === undefined || given === undefined)
    throw new OptionError(
      `distillation: expected ${own === undefined ? "a student" : "a teacher"} of BERT's form, whose queries, keys and values are known`,
      { hint: "--losses distilbert compares scores and hidden states" },
    );
  const headCount = relationHeads ?? (sizeAt(given.query, 1) as number);
  for (const [who, { query }] of [
    ["student", own],
    ["teacher", given],
  ] as const) {
    const width = (sizeAt(query, 1) as number) * (sizeAt(query, 3) as number);
    if (width % headCount !== 0)
      throw new OptionError(
        `--relation-heads: expected a divisor of the ${who}'s width (${width}), got ${headCount}`,
      );
  }
  return relationLoss(own, given, { relations, headCount, mask, weights });
}

/** What each token of a batch counts; padding nothing. */
function tokenWeightsOf(items: readonly TaskItem[], length: number, total: number): Tensor {
  const weights = new Float32Array(items.length * length);
  items.forEach(({ encoding }, row) => {
    weights.fill(1 / total, row * length, row * length + encoding.ids.length);
  });
  return float32([items.length, length], weights);
}

import { join } from "node:path";
import { writeFileAtomically } from "../hub/index.js";
import type { RunEvents } from "./events.js";
import type { Teacher } from "./open-learner.js";
import { countParameters } from "./start-training.js";
import type { Trial } from "./training-run.js";

/** A teacher and its student, side by side. */
export interface Taught {
  readonly teacher: ComparedModel & { readonly name: string };
  readonly student: ComparedModel;
}

export interface ComparedModel {
  readonly parameterCount: number;
  /** On the held-out rows; nothing where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A model that was tried on the held-out rows, where there are any. */
interface TriedModel {
  readonly parameterCount: number;
  readonly trial: Trial | undefined;
}

/** A student beside its teacher: how large they are, and how they do; told, and written as `distillation.json`. */
export async function compareWithTeacher(
  { name, weights }: Teacher,
  { given, own }: { readonly given: Trial | undefined; readonly own: TriedModel },
  directory: string,
  events: RunEvents | undefined,
): Promise<Taught> {
  const sideOf = ({ parameterCount, trial }: TriedModel): ComparedModel => ({
    parameterCount,
    metrics: trial?.evaluation.metrics ?? {},
  });
  const taught = {
    teacher: { name, ...sideOf({ parameterCount: countParameters(weights), trial: given }) },
    student: sideOf(own),
  };
  const text = `${JSON.stringify(taught, null, 2)}\n`;
  await writeFileAtomically(join(directory, "distillation.json"), [text]);
  for (const [who, { parameterCount, metrics }] of Object.entries(taught)) {
    const told = Object.entries(metrics).map(([metric, value]) => `${metric} ${value.toPrecision(4)}`);
    events?.note?.([`${who}: ${parameterCount} parameters`, ...told].join(", "));
  }
  return taught;
}

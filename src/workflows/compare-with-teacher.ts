import { join } from "node:path";
import { writeFileAtomically } from "../hub/index.js";
import type { RunEvents } from "./events.js";

/** A teacher and its student, side by side. */
export interface Taught {
  readonly teacher: ComparedModel & { readonly name: string };
  readonly student: ComparedModel;
}

export interface ComparedModel {
  readonly parameterCount: number;
  /** On the rows that both were tried on; nothing where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A student beside its teacher: how large they are, and how they do; told, and written as `distillation.json`. */
export async function compareWithTeacher(
  taught: Taught,
  directory: string,
  events: RunEvents | undefined,
): Promise<Taught> {
  const text = `${JSON.stringify(taught, null, 2)}\n`;
  await writeFileAtomically(join(directory, "distillation.json"), [text]);
  for (const [who, { parameterCount, metrics }] of Object.entries<ComparedModel>({ ...taught })) {
    const told = Object.entries(metrics).map(([metric, value]) => `${metric} ${value.toPrecision(4)}`);
    events?.note?.([`${who}: ${parameterCount} parameters`, ...told].join(", "));
  }
  return taught;
}

// Options that the programs of evidence have in common.
import type { MachineOptions } from "../../src/workflows/options.js";
import type { EqualTuning } from "./fine-tuned-accuracy.js";
import type { Budget } from "./paced-training.js";

/** Who computes, as `tsugiki` takes it; one thread, since evidence is made beside other work. */
export const machineFlags = {
  runtime: { type: "string", default: "onnxruntime" },
  precision: { type: "string", default: "fp32" },
  threads: { type: "string", default: "1" },
} as const;

/** The values of `machineFlags`, checked by the workflows that get them. */
export function machineOf(values: {
  readonly runtime: string;
  readonly precision: string;
  readonly threads: string;
}): Pick<MachineOptions, "runtime" | "precision" | "threads"> {
  const { runtime, precision, threads } = values;
  return {
    runtime: runtime as NonNullable<MachineOptions["runtime"]>,
    ...(precision === "fp32" ? {} : { precision: precision as "bf16" }),
    threads: Number(threads),
  };
}

/** Where a program of evidence reads, what it writes, and where it works. */
export function placeFlags(
  name: string,
): Readonly<Record<"shared" | "results" | "scratch", { readonly type: "string"; readonly default: string }>> {
  return {
    shared: { type: "string", default: "../shared" },
    results: { type: "string", default: `docs/evidence/${name}.jsonl` },
    scratch: { type: "string", default: `out/${name}` },
  };
}

/** How long, and at which highest learning rate, models are fine-tuned. */
export function tuningFlags(
  steps: string,
): Readonly<
  Record<"fine-tuning-rate" | "fine-tuning-steps", { readonly type: "string"; readonly default: string }>
> {
  return {
    "fine-tuning-rate": { type: "string", default: "5e-4" },
    "fine-tuning-steps": { type: "string", default: steps },
  };
}

/** The values of `tuningFlags`. */
export function tuningOf(values: {
  readonly "fine-tuning-rate": string;
  readonly "fine-tuning-steps": string;
}): EqualTuning {
  return {
    fineTuningSteps: Number(values["fine-tuning-steps"]),
    learningRate: Number(values["fine-tuning-rate"]),
  };
}

/** `1, 2,3` as its parts. */
export function listed(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** How long each training run on raw text is. */
export function budgetFlags(minutes: string): {
  readonly minutes: { readonly type: "string"; readonly default: string };
  readonly steps: { readonly type: "string" };
} {
  return { minutes: { type: "string", default: minutes }, steps: { type: "string" } };
}

/** The values of `budgetFlags`: steps where they are given, else minutes. */
export function budgetOf({
  minutes,
  steps,
}: {
  readonly minutes: string;
  readonly steps?: string | undefined;
}): Budget {
  return steps === undefined ? { minutes: Number(minutes) } : { steps: Number(steps) };
}

import type { AnyProblem } from "../tasks/task.js";
import type { RunEvents } from "./events.js";
import type { TrialSet } from "./training-run.js";

/** Tell what of some rows is not as given, in whatever way the problem knows of. */
export function tellNotes(
  problem: Pick<AnyProblem, "notes">,
  { examples, items }: TrialSet,
  events: RunEvents | undefined,
): void {
  for (const { count, what } of problem.notes?.(examples, items) ?? [])
    if (count > 0) events?.note?.(`${count} ${what}`);
}

import { OptionError } from "../base/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";
import { objectivesFor } from "./open-objective.js";

/** Refuse a model whose family has no head for a task; say what it can learn instead. */
export function checkHead(
  task: string,
  { head }: Pick<AnyProblem, "head">,
  { architecture }: Pick<OpenModel, "architecture">,
): void {
  const { classNames, modelType } = architecture;
  if (classNames.has(head)) return;
  const heads = [...classNames.keys()].filter((name) => name !== "none").join(", ");
  const objectives = objectivesFor(architecture).map(({ name }) => name);
  const fromText =
    objectives.length === 0
      ? ""
      : `; from running text it learns by npx tsugiki pretrain --objective ${objectives.join("|")}`;
  throw new OptionError(`--task ${task}: expected a model with a head for it (${head}), got ${modelType}`, {
    hint: `its heads are ${heads}${fromText}`,
  });
}

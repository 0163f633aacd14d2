import { OptionError } from "../base/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";
import { objectivesFor } from "./open-objective.js";
import type { FilledFineTuneOptions } from "./options.js";

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

/** Refuse to choose what a classifier reads where there is none, or where its family has settled it. */
export function checkPooling(
  { pooling }: Pick<FilledFineTuneOptions, "pooling">,
  { head, description }: Pick<AnyProblem, "head" | "description">,
  { architecture }: Pick<OpenModel, "architecture">,
): void {
  if (pooling === undefined) return;
  if (head !== "sequence-classification" && head !== "multiple-choice")
    throw new OptionError(`--pooling: expected texts to be classified, got ${description}`);
  if (architecture.choosesPooling !== true)
    throw new OptionError(
      `--pooling ${pooling}: expected a model that lets it be chosen, got ${architecture.modelType}`,
      { hint: "leave it out: what this family's classifiers read is settled" },
    );
}

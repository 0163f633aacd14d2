import { OptionError } from "../base/index.js";
import { architectures, type Network } from "../models/index.js";
import {
  type AnyObjective,
  type AnyPretrainingProblem,
  type ObjectiveName,
  type ObjectiveSettings,
  objectiveNames,
  objectives,
  type RowSettings,
  type TextPerToken,
} from "../tasks/pretraining/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { OpenModel } from "./open-model.js";
import type { LengthOptions } from "./options.js";
import { objectiveSpecs } from "./options-objective.js";
import { longestInput } from "./session.js";
import { textBounds } from "./text-bounds.js";

/** What a model is pre-trained for. */
export interface OpenObjective {
  readonly objective: AnyObjective;
  readonly problem: AnyPretrainingProblem;
  /** Only those that were asked for. */
  readonly settings: ObjectiveSettings;
  readonly rows: RowSettings;
}

/** Settle what a model learns: by the name of an objective, or the first that the model has a head for. */
export function openObjective(
  options: { readonly objective?: ObjectiveName } & ObjectiveSettings & Pick<LengthOptions, "maxLength">,
  model: OpenModel,
  tokenizer: Tokenizer,
  textPerToken?: TextPerToken,
): OpenObjective {
  const { network } = model;
  const objective = options.objective === undefined ? usualObjective(model) : objectives[options.objective];
  checkHeads(objective, model);
  const settings = settingsOf(options, objective);
  const rows: RowSettings = {
    maxLength: longestInput(options, objective.defaults, model, tokenizer),
    ...textBounds(model.config, tokenizer),
    ...decoderInputOf(network),
  };
  const text = textPerToken === undefined ? {} : { textPerToken };
  return {
    objective,
    settings,
    rows,
    problem: objective.open({ tokenizer, network, settings, rows, ...text }),
  };
}

function decoderInputOf({ decoderInput }: Network): Pick<RowSettings, "decoderInput"> {
  return decoderInput === undefined ? {} : { decoderInput };
}

function usualObjective({ architecture }: OpenModel): AnyObjective {
  const found = objectiveNames.find((name) =>
    objectives[name].heads.every((head) => architecture.classNames.has(head)),
  );
  if (found !== undefined) return objectives[found];
  throw new OptionError(
    `pre-training: expected an architecture with a head for one of ${objectiveNames.join(", ")}, got ${architecture.modelType}`,
  );
}

function checkHeads({ name, heads }: AnyObjective, { architecture }: OpenModel): void {
  if (heads.every((head) => architecture.classNames.has(head))) return;
  const able = architectures.filter(({ classNames }) => heads.every((head) => classNames.has(head)));
  const types = [...new Set(able.map(({ modelType }) => modelType))];
  throw new OptionError(
    `--objective ${name}: expected one of ${types.join(", ")}, got ${architecture.modelType}, which has no head for it`,
  );
}

/** The settings that were given; those that the objective would take no notice of are refused. */
function settingsOf(given: ObjectiveSettings, { name, reads }: AnyObjective): ObjectiveSettings {
  const entries = Object.entries(given).filter(
    ([key, value]) => Object.hasOwn(objectiveSpecs, key) && value !== undefined,
  );
  const unread = entries.find(([key]) => !reads.includes(key as keyof ObjectiveSettings));
  if (unread === undefined) return Object.fromEntries(entries) as ObjectiveSettings;
  throw new OptionError(`${unread[0]}: ${name} takes no notice of it`, {
    hint: reads.length === 0 ? "leave it out" : `what it reads is ${reads.join(", ")}`,
  });
}

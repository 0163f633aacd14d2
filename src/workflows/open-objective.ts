import { OptionError } from "../base/index.js";
import { type Architecture, architectures, type Head, headOf, type Network } from "../models/index.js";
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

/** Settle what a model learns: by the name of an objective, or what is usual for it. */
export function openObjective(
  options: { readonly objective?: ObjectiveName } & ObjectiveSettings & Pick<LengthOptions, "maxLength">,
  model: OpenModel,
  tokenizer: Tokenizer,
  textPerToken?: TextPerToken,
): OpenObjective {
  const { network, companion: generator } = model;
  const objective = options.objective === undefined ? usualObjective(model) : objectives[options.objective];
  const head = headToLearnWith(objective, model);
  const settings = settingsOf(options, objective);
  const rows: RowSettings = {
    maxLength: longestInput(options, objective.defaults, model, tokenizer),
    ...textBounds(model.config, tokenizer),
    ...decoderInputOf(network),
  };
  const more = {
    ...(textPerToken === undefined ? {} : { textPerToken }),
    ...(generator === undefined ? {} : { generator }),
  };
  return {
    objective,
    settings,
    rows,
    problem: objective.open({ tokenizer, network, settings, head, rows, ...more }),
  };
}

function decoderInputOf({ decoderInput }: Network): Pick<RowSettings, "decoderInput"> {
  return decoderInput === undefined ? {} : { decoderInput };
}

/**
 * What a model learns where nobody says: what its family was published with, unless config.json names the head of another
 * objective (a generator of ELECTRA's guesses hidden tokens); else the first that it has a head for.
 */
function usualObjective({ architecture, config }: OpenModel): AnyObjective {
  const { modelType } = architecture;
  const able = objectivesFor(architecture);
  const ofFamily = able.find(({ families = [] }) => families.includes(modelType));
  const head = headOf(architecture, config);
  const ofHead = able.find(({ heads }) => heads[0] === head);
  const isOfFamily = ofHead === undefined || ofHead.heads[0] === ofFamily?.heads[0];
  const found = ofFamily === undefined ? able[0] : isOfFamily ? ofFamily : ofHead;
  if (found !== undefined) return found;
  throw new OptionError(
    `pre-training: expected an architecture with a head for one of ${objectiveNames.join(", ")}, got ${architecture.modelType}`,
  );
}

/** What a model of an architecture can learn from running text. */
export function objectivesFor(architecture: Architecture): AnyObjective[] {
  return objectiveNames
    .map((name) => objectives[name])
    .filter((objective) => headFor(objective, architecture) !== undefined);
}

/** The head with which a model of an architecture learns an objective; undefined where it has none for it. */
function headFor({ heads, orHead }: AnyObjective, { classNames }: Architecture): Head | undefined {
  if (heads.every((head) => classNames.has(head))) return heads[0];
  return orHead !== undefined && classNames.has(orHead) ? orHead : undefined;
}

function headToLearnWith(objective: AnyObjective, { architecture }: OpenModel): Head {
  const head = headFor(objective, architecture);
  if (head !== undefined) return head;
  const { name } = objective;
  const able = architectures.filter((other) => headFor(objective, other) !== undefined);
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

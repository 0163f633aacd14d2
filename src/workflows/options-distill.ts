import { type DistillationName, distillationSummaries } from "../tasks/distillation-names.js";
import type { ObjectiveSettings } from "../tasks/pretraining/objective.js";
import { choice, integer, number, text } from "./options-kinds.js";
import { objectiveSpecs } from "./options-objective.js";
import type { PretrainOptions } from "./options-pretrain.js";
import { rowsOfKnownModel } from "./options-pretrain-rows.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { modelSpecs } from "./options-shared.js";

/** Settings of objectives that are learnt without a teacher. */
type UntaughtSetting = Exclude<keyof ObjectiveSettings, "maskRate" | "masking">;

/** Everything that can be set about teaching a smaller model what a larger one knows. */
export interface DistillOptions
  extends Omit<PretrainOptions, "architecture" | "tokenizer" | "objective" | UntaughtSetting>,
    StudentSettings {}

/** Objectives that can be learnt from a teacher: those that score words at places of the text. */
export type TaughtObjective = "masked-lm" | "causal-lm";

interface StudentSettings {
  /** What is learnt. Default: what the teacher has a head for. */
  objective?: TaughtObjective;
  /** The directory or Hub name of the model that teaches. */
  teacher: string;
  /** How many of the teacher's layers the student begins with, evenly spread. Default: half of them. */
  studentLayers?: number;
  /** A preset, or a file in the form of config.json, that the student is built by instead. */
  architecture?: string;
  /** What the student learns of the teacher. Default `distilbert`. */
  losses?: DistillationName;
  /** What the teacher's scores count; default by `losses`, as are the others. */
  softWeight?: number;
  /** What the objective itself counts. */
  labelWeight?: number;
  /** What the directions of the last hidden states count. */
  cosineWeight?: number;
  /** What the relations of tokens in the last layers count. */
  relationWeight?: number;
  /** Into how many heads vectors are cut for their relations. Default: the heads of the teacher. */
  relationHeads?: number;
  /** Scores are divided by it before they are compared. Default 2. */
  temperature?: number;
}

const objectiveSettings = Object.keys(objectiveSpecs) as (keyof ObjectiveSettings)[];

/** What is done where nothing is said. */
export const distillDefaults: Required<Pick<DistillOptions, "losses" | "temperature">> = {
  losses: "distilbert",
  temperature: 2,
};

const names = Object.keys(distillationSummaries) as DistillationName[];
const weight = { group: "Teaching", kind: number({ from: 0 }), defaultText: "by --losses" } as const;

const ownRows: OptionTable<StudentSettings> = optionTable<StudentSettings>({
  objective: {
    group: "Objective",
    help: "what is learnt: to guess hidden tokens, or to foretell each token",
    kind: { ...choice(["masked-lm", "causal-lm"]), placeholder: "NAME" },
    defaultText: "what the teacher has a head for",
  },
  teacher: {
    ...modelSpecs.model,
    help: "the model that teaches: a directory, or a name on the Hugging Face Hub",
    aliases: ["teacher_name_or_path", "teacher_model", "model"],
  },
  studentLayers: {
    group: "Model",
    help: "how many of the teacher's layers the student begins with, evenly spread",
    kind: integer({ from: 1 }),
    defaultText: "half of them",
  },
  architecture: {
    group: "Model",
    help: "build the student by this preset or file in the form of config.json; it begins with what fits",
    kind: text("NAME|FILE", "the name of a preset or the path of a file"),
    short: "a",
    aliases: ["student_config"],
    defaultText: "the teacher's, with fewer layers",
  },
  losses: {
    group: "Teaching",
    help: `what the student learns; ${names.map((name) => `${name}: ${distillationSummaries[name]}`).join("; ")}`,
    kind: { ...choice(names), placeholder: "NAME" },
    default: distillDefaults.losses,
  },
  softWeight: { ...weight, help: "what the teacher's scores count", aliases: ["alpha_ce"] },
  labelWeight: { ...weight, help: "what the objective itself counts", aliases: ["alpha_mlm", "alpha_clm"] },
  cosineWeight: {
    ...weight,
    help: "what the directions of the last hidden states count",
    aliases: ["alpha_cos"],
  },
  relationWeight: { ...weight, help: "what the relations of tokens in the last layers count" },
  relationHeads: {
    group: "Teaching",
    help: "into how many heads vectors are cut for their relations",
    kind: integer({ from: 1 }),
    defaultText: "the heads of the teacher",
  },
  temperature: {
    group: "Teaching",
    help: "scores are divided by it before they are compared",
    kind: number({ above: 0 }),
    default: distillDefaults.temperature,
  },
});

/** The options of distillation: one row for each key of `DistillOptions`. */
export const distillRows: OptionTable<DistillOptions> = rowsOfKnownModel(ownRows, {
  outputDirectory: "distilled",
  without: objectiveSettings.filter((key) => key !== "maskRate" && key !== "masking"),
});

import type { Tensor } from "../base/index.js";
import { leaves } from "../engine/index.js";
import { headOf, modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import {
  type DistillationSettings,
  distillationForms,
  distilled,
  teacherName,
  teacherOutputs,
} from "../tasks/distillation.js";
import type { AnyPretrainingProblem } from "../tasks/pretraining/index.js";
import type { RunContext } from "./events.js";
import { accessOf, type Learner, type OpenLearner, type Teacher } from "./open-learner.js";
import { type OpenModel, openModel, vocabularyNotes } from "./open-model.js";
import { openObjective } from "./open-objective.js";
import { openStudent } from "./open-student.js";
import { openTokenizer } from "./open-tokenizer.js";
import { checkOptions, fillPretrainOptions } from "./options.js";
import {
  type DistillOptions,
  distillDefaults,
  distillRows,
  type TaughtObjective,
} from "./options-distill.js";
import { type PretrainingResult, runPretraining } from "./pretrain.js";
import { finishedWeights } from "./session.js";

/**
 * Teach a smaller model what a larger one knows, from running text: the student begins with layers of its teacher and
 * learns its scores and hidden states (DistilBERT), or how its attention relates tokens (MiniLM). In the end both are
 * tried on the held-out text.
 *
 * ```ts
 * const run = await distill({
 *   teacher: "bert-base-uncased",
 *   studentLayers: 6,
 *   train: ["texts/*.txt"],
 *   validationSplit: 0.01,
 *   maxSteps: 20_000,
 *   outputDirectory: "half-bert",
 * });
 * console.log(run.taught?.teacher.metrics, run.taught?.student.metrics);
 * ```
 */
export async function distill(options: DistillOptions, context: RunContext = {}): Promise<PretrainingResult> {
  checkOptions(distillRows, options);
  const { teacher, studentLayers, architecture, losses, temperature, relationHeads, ...others } = options;
  const { softWeight, labelWeight, cosineWeight, relationWeight, ...rest } = others;
  const filled = fillPretrainOptions({ ...rest, architecture: architecture ?? teacher, tokenizer: teacher });
  return runPretraining(filled, context, taughtLearner(options));
}

/** What each loss counts: what the named way says, and what was asked for. */
function settingsOf(options: DistillOptions): DistillationSettings {
  const { losses = distillDefaults.losses, temperature = distillDefaults.temperature } = options;
  const { relationHeads } = options;
  const form = distillationForms[losses];
  return {
    softWeight: options.softWeight ?? form.softWeight,
    labelWeight: options.labelWeight ?? form.labelWeight,
    cosineWeight: options.cosineWeight ?? form.cosineWeight,
    relationWeight: options.relationWeight ?? form.relationWeight,
    relations: form.relations,
    temperature,
    ...(relationHeads === undefined ? {} : { relationHeads }),
  };
}

/** A student with its teacher. */
function taughtLearner(asked: DistillOptions): OpenLearner {
  return async (options, context) => {
    const access = accessOf(options, context);
    const tokenizer = await openTokenizer({ tokenizer: asked.teacher, ...access });
    const teacher = await openModel(asked.teacher, { ...access, changes: { tokenizer } });
    for (const note of vocabularyNotes(teacher)) context.events?.note?.(note);
    const name = asked.objective ?? usualObjective(teacher);
    const { problem: taught, rows } = openObjective({ ...options, objective: name }, teacher, tokenizer);
    const { studentLayers, architecture, dropout } = asked;
    const model = await openStudent(teacher, tokenizer, taught.head, {
      ...(studentLayers === undefined ? {} : { layerCount: studentLayers }),
      ...(architecture === undefined ? {} : { architecture }),
      ...(dropout === undefined ? {} : { dropout }),
    });
    const { maxLength } = rows;
    const open: Learner["open"] = (text) =>
      openObjective({ ...options, objective: name, maxLength }, model, tokenizer, text);
    const teaching = settingsOf(asked);
    const { relations, ...numbers } = teaching;
    return {
      ...{ model, tokenizer },
      open(text) {
        const own = open(text);
        return { ...own, problem: distilled(own.problem, teacher.network, teaching) };
      },
      record: { teacher: asked.teacher, losses: asked.losses ?? distillDefaults.losses, ...numbers },
      teacher: await openTeacher(teacher, open().problem),
    };
  };
}

/** What a teacher can teach: it guesses hidden tokens, or foretells each token. */
function usualObjective({ architecture, config }: OpenModel): TaughtObjective {
  const head = headOf(architecture, config);
  if (head === "masked-lm" || head === "causal-lm") return head;
  return architecture.classNames.has("masked-lm") ? "masked-lm" : "causal-lm";
}

/** A teacher's weights and graph under names of its own. */
async function openTeacher(teacher: OpenModel, problem: AnyPretrainingProblem): Promise<Teacher> {
  const inputs = problem.inputs?.() ?? modelInputs(problem.head);
  const { heads } = teacher.network.build(problem.head, problem.labelCount, inputs, forInference());
  const weights = await finishedWeights(teacher, leaves([...heads.values()], "parameter"));
  const outputs = teacherOutputs(problem, teacher.network);
  return {
    name: teacher.name,
    weights: new Map<string, Tensor>([...weights].map(([name, tensor]) => [teacherName(name), tensor])),
    evaluation: new Map([
      ...(problem.evaluated?.(outputs) ?? outputs.heads),
      ["loss", problem.loss(outputs, false)],
    ]),
  };
}

import { OptionError } from "../base/index.js";
import type { AnyProblem } from "../tasks/task.js";
import {
  scoredUnits,
  type TeacherScores,
  type TeachingSettings,
  taught,
  taughtItems,
  teacherScores,
} from "../tasks/taught.js";
import { digest } from "./checkpoints.js";
import type { ComparedModel } from "./compare-with-teacher.js";
import type { RunContext } from "./events.js";
import type { EncodedSet, LoadedRows } from "./load-data.js";
import type { FilledFineTuneOptions } from "./options.js";
import { teacherDefaults } from "./options-teacher.js";
import { openForUse, type ReadyModel } from "./pipeline.js";

/** What is learnt with a teacher, and what it gave. */
export interface Teaching {
  readonly problem: AnyProblem;
  readonly train: EncodedSet;
  /** Of the teacher's scores, so that a resumed run can tell that they are the same. */
  readonly digest: string;
  readonly teacher: ComparedModel & { readonly name: string };
}

/**
 * Ask a fine-tuned model for its scores of the training rows, once, and how it does on the validation rows. It reads them
 * as in `predict`, by its own tokens, and is closed before anything is learnt. Undefined where no teacher is asked for.
 */
export async function askTeacher(
  options: FilledFineTuneOptions,
  loaded: LoadedRows,
  problem: AnyProblem,
  train: EncodedSet,
  context: RunContext,
): Promise<Teaching | undefined> {
  const { teacher: name, offline, runtime, device, threads } = options;
  const settings = teachingOf(options);
  if (name === undefined) return undefined;
  const units = scoredUnits(problem);
  const ready = await openForUse(
    {
      ...{ model: name, batchSize: options.evaluationBatchSize ?? 32 },
      ...Object.fromEntries(
        Object.entries({ offline, runtime, device, threads }).filter(([, value]) => value !== undefined),
      ),
    },
    { withLoss: false },
  );
  try {
    checkTeacher(ready, loaded, problem);
    const { labels, labelCount } = ready.problem;
    if (labelCount > problem.labels.length) {
      const others = labels.filter((label) => !problem.labels.includes(label));
      context.events?.note?.(
        `the teacher's scores of ${others.join(", ")}, which no training row has, are left out`,
      );
    }
    const progress = context.events?.progress;
    const events: RunContext["events"] = {
      progress: (told) => progress?.({ ...told, phase: told.phase === "evaluate" ? "teach" : told.phase }),
    };
    const { items, outputs } = await ready.run(train.examples, { events });
    const scores = teacherScores(ready.problem, train.examples.length, items, outputs, problem.labels);
    const taughtTrain = { ...train, items: taughtItems(train.items, scores, units) };
    tellMissing(taughtTrain.items, context);
    const { validation } = loaded;
    const tried = validation && (await ready.run(validation.examples, { events }));
    return {
      problem: {
        ...taught(problem, settings),
        description: `${problem.description}, taught by ${ready.model.network.description}`,
      },
      train: taughtTrain,
      digest: digestOf(scores),
      teacher: {
        name,
        parameterCount: ready.parameterCount,
        metrics:
          tried === undefined ? {} : ready.problem.evaluate(validation!.examples, tried.predictions).metrics,
      },
    };
  } finally {
    await ready.close();
  }
}

/** What the losses count; refuses settings of a teacher where there is none. */
function teachingOf(options: FilledFineTuneOptions): TeachingSettings {
  const { teacher } = options;
  const given = (Object.keys(teacherDefaults) as (keyof TeachingSettings)[]).find(
    (key) => options[key] !== undefined,
  );
  if (teacher === undefined && given !== undefined)
    throw new OptionError(`${given}: expected --teacher with it, got none`);
  const { softWeight, labelWeight, temperature } = { ...teacherDefaults, ...options };
  return { softWeight, labelWeight, temperature };
}

/** Refuse a model that does not know the task, or not all of its labels. */
function checkTeacher(ready: ReadyModel, { task }: LoadedRows, { labels }: AnyProblem): void {
  const { name } = ready.model;
  if (ready.task.name !== task.name)
    throw new OptionError(
      `--teacher ${name}: expected a model for ${task.name}, got one for ${ready.task.name}`,
    );
  scoredUnits(ready.problem);
  const lacking = labels.filter((label) => !ready.problem.labels.includes(label));
  if (lacking.length > 0)
    throw new OptionError(
      `--teacher ${name}: expected a model that knows the labels ${labels.join(", ")}, got one without ${lacking.join(", ")}`,
      { hint: `it knows ${ready.problem.labels.join(", ")}; fine-tune it on these rows` },
    );
}

function tellMissing(items: ReturnType<typeof taughtItems>, { events }: RunContext): void {
  const scores = items.flatMap(({ teacherScores: own = [] }) => own);
  const missing = scores.filter((own) => own === undefined).length;
  if (missing > 0)
    events?.note?.(
      `${missing} of ${scores.length} words were not read by the teacher; they are learnt by labels alone`,
    );
}

function digestOf(scores: TeacherScores): string {
  return digest(JSON.stringify(scores.map((units) => [...units].map(([unit, own]) => [unit, ...own]))));
}

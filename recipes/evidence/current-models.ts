// The rootstock of each language, as it is now: runs of one that was made anew since are not shown beside its own.
import { existsSync } from "node:fs";
import { OptionError } from "../../src/base/index.js";
import { type LabelledTask, labelledTask } from "./labelled-tasks.js";
import { modelDigest } from "./model-digest.js";

export interface CurrentModels {
  /** The model of a task's language, by name and by what its weights are. */
  of(task: string): string;
  /** Whether a run was made with the model that is there now. */
  isCurrent(run: { readonly task: string; readonly model: string }): boolean;
}

/** The models in the folders of the languages, those that are there. */
export async function currentModels(
  folders: Readonly<Record<LabelledTask["language"], string>>,
): Promise<CurrentModels> {
  const digest = async (folder: string): Promise<string | undefined> =>
    existsSync(folder) ? modelDigest(folder) : undefined;
  const models = { ja: await digest(folders.ja), en: await digest(folders.en) };
  return {
    of(task) {
      const { language } = labelledTask(task);
      const model = models[language];
      if (model === undefined)
        throw new OptionError(`--${language} ${folders[language]}: expected a model, found none`, {
          hint: `make it by recipes/rootstocks/make.sh ${language}, or name other --tasks than ${task}`,
        });
      return model;
    },
    isCurrent: ({ task, model }) => models[labelledTask(task).language] === model,
  };
}

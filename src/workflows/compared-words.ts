import { japaneseWords, type WordSplitter, wordSplitters } from "../metrics/index.js";
import type { AnyTrainingProblem } from "../tasks/task.js";
import type { RunEvents } from "./events.js";

/** What a problem compares the texts of examples by; the Japanese dictionary is loaded where it is needed. */
export async function comparedWords(
  problem: AnyTrainingProblem,
  examples: readonly unknown[],
  events?: RunEvents,
): Promise<WordSplitter | undefined> {
  const name = problem.comparesWords?.(examples);
  if (name === undefined) return undefined;
  events?.note?.(`texts are compared by words as ${name} cuts them`);
  if (name !== "ja-mecab") return wordSplitters[name];
  const { loadJapaneseDictionary } = await import("../tokenizers/japanese/files-dictionary.js");
  return japaneseWords((await loadJapaneseDictionary()).analyzer("python"));
}

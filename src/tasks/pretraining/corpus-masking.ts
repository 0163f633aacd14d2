import { internal } from "../../base/index.js";
import { findPhrases, type PhraseSet } from "../../data/corpus/phrases.js";
import { choosePhrases } from "../../objectives/index.js";
import { maskingOf } from "../hidden-tokens.js";
import type { BlockMasking } from "../masked-blocks.js";
import type { ObjectiveSettings, PretrainingProblem } from "./objective.js";

/** How tokens are hidden, and what must be found in the corpora for it. */
export interface CorpusMasking {
  readonly masking: BlockMasking;
  /** To be spread over a problem. */
  readonly preparation: Pick<PretrainingProblem<never, unknown>, "prepare">;
}

/** The masking that settings say: of tokens, words, spans, or of the phrases of the corpora. */
export function corpusMasking({ masking, ...settings }: ObjectiveSettings): CorpusMasking {
  if (masking !== "pmi")
    return {
      masking: maskingOf(masking === undefined ? settings : { ...settings, masking }),
      preparation: {},
    };
  let phrases: PhraseSet | undefined;
  const choose = choosePhrases((words, at) => {
    if (phrases === undefined) throw internal("phrases are hidden before they were looked for");
    return phrases.lengthAt(words, at);
  });
  return {
    masking: { ...maskingOf(settings), choose },
    preparation: {
      async prepare(corpora, onProgress) {
        phrases = await findPhrases(corpora, onProgress === undefined ? {} : { onProgress });
        return describe(phrases);
      },
    },
  };
}

/** What was found, for people. */
function describe({ counts, coverage, forgottenUpTo }: PhraseSet): string {
  const lengths = counts.map((count, i) => `${count} of ${i + 2}`).join(", ");
  const rest =
    forgottenUpTo === 0
      ? ""
      : `; memory was full on the way, and what had come up to ${forgottenUpTo} times was forgotten`;
  return `phrases that are hidden as wholes, by their words: ${lengths}, which hold ${Math.round(100 * coverage)} % of the text${rest}`;
}

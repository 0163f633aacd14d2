import { OptionError } from "../base/errors.js";
import type { Prompts } from "./decoder-state.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import { searchTexts } from "./search-texts.js";
import type { GenerationSettings } from "./settings.js";
import { writeTexts } from "./write-texts.js";
import type { StopCheck, WrittenText, WrittenToken } from "./written-text.js";

/**
 * Write texts after prompts. Gives out tokens as they are written (of a beam search an empty list a step) and at the end
 * the texts: `returnCount` of each prompt, those of the first prompt first. Whoever stops reading stops the writing.
 */
export function generateTexts(
  decoder: ReadyDecoder,
  prompts: Prompts,
  settings: GenerationSettings,
  stops?: StopCheck,
): AsyncGenerator<readonly WrittenToken[], readonly WrittenText[]> {
  checkSettings(settings);
  const write = (settings.beamCount ?? 1) > 1 ? searchTexts : writeTexts;
  return write(decoder, prompts, settings, settings.stopStrings === undefined ? undefined : stops);
}

/** Settings that contradict each other are refused. */
export function checkSettings(settings: GenerationSettings): void {
  const { beamCount = 1, beamGroupCount = 1, returnCount = 1, sample = false } = settings;
  if (beamCount % beamGroupCount !== 0)
    throw new OptionError(`beam groups: expected a divisor of the ${beamCount} beams, got ${beamGroupCount}`);
  if (beamGroupCount > 1 && sample)
    throw new OptionError("beam groups: expected no sampling beside them", {
      hint: "leave out one of the two",
    });
  if (beamCount > 1 ? returnCount > beamCount : returnCount > 1 && !sample)
    throw new OptionError(
      `texts for each prompt: expected at most ${beamCount}, as many as there are beams, got ${returnCount}`,
      { hint: "ask for as many beams, or sample" },
    );
}

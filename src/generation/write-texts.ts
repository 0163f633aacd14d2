import { Random } from "../base/random.js";
import { chooseToken } from "./choose-token.js";
import { DecoderState, type Prompts } from "./decoder-state.js";
import { filtersOf } from "./filters/index.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import type { TokenSequence } from "./sequence.js";
import { type GenerationSettings, tokenLimit } from "./settings.js";
import type { EndReason, StopCheck, WrittenText, WrittenToken } from "./written-text.js";

/** A text that is being written. */
interface Draft extends TokenSequence {
  readonly number: number;
  readonly prompt: number;
  readonly ids: number[];
  readonly limit: number;
  /** Draws its tokens; a stream of its own, so that the other texts of a batch change nothing. */
  readonly random: Random | undefined;
  readonly logProbabilities: number[];
  /** Where it lies in the decoder's state. */
  row: number;
  end: EndReason | undefined;
}

/**
 * Write texts a token at a time: the likeliest, or one that is drawn. Gives out the tokens of each step, and at the end
 * the texts, those of the first prompt first. A text that has ended leaves the batch.
 */
export async function* writeTexts(
  decoder: ReadyDecoder,
  prompts: Prompts,
  settings: GenerationSettings,
  stops?: StopCheck,
): AsyncGenerator<readonly WrittenToken[], readonly WrittenText[]> {
  const { endTokens = [], withScores = false } = settings;
  const filters = filtersOf(settings);
  const drafts = draftsOf(prompts, settings);
  let live = drafts;
  const state = await DecoderState.begin(decoder, prompts, drafts.length);
  let shared = drafts.length > prompts.ids.length; // texts of one prompt begin with one row in common
  for (;;) {
    const written: WrittenToken[] = [];
    for (const draft of live) {
      const scores = shared ? state.logits(draft.row).slice() : state.logits(draft.row);
      for (const filter of filters) filter(scores, draft);
      const token = chooseToken(scores, draft.random);
      if (token === undefined) {
        draft.end = "nothing-allowed";
        continue;
      }
      draft.ids.push(token);
      const logProbability = withScores ? state.logProbabilities(draft.row)[token]! : 0;
      draft.logProbabilities.push(logProbability);
      written.push({ text: draft.number, token, ...(withScores ? { logProbability } : {}) });
      if (endTokens.includes(token)) draft.end = "end-token";
      else if (draft.ids.length - draft.promptLength >= draft.limit) draft.end = "length";
    }
    if (stops !== undefined) await markStopped(live, stops);
    yield written;
    const remaining = live.filter(({ end }) => end === undefined);
    if (remaining.length === 0) return drafts.map((draft) => finished(draft, withScores));
    if (shared || remaining.length < live.length) {
      live = remaining;
      for (const [i, row] of state.select(live.map((draft) => draft.row)).entries()) live[i]!.row = row;
      shared = false;
    }
    const tokens = new Array<number>(live.length);
    for (const { row, ids } of live) tokens[row] = ids[ids.length - 1]!;
    await state.step(tokens);
  }
}

function draftsOf({ ids: prompts, sources, numbers }: Prompts, settings: GenerationSettings): Draft[] {
  const { returnCount = 1, sample = false, seed = 42 } = settings;
  const random = new Random(seed);
  return prompts.flatMap((ids, prompt) =>
    Array.from({ length: returnCount }, (_, i) => {
      const number = prompt * returnCount + i;
      return {
        number,
        prompt,
        ids: [...ids],
        promptLength: ids.length,
        source: sources?.[prompt] ?? ids,
        limit: tokenLimit(settings, ids.length),
        random: sample ? random.fork("prompt", numbers?.[prompt] ?? prompt).fork("text", i) : undefined,
        logProbabilities: [],
        row: prompt,
        end: undefined,
      };
    }),
  );
}

async function markStopped(live: readonly Draft[], stops: StopCheck): Promise<void> {
  const open = live.filter(({ end }) => end === undefined || end === "length");
  const found = await stops(open.map(({ ids, promptLength }) => ids.slice(promptLength)));
  open.forEach((draft, i) => {
    if (found[i] === true) draft.end = "stop-string";
  });
}

function finished(
  { prompt, ids, promptLength, end, logProbabilities }: Draft,
  withScores: boolean,
): WrittenText {
  const text = { prompt, ids: ids.slice(promptLength), end: end! };
  if (!withScores) return text;
  return { ...text, score: logProbabilities.reduce((sum, one) => sum + one, 0), logProbabilities };
}

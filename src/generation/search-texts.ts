import { Random } from "../base/random.js";
import { type Beam, BeamSearch, type FinishedBeam } from "./beam-search.js";
import { DecoderState, type Prompts } from "./decoder-state.js";
import { filtersOf, type ScoreFilter } from "./filters/index.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import { type GenerationSettings, tokenLimit } from "./settings.js";
import type { StopCheck, WrittenText, WrittenToken } from "./written-text.js";

/** The search for texts after one prompt: one beam search, or several that are kept apart. */
interface PromptSearch {
  readonly prompt: number;
  readonly ids: readonly number[];
  readonly source: readonly number[];
  readonly limit: number;
  readonly groups: readonly Group[];
}

interface Group {
  readonly search: BeamSearch;
  /** Where each running beam lies in the decoder's state. */
  rows: readonly number[];
}

/**
 * Find the best texts by beam search. Nothing is known of them before the end: each step gives out an empty list, so
 * that the caller can stop.
 */
export async function* searchTexts(
  decoder: ReadyDecoder,
  prompts: Prompts,
  settings: GenerationSettings,
  stops?: StopCheck,
): AsyncGenerator<readonly WrittenToken[], readonly WrittenText[]> {
  const { beamCount = 1, diversityPenalty = 0 } = settings;
  const filters = filtersOf(settings);
  const searches = prompts.ids.map((_, prompt) => beginSearch(prompts, prompt, settings));
  const state = await DecoderState.begin(decoder, prompts, searches.length * beamCount);
  for (;;) {
    for (const search of searches) {
      const chosen: number[] = []; // by the groups before, in this step
      for (const { search: beams, rows } of search.groups) {
        if (beams.done) continue;
        const scores = scoresOf(state, search, beams.running, rows, chosen, diversityPenalty, filters);
        const next = beams.continuations(scores);
        const finished = await finishedBy(next, settings, stops);
        beams.accept(
          next,
          next.map(({ ids }, i) => finished[i]! || ids.length >= search.limit),
        );
        const goingOn = next.filter((_, i) => !finished[i]).slice(0, beamCount / search.groups.length);
        chosen.push(...goingOn.map(({ ids }) => ids.at(-1)!));
      }
    }
    yield [];
    const groups = searches.flatMap((search) => search.groups).filter(({ search }) => !search.done);
    if (groups.length === 0) return searches.flatMap((search) => results(search, settings));
    const beams = groups.flatMap(({ search, rows }) =>
      search.running.map(({ ids, parent }) => ({ token: ids.at(-1)!, row: rows[parent]! })),
    );
    const placed = state.select(beams.map(({ row }) => row));
    const tokens = new Array<number>(beams.length);
    for (const [i, { token }] of beams.entries()) tokens[placed[i]!] = token;
    let next = 0;
    for (const group of groups) {
      group.rows = placed.slice(next, next + group.search.running.length);
      next += group.rows.length;
    }
    await state.step(tokens);
  }
}

function beginSearch(prompts: Prompts, prompt: number, settings: GenerationSettings): PromptSearch {
  const { beamCount = 1, beamGroupCount = 1, endTokens = [], sample = false, seed = 42 } = settings;
  const ids = prompts.ids[prompt]!;
  const limit = tokenLimit(settings, ids.length);
  const groups = Array.from({ length: beamGroupCount }, () => ({
    search: new BeamSearch({
      beamCount: beamCount / beamGroupCount,
      lengthPenalty: settings.lengthPenalty ?? 1,
      earlyStopping: settings.earlyStopping ?? false,
      maxNewTokens: limit,
      endTokenCount: endTokens.length,
      random: sample ? new Random(seed).fork("prompt", prompts.numbers?.[prompt] ?? prompt) : undefined,
    }),
    rows: [prompt],
  }));
  return { prompt, ids, source: prompts.sources?.[prompt] ?? ids, limit, groups };
}

/**
 * The log-probabilities of what follows each beam, after filters. Groups are kept apart as in Vijayakumar et al. 2016
 * (https://arxiv.org/abs/1610.02424): a token loses by each earlier group's beam that chose it.
 */
function scoresOf(
  state: DecoderState,
  { ids: promptIds, source, groups }: PromptSearch,
  beams: readonly Beam[],
  rows: readonly number[],
  chosen: readonly number[],
  diversityPenalty: number,
  filters: readonly ScoreFilter[],
): Float32Array[] {
  return beams.map(({ ids }, i) => {
    const found = state.logProbabilities(rows[i]!);
    const scores = groups.length > 1 ? found.slice() : found; // groups begin with one row in common
    for (const token of chosen) scores[token] = scores[token]! - diversityPenalty;
    const sequence = { ids: [...promptIds, ...ids], promptLength: promptIds.length, source };
    for (const filter of filters) filter(scores, sequence);
    return scores;
  });
}

/** Which texts end in an end token or a stop string. */
async function finishedBy(
  beams: readonly Beam[],
  { endTokens = [] }: GenerationSettings,
  stops: StopCheck | undefined,
): Promise<boolean[]> {
  const ends = beams.map(({ ids }) => endTokens.includes(ids.at(-1)!));
  if (stops === undefined || beams.length === 0) return ends;
  const stopped = await stops(beams.map(({ ids }) => ids));
  return ends.map((end, i) => end || stopped[i] === true);
}

/** The best texts of all groups. */
function results(
  { prompt, limit, groups }: PromptSearch,
  { returnCount = 1, endTokens = [] }: GenerationSettings,
): WrittenText[] {
  const endOf = ({ ids }: FinishedBeam): WrittenText["end"] => {
    if (endTokens.includes(ids.at(-1)!)) return "end-token";
    return ids.length >= limit ? "length" : "stop-string";
  };
  const finished = groups.flatMap(({ search }) => search.finished).sort((a, b) => b.score - a.score);
  if (finished.length === 0) return [{ prompt, ids: [], end: "nothing-allowed", score: 0 }];
  return finished
    .slice(0, returnCount)
    .map((beam) => ({ prompt, ids: beam.ids, end: endOf(beam), score: beam.score }));
}

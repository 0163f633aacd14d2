export { type DecoderGraphs, decoderGraphs, decoderParameters, type SlotPlan } from "./decoder-graphs.js";
export type { Prompts } from "./decoder-state.js";
export { filtersOf, type ScoreFilter } from "./filters/index.js";
export { generateTexts } from "./generate-texts.js";
export { type ReadyDecoder, readyDecoder } from "./ready-decoder.js";
export type { TokenSequence } from "./sequence.js";
export { type GenerationSettings, tokenLimit } from "./settings.js";
export { WorkerGenerator } from "./worker-generator.js";
export type { EndReason, StopCheck, WrittenText, WrittenToken } from "./written-text.js";

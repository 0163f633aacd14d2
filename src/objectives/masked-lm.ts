// Masked language modelling (Devlin et al. 2018, https://arxiv.org/abs/1810.04805, section 3.1), the mask drawn anew
// each time a text is seen (Liu et al. 2019, https://arxiv.org/abs/1907.11692).
import { DataError, float32, hash, int64, internal, Random, type Tensor } from "../base/index.js";
import { input, type Value } from "../engine/index.js";
import type { ModelInputs, ModelOutputs } from "../models/index.js";
import type { PaddedBatch } from "../tokenizers/index.js";
import type { ChooseMasked } from "./choose-masked.js";
import { labelLoss, labelTrials } from "./losses.js";

/** How tokens are hidden. */
export interface MaskingOptions {
  readonly maskId: number;
  readonly vocabularySize: number;
  /** Tokens that stand for no text are never to be guessed. */
  readonly isSpecial: (id: number) => boolean;
  /** The share of tokens to be guessed. Default 0.15. */
  readonly rate?: number;
  /** Which part of the chosen tokens becomes the mask. Default 0.8. */
  readonly maskShare?: number;
  /** Which part becomes another token. Default 0.1; the rest stays. */
  readonly randomShare?: number;
  /** Hide words or spans as wholes; then the batch has `wordIds`. Default: each token by itself. */
  readonly choose?: ChooseMasked;
  /** Whether what is hidden as a whole is masked, replaced or kept as a whole too. Default false. */
  readonly sharesFate?: boolean;
}

/** The batch that is masked; `wordIds` tell which word of its text a token belongs to. */
export interface MaskableBatch extends Pick<PaddedBatch, "ids" | "mask"> {
  readonly length?: number;
  readonly wordIds?: Int32Array; // [size, length]
}

/** A batch with some tokens hidden. */
export interface MaskedBatch {
  readonly ids: Int32Array; // [size, length]
  /** Places `row * length + column` of the tokens to be guessed, rising. */
  readonly predictedRows: Int32Array; // [predicted]
  /** What stood there. */
  readonly labels: Int32Array; // [predicted]
}

/**
 * Choose tokens to be guessed: of these 80 % become the mask, 10 % a token drawn from the whole vocabulary, and
 * 10 % stay, unless the options say other shares. Each place draws by a hash of (seed, step, place), so the same step is
 * masked alike on every machine and after a resume. At least one token is chosen.
 */
export function maskTokens(
  batch: MaskableBatch,
  options: MaskingOptions,
  seed: number,
  step: number,
): MaskedBatch {
  const key = hash(hash(seed, 0x6d61736b), step);
  const chosen =
    options.choose === undefined ? chooseTokens(batch, options, key) : chooseGroups(batch, options, key);
  return hideTokens(batch.ids, chosen, options, key);
}

/** A token to be guessed, and the place whose draw says what becomes of it. */
interface Chosen {
  readonly place: number;
  readonly fateOf: number;
}

/** Each token by itself, with the probability `rate`. */
function chooseTokens(
  { ids, mask }: MaskableBatch,
  { isSpecial, rate = 0.15 }: MaskingOptions,
  key: number,
): Chosen[] {
  const chosen: number[] = [];
  let lowest = { draw: 0x10000, place: -1 };
  const threshold = Math.round(rate * 0x10000);
  for (let place = 0; place < ids.length; place++) {
    if (mask[place] === 0 || isSpecial(ids[place]!)) continue;
    const draw = hash(key, place) & 0xffff;
    if (draw < threshold) chosen.push(place);
    if (draw < lowest.draw) lowest = { draw, place };
  }
  if (lowest.place < 0) throw nothingToMask();
  if (chosen.length === 0) chosen.push(lowest.place);
  return chosen.map((place) => ({ place, fateOf: place }));
}

/** Words or spans of each text, `rate` of its tokens in all. */
function chooseGroups(
  { ids, mask, wordIds, length }: MaskableBatch,
  { isSpecial, rate = 0.15, choose, sharesFate = false }: MaskingOptions,
  key: number,
): Chosen[] {
  if (wordIds === undefined || length === undefined) throw internal("masking of words needs their ids");
  const chosen: Chosen[] = [];
  for (let start = 0, row = 0; start < ids.length; start += length, row++) {
    const places = Array.from({ length }, (_, column) => start + column).filter(
      (place) => mask[place] === 1 && !isSpecial(ids[place]!),
    );
    if (places.length === 0) continue;
    const words = places.map((place) => wordIds[place]!);
    const budget = Math.max(1, Math.round(rate * places.length));
    const text = { places, words, ids: places.map((place) => ids[place]!) };
    for (const group of choose!(text, budget, new Random(hash(key, row))))
      for (const place of group) chosen.push({ place, fateOf: sharesFate ? group[0]! : place });
  }
  if (chosen.length === 0) throw nothingToMask();
  return chosen.sort((a, b) => a.place - b.place);
}

function nothingToMask(): DataError {
  return new DataError(
    "masked language modelling: expected a batch with text in it, got special tokens only",
    { hint: "leave out empty texts" },
  );
}

/** Of the chosen tokens some become the mask, some another token, and some stay. */
function hideTokens(
  ids: Int32Array,
  chosen: readonly Chosen[],
  { maskId, vocabularySize, maskShare = 0.8, randomShare = 0.1 }: MaskingOptions,
  key: number,
): MaskedBatch {
  // from where on, of 0x10000, a chosen token becomes a random one, and from where on it stays
  const randomFrom = Math.round(maskShare * 0x10000);
  const keptFrom = Math.round((maskShare + randomShare) * 0x10000);
  const masked = ids.slice();
  for (const { place, fateOf } of chosen) {
    const fate = hash(key, fateOf) >>> 16; // the bits that the choice left over
    if (fate < keptFrom) masked[place] = fate < randomFrom ? maskId : hash(key, ~place) % vocabularySize;
  }
  return {
    ids: masked,
    predictedRows: Int32Array.from(chosen, ({ place }) => place),
    labels: Int32Array.from(chosen, ({ place }) => ids[place]!),
  };
}

/**
 * Inputs of a model that is to guess hidden tokens. The head is computed at these alone: with 15 % of the rows, six
 * parts of seven of the product with the vocabulary are saved.
 */
export function maskedLmInputs(): ModelInputs {
  const ids = (name: string): Value => input(name, ["batch", "sequence"], "int64");
  const predictedRows = input("predictedRows", ["predicted"], "int64");
  return { ids: ids("ids"), mask: ids("mask"), typeIds: ids("typeIds"), predictedRows };
}

/** Cross-entropy of the hidden tokens, for a model built with the head `masked-lm` on `maskedLmInputs`. */
export function maskedLmLoss(outputs: ModelOutputs): Value {
  return hiddenLoss(outputs.heads.get("logits")!);
}

/** Of each hidden token by itself: its loss in nats, and 1 where no other token is likelier, else 0; both `[predicted]`. */
export function maskedLmTrials(outputs: ModelOutputs): ReadonlyMap<"losses" | "rights", Value> {
  return hiddenTrials(outputs.heads.get("logits")!);
}

/** `maskedLmLoss` from logits `[predicted, vocabulary]`, of a head that has others beside them. */
export function hiddenLoss(logits: Value): Value {
  return labelLoss(logits, input("labels", ["predicted"], "int64"), input("weights", ["predicted"]));
}

/** `maskedLmTrials` from logits. */
export function hiddenTrials(logits: Value): ReadonlyMap<"losses" | "rights", Value> {
  return labelTrials(logits, input("labels", ["predicted"], "int64"));
}

/**
 * What a masked batch feeds to the graph. `totalCount` is the number of hidden tokens in all micro-batches of the
 * step, so that the loss is the mean over them; default: those of this batch.
 */
export function maskedLmFeeds(
  { size, length, mask, typeIds }: PaddedBatch,
  { ids, predictedRows, labels }: MaskedBatch,
  totalCount: number = labels.length,
): Map<string, Tensor> {
  const count = [labels.length];
  return new Map<string, Tensor>([
    ["ids", int64([size, length], ids)],
    ["mask", int64([size, length], mask)],
    ["typeIds", int64([size, length], typeIds)],
    ["predictedRows", int64(count, predictedRows)],
    ["labels", int64(count, labels)],
    ["weights", float32(count, new Float32Array(labels.length).fill(1 / totalCount))],
  ]);
}

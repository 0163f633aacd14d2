import { FileError, int64, OptionError, type Tensor } from "../base/index.js";
import { crossEntropy, input, type Value } from "../engine/index.js";
import { modelInputs, type Network } from "../models/index.js";
import { forInference } from "../nn/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { generationDefaults } from "./generation-settings.js";
import type { OpenModel } from "./open-model.js";
import type { TextInput } from "./text-inputs.js";

/** What a model's head finds likely: a text from its beginning, tokens among others, or a text by its source. */
export type ScoringHead = "causal-lm" | "masked-lm" | "sequence-to-sequence";

/** What is computed at once: a text, a window of a long one, or a text with one token hidden. */
export interface ScoredItem {
  /** The number of its text. */
  readonly text: number;
  readonly ids: readonly number[];
  /** What the decoder reads, where there is one. */
  readonly decoderIds?: readonly number[];
  /** The places whose next token (of a masked language model, whose token) counts, and these tokens. */
  readonly places: readonly number[];
  readonly labels: readonly number[];
}

/** The graph: `losses`, the negative log-likelihood of each counted token `[predicted]`. */
export function scoringGraph(network: Network, head: ScoringHead): ReadonlyMap<string, Value> {
  const predictedRows = input("predictedRows", ["predicted"], "int64");
  const labels = input("labels", ["predicted"], "int64");
  const { heads } = network.build(head, 0, { ...modelInputs(head), predictedRows }, forInference());
  const logits = heads.get("logits")!;
  return new Map([["losses", crossEntropy(logits, labels)]]);
}

/** The inputs of a batch. */
export function scoringFeeds(
  batch: readonly ScoredItem[],
  head: ScoringHead,
  paddingId: number,
): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>();
  const fill = (
    names: readonly [ids: string, mask: string],
    texts: readonly (readonly number[])[],
  ): number => {
    const length = texts.reduce((longest, { length: one }) => Math.max(longest, one), 0);
    const [ids, mask] = [
      new Float64Array(texts.length * length).fill(paddingId),
      new Float64Array(texts.length * length),
    ];
    texts.forEach((text, row) => {
      ids.set(text, row * length);
      mask.fill(1, row * length, row * length + text.length);
    });
    feeds.set(names[0], int64([texts.length, length], ids));
    feeds.set(names[1], int64([texts.length, length], mask));
    return length;
  };
  let length = fill(
    ["ids", "mask"],
    batch.map(({ ids }) => ids),
  );
  feeds.set("typeIds", int64([batch.length, length], new Uint8Array(batch.length * length)));
  if (head === "sequence-to-sequence")
    length = fill(
      ["decoderIds", "decoderMask"],
      batch.map(({ decoderIds }) => decoderIds!),
    );
  const rows = batch.flatMap(({ places }, row) => places.map((place) => row * length + place));
  const labels = batch.flatMap((item) => item.labels);
  feeds.set("predictedRows", int64([rows.length], rows));
  feeds.set("labels", int64([labels.length], labels));
  return feeds;
}

/** What is computed for texts. */
export async function scoringItems(
  inputs: readonly TextInput[],
  head: ScoringHead,
  model: OpenModel,
  tokenizer: Tokenizer,
): Promise<ScoredItem[]> {
  if (head === "masked-lm") return inputs.flatMap((text, i) => hiddenInTurn(text, i, model, tokenizer));
  if (head === "sequence-to-sequence") return inputs.map((text, i) => targetOf(text, i, model, tokenizer));
  const { beginToken } = await generationDefaults(model, tokenizer);
  return inputs.flatMap(({ text }, i) =>
    windows([...tokenizer.encode(text).ids], beginToken, i, model.network.maxLength),
  );
}

/**
 * Each token by those before it; `begin` stands before the first where there is such a token. A text longer than the
 * model takes is read in windows that share half their tokens, so that each token has at least so many before it.
 */
export function windows(
  ids: readonly number[],
  begin: number | undefined,
  text: number,
  maxLength: number,
): ScoredItem[] {
  const all = begin === undefined || ids[0] === begin ? ids : [begin, ...ids];
  const items: ScoredItem[] = [];
  const step = Number.isFinite(maxLength) ? Math.max(1, Math.floor(maxLength / 2)) : all.length;
  let counted = 0; // tokens after the first that have been counted
  for (let start = 0; counted < all.length - 1; start += step) {
    const end = Math.min(start + maxLength, all.length - 1);
    const places = Array.from(
      { length: end - Math.max(counted, start) },
      (_, i) => Math.max(counted, start) - start + i,
    );
    items.push({
      text,
      ids: all.slice(start, end),
      places,
      labels: places.map((place) => all[start + place + 1]!),
    });
    counted = end;
  }
  return items;
}

/** Each token of a text hidden in turn. */
function hiddenInTurn(
  { text, pair }: TextInput,
  number: number,
  { network }: OpenModel,
  tokenizer: Tokenizer,
): ScoredItem[] {
  const mask = tokenizer.special.mask?.id;
  if (mask === undefined) throw new OptionError("expected a tokenizer with a mask token, got one without");
  const encoding = tokenizer.encode(text, pair === undefined ? {} : { pair });
  const ids = [...encoding.ids];
  if (ids.length > network.maxLength)
    throw new OptionError(`expected texts of at most ${network.maxLength} tokens, got ${ids.length}`, {
      hint: "score its sentences by themselves",
    });
  return ids.flatMap((id, place) =>
    encoding.sequenceIds[place]! < 0
      ? []
      : [{ text: number, ids: ids.with(place, mask), places: [place], labels: [id] }],
  );
}

/** Each token of what is written, by the source and the tokens before it. */
function targetOf(
  { text, pair }: TextInput,
  number: number,
  { network, configPath }: OpenModel,
  tokenizer: Tokenizer,
): ScoredItem {
  if (pair === undefined)
    throw new OptionError(
      `expected a text and what is written for it, got the text alone: ${text.slice(0, 40)}`,
      {
        hint: 'an encoder-decoder scores pairs: JSON lines {"text": ..., "pair": ...}, or --text-column and --pair-column',
      },
    );
  if (network.decoderInput === undefined)
    throw new FileError(configPath, "expected an encoder-decoder that learns to write, got another");
  const limit = Number.isFinite(network.maxLength) ? { maxLength: network.maxLength } : {};
  const target = [...tokenizer.encode(pair, limit).ids];
  return {
    text: number,
    ids: [...tokenizer.encode(text, limit).ids],
    decoderIds: network.decoderInput(target),
    places: target.map((_, place) => place),
    labels: target,
  };
}

// Denoising (BART, Lewis et al. 2019, https://arxiv.org/abs/1910.13461): a row is damaged, and the decoder writes it as
// it was.
import { DataError, OptionError, type Random } from "../../base/index.js";
import { documentBegins, type Stretch, sentenceBegins } from "../../data/corpus/token-corpus.js";
import {
  type Damage,
  damagedBy,
  deletedTokens,
  infilledText,
  maskedTokens,
  permuteSentences,
  rotatedText,
} from "../../objectives/index.js";
import type { GuessedTokens } from "../hidden-tokens.js";
import { type Noise, noises, type Objective } from "./objective.js";
import { specialCountOf, textFrame } from "./text-frame.js";
import { type WrittenRow, writtenProblem } from "./written-rows.js";

export const denoising: Objective<WrittenRow, GuessedTokens> = {
  name: "denoising",
  defaults: { maxLength: 512, batchSize: 8, learningRate: 5e-4 },
  heads: ["sequence-to-sequence"],
  families: ["bart", "mbart"],
  reads: ["noise", "maskRate", "spanLength"],
  open(context) {
    const { tokenizer, settings, rows } = context;
    const { noise = ["permute", "infill"], maskRate: rate, spanLength } = settings;
    if (noise.length === 0) throw new OptionError(`noise: expected one of ${noises.join(", ")}, got none`);
    const isAsked = (name: Noise): boolean => noise.includes(name);
    const maskId = tokenizer.special.mask?.id;
    if (maskId === undefined && (isAsked("mask") || isAsked("infill")))
      throw new DataError("denoising: expected a tokenizer with a mask token, got one without", {
        hint: "train one with special tokens, or damage texts by --noise permute,delete,rotate",
      });
    const damages: Record<Exclude<Noise, "permute">, () => Damage> = {
      mask: () => maskedTokens(maskId!, rate),
      delete: () => deletedTokens(rate),
      infill: () => infilledText(maskId!, rate, spanLength),
      rotate: () => rotatedText(),
    };
    const damage = damagedBy(
      ...noises.flatMap((name) => (name === "permute" || !isAsked(name) ? [] : damages[name]())),
    );
    return writtenProblem(context, {
      description: `denoising by ${noises.filter(isAsked).join(", ")}`,
      rowLength: rows.maxLength - Math.max(1, specialCountOf(textFrame(tokenizer, 1))),
      draw(stretch, random) {
        const ids = isAsked("permute") ? permuted(stretch, random) : Array.from(stretch.ids);
        return { source: Int32Array.from(damage(ids, random)), target: stretch.ids };
      },
    });
  },
};

/** The sentences of each document in another order; documents stay where they are. */
function permuted({ ids, begins }: Stretch, random: Random): number[] {
  const startsOf = (bits: number): number[] =>
    Array.from(begins.keys()).filter((place) => place === 0 || (begins[place]! & bits) !== 0);
  const [documents, sentences] = [startsOf(documentBegins), startsOf(sentenceBegins | documentBegins)];
  return documents.flatMap((start, i) => {
    const end = documents[i + 1] ?? ids.length;
    const own = sentences.filter((place) => place >= start && place < end).map((place) => place - start);
    return permuteSentences(Array.from(ids.subarray(start, end)), own, random);
  });
}

// Prefix language modelling: an encoder-decoder reads how a row begins and writes how it goes on (T5's "LM adaptation",
// Lester et al. 2021, https://arxiv.org/abs/2104.08691); a model that looks back sees the tokens of the beginning from
// both sides, and foretells the rest (UniLM, Dong et al. 2019, https://arxiv.org/abs/1905.03197).
import { hash, OptionError, Random } from "../../base/index.js";
import {
  cutPrefix,
  foretoldBehind,
  type PrefixedText,
  prefixLmFeeds,
  prefixLmInputs,
} from "../../objectives/index.js";
import type { TextLikelihood } from "../foretold-tokens.js";
import type { GuessedTokens } from "../hidden-tokens.js";
import { fingerprint } from "../masked-blocks.js";
import { causalLm, type ForetoldRow } from "./causal-lm.js";
import type { AnyPretrainingProblem, Objective, ObjectiveContext, PretrainingProblem } from "./objective.js";
import { specialCountOf, textFrame } from "./text-frame.js";
import { type WrittenRow, writtenProblem } from "./written-rows.js";

// biome-ignore lint/suspicious/noExplicitAny: what a row is hangs on the model
export const prefixLm: Objective<any, GuessedTokens | TextLikelihood> = {
  name: "prefix-lm",
  defaults: { maxLength: 512, batchSize: 8, learningRate: 5e-4 },
  heads: ["sequence-to-sequence"],
  orHead: "causal-lm",
  reads: [],
  open(context): AnyPretrainingProblem {
    return context.rows.decoderInput === undefined
      ? foretoldAfterPrefix(context)
      : writtenAfterPrefix(context);
  },
};

/** The prefix is the source, and the rest the text to be written. */
function writtenAfterPrefix(context: ObjectiveContext): PretrainingProblem<WrittenRow, GuessedTokens> {
  // the shorter of both parts leaves room for the special tokens of the longer one
  const rowLength = context.rows.maxLength - Math.max(1, specialCountOf(textFrame(context.tokenizer, 1)));
  return writtenProblem(context, {
    description: "prefix-lm",
    rowLength,
    draw: ({ ids }, random) => (ids.length < 2 ? undefined : cutPrefix(ids, random)),
  });
}

/** A row of a language model, and what of it is a prefix now. */
interface PrefixedRow extends ForetoldRow, PrefixedText {}

/** Rows of a language model, of which the first tokens see each other. */
function foretoldAfterPrefix(context: ObjectiveContext): PretrainingProblem<PrefixedRow, TextLikelihood> {
  const { network } = context;
  if (network.seesPrefix !== true)
    throw new OptionError(
      `prefix-lm: expected a model with attention, whose tokens can see both sides of a prefix, got ${network.description}`,
      { hint: "--objective causal-lm learns each token from those before it" },
    );
  const foretold = causalLm.open(context);
  return {
    ...foretold,
    description: "prefix-lm",
    encode: (stretches) =>
      foretold.encode(stretches).map((row) => ({ ...row, ...foretoldBehind(row.original, 1) })),
    redraw: (items, seed, step) =>
      items.map((item) => {
        const readCount = item.original.length - 1;
        if (readCount < 1) return item;
        const random = new Random(hash(hash(seed, fingerprint(item.original)), step));
        return { ...item, ...foretoldBehind(item.original, 1 + random.integer(readCount)) };
      }),
    inputs: prefixLmInputs,
    targets: prefixLmFeeds,
  };
}

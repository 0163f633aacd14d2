// transformers.js' side of `npm run peers:exported`: the likeliest tokens after prompts, none twice, by a
// model that `tsugiki export` wrote. stdin is one JSON object { model, dtype, prompts, count }, stdout the ids that were written.
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM, env, Tensor } from "@huggingface/transformers";

const { model: directory, dtype, prompts, count } = JSON.parse(readFileSync(0, "utf8"));
env.allowRemoteModels = false;
env.localModelPath = dirname(directory);
const { is_encoder_decoder: readsSource = false } = JSON.parse(
  readFileSync(`${directory}/config.json`, "utf8"),
);
const Model = readsSource ? AutoModelForSeq2SeqLM : AutoModelForCausalLM;
const model = await Model.from_pretrained(basename(directory), {
  dtype,
  session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 },
});

// What a decoder goes on with is padded in front, with a token that it has: each is taken for one that was written.
const length = Math.max(...prompts.map((prompt) => prompt.length));
const filledUp = (row, filler) => {
  const padding = new Array(length - row.length).fill(filler);
  return readsSource ? [...row, ...padding] : [...padding, ...row];
};
const tensor = (rows) => new Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, length]);
const ones = (row) => row.map(() => 1);
const written = await model.generate({
  inputs: tensor(prompts.map((prompt) => filledUp(prompt, prompt[0]))),
  attention_mask: tensor(prompts.map((prompt) => filledUp(ones(prompt), 0))),
  max_new_tokens: count,
  eos_token_id: null, // as many tokens as are asked for
  forced_eos_token_id: null,
  no_repeat_ngram_size: 1,
});
console.log(JSON.stringify(written.tolist().map((ids) => ids.slice(-count).map(Number))));

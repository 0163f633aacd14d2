// BART (Lewis et al. 2019, https://arxiv.org/abs/1910.13461): the transformer of the original paper with learned
// positions, a norm over the embeddings and GELU.
import { type BartForm, bartArchitecture } from "./bart-layout.js";
import type { Architecture } from "./model.js";

const form: BartForm = {
  name: "BART",
  normFirst: false,
  normsEmbeddings: true,
  positions: "learned",
  positionOffset: 2, // fairseq counts positions from behind the id of padding, 1
  hasLogitsBias: true,
};

export const bart: Architecture = bartArchitecture({
  modelType: "bart",
  form,
  defaults: { paddingId: 1, startId: 2, endId: 2 },
  classNames: [
    ["none", "BartModel"],
    ["sequence-to-sequence", "BartForConditionalGeneration"],
    ["sequence-classification", "BartForSequenceClassification"],
    ["span-extraction", "BartForQuestionAnswering"],
  ],
});

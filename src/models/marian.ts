// Marian (Junczys-Dowmunt et al. 2018, https://arxiv.org/abs/1804.00344), as OPUS-MT's translators have it: the
// transformer of the original paper. Its positions are no parameters, and its source and target may have
// vocabularies of their own.
import { type BartForm, bartArchitecture } from "./bart-layout.js";
import type { Architecture } from "./model.js";

const form: BartForm = {
  name: "Marian",
  normFirst: false,
  normsEmbeddings: false,
  positions: "sinusoidal",
  positionOffset: 0,
  hasLogitsBias: true,
};

export const marian: Architecture = bartArchitecture({
  modelType: "marian",
  form,
  defaults: { paddingId: 58100, startId: 58100, endId: 0 },
  classNames: [
    ["none", "MarianModel"],
    ["sequence-to-sequence", "MarianMTModel"],
  ],
});

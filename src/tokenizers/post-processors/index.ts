import { type ReadStep, stepTable } from "../step-table.js";
import { readBertProcessing } from "./bert.js";
import { readByteLevelProcessing } from "./byte-level.js";
import type { PostProcessor } from "./post-processor.js";
import { readRobertaProcessing } from "./roberta.js";
import { readPostProcessorSequence } from "./sequence.js";
import { readTemplateProcessing } from "./template.js";

/** Makes a post-processor from its JSON, by its type. */
export const readPostProcessor: ReadStep<PostProcessor> = stepTable("post-processor", {
  BertProcessing: readBertProcessing,
  ByteLevel: readByteLevelProcessing,
  RobertaProcessing: readRobertaProcessing,
  Sequence: readPostProcessorSequence,
  TemplateProcessing: readTemplateProcessing,
});

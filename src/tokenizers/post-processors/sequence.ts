import { FileError, type JsonObject } from "../../base/index.js";
import { listField } from "../step-fields.js";
import type { ReadStep } from "../step-table.js";
import { type PostProcessor, plainPostProcessor } from "./post-processor.js";

/** Several post-processors, of which one at most puts special tokens around the texts. */
export function postProcessorSequence(steps: readonly PostProcessor[]): PostProcessor {
  const framing = steps.find(isFraming) ?? plainPostProcessor;
  const adjusting = steps.filter((step) => step.adjust !== undefined);
  return {
    single: framing.single,
    pair: framing.pair,
    ...(adjusting.length === 0
      ? {}
      : {
          adjust: (spans) => {
            for (const step of adjusting) step.adjust?.(spans);
          },
        }),
    toJson: () => ({ type: "Sequence", processors: steps.map((step) => step.toJson()) }),
  };
}

/** The step from its JSON. */
export function readPostProcessorSequence(
  json: JsonObject,
  place: string,
  read: ReadStep<PostProcessor>,
): PostProcessor {
  const steps = listField(json, "processors", place).map((step, i) =>
    read(step, `${place}, processors[${i}]`),
  );
  const framing = steps.filter(isFraming).length;
  if (framing > 1) {
    throw new FileError(
      place,
      `expected one step at most that puts special tokens around the texts, got ${framing}`,
      { hint: "Use a tokenizer whose post-processor puts them with one template." },
    );
  }
  return postProcessorSequence(steps);
}

function isFraming(step: PostProcessor): boolean {
  return step.single !== plainPostProcessor.single;
}

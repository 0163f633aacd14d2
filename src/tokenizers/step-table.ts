import { FileError, type Json, type JsonObject } from "../base/index.js";
import { objectAt, stringField } from "./step-fields.js";

/** Makes a step from its JSON. `read` makes the steps inside it, for sequences. */
export type StepReader<Step> = (json: JsonObject, place: string, read: ReadStep<Step>) => Step;
/** Makes a step from a value of a file, which may be anything. */
export type ReadStep<Step> = (json: Json | undefined, place: string) => Step;

/**
 * Reads one kind of step by the `type` it names. A type outside the table is refused by name: leaving a step
 * out would change every id without a word.
 */
export function stepTable<Step>(kind: string, readers: Record<string, StepReader<Step>>): ReadStep<Step> {
  return function read(json, place) {
    const step = objectAt(json, place);
    const type = stringField(step, "type", place);
    if (!Object.hasOwn(readers, type)) {
      throw new FileError(place, `the ${kind} "${type}" is not supported yet`, {
        hint: `Supported: ${Object.keys(readers).join(", ")}. Use a tokenizer made of these.`,
      });
    }
    return readers[type]!(step, place, read);
  };
}

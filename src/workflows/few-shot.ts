import { type JsonObject, OptionError } from "../base/index.js";

/** A text with places for values: `Q: {question}\nA: {answer}`. */
export interface Template {
  /** The names of its places, in order. */
  readonly fields: readonly string[];
  /** The text with all its values. */
  fill(values: JsonObject): string;
  /**
   * The text up to the place at its end, which is to be written; where the one place there is stands at the end, or
   * none does, the whole text.
   */
  prompt(values: JsonObject): string;
}

/** Read a template. `\n` and `\t` are a new line and a tabulator, `{{` and `}}` braces. */
export function readTemplate(text: string): Template {
  const parts = [...unescaped(text).matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)].map(([part, name]) => {
    if (name !== undefined) return { name: name.trim() };
    return { text: part === "{{" ? "{" : part === "}}" ? "}" : part };
  });
  const fields = parts.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (fields.length === 0)
    throw new OptionError(`template: expected names in braces, got ${JSON.stringify(text)}`, {
      hint: "for example: --template 'Q: {question}\\nA: {answer}'",
    });
  const fill = (some: typeof parts, values: JsonObject): string =>
    some.map((part) => (part.name === undefined ? part.text : textAt(values, part.name))).join("");
  const last = parts.at(-1)!.name;
  const asks = last !== undefined && new Set(fields).size > 1;
  return {
    fields,
    fill: (values) => fill(parts, values),
    // a space before what is to be written is part of its first token
    prompt: (values) => (asks ? fill(parts.slice(0, -1), values).trimEnd() : fill(parts, values)),
  };
}

/** The template of rows with two columns: what is given, and what is made of it. */
export function usualTemplate(columns: readonly string[]): Template {
  const [given, made] = columns;
  if (given !== undefined && made !== undefined && columns.length === 2)
    return readTemplate(`Input: {${given}}\nOutput: {${made}}`);
  throw new OptionError(
    `template: expected one, for the examples have the columns ${columns.join(", ") || "(none)"}`,
    { hint: "for example: --template 'Q: {question}\\nA: {answer}'" },
  );
}

/** A prompt that shows examples before what is asked. */
export function fewShotPrompt(
  template: Template,
  examples: readonly JsonObject[],
  asked: JsonObject,
  separator: string,
): string {
  return [...examples.map((example) => template.fill(example)), template.prompt(asked)].join(separator);
}

/** A text that was typed with `\n` and `\t` for new lines and tabulators. */
export function unescaped(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: "\n", t: "\t" })[letter] ?? "\\");
}

function textAt(values: JsonObject, name: string): string {
  const value = values[name];
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new OptionError(`template: expected a value for {${name}}, got ${Object.keys(values).join(", ")}`, {
    hint: "the names in braces are those of the columns",
  });
}

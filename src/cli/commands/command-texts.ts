import { OptionError } from "../../base/index.js";
import { globFiles } from "../../workflows/glob-files.js";
import {
  type TextInput,
  type TextOptions,
  type TextPart,
  textInputs,
  textParts,
} from "../../workflows/text-inputs.js";
import type { CommandContext, InputStream } from "../command.js";

/** The texts a command works on; nobody waits for a person to type them. */
export function commandTexts(options: TextOptions, input: InputStream): AsyncGenerator<TextInput> {
  requireTexts(options, input);
  return textInputs(options, input);
}

/** The same in parts that are still to be read. */
export function commandTextParts(options: TextOptions, input: InputStream): AsyncGenerator<TextPart> {
  requireTexts(options, input);
  return textParts(options, input);
}

/** The same, where a file, or standard input, is one text with all its lines. */
export async function* wholeTexts(options: TextOptions, input: InputStream): AsyncGenerator<TextInput> {
  requireTexts(options, input);
  const { texts, files } = options;
  if (texts !== undefined) yield* textInputs({ texts }, input);
  const sources = texts === undefined && files === undefined ? [undefined] : await globFiles(files ?? []);
  for (const file of sources) {
    const lines: string[] = [];
    const source = file === undefined ? {} : { files: [file] };
    for await (const { text } of textInputs(source, input)) lines.push(text);
    yield { text: lines.join("\n") };
  }
}

function requireTexts(options: TextOptions, input: InputStream): void {
  if (options.texts !== undefined || options.files !== undefined || input.isTTY !== true) return;
  throw new OptionError("expected texts, got none", {
    hint: 'give them as words ("a text"), as --file texts.txt, or as lines of standard input',
  });
}

/** Writes lines in larger pieces: a call for each would take longer than the work. */
export class LineWriter {
  readonly #output: CommandContext["output"];
  #text = "";

  constructor(output: CommandContext["output"]) {
    this.#output = output;
  }

  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length > 2 ** 16) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#output.write(this.#text);
    this.#text = "";
  }
}

import { OptionError } from "../../base/index.js";
import { type TextInput, type TextOptions, textInputs } from "../../workflows/text-inputs.js";
import type { CommandContext, InputStream } from "../command.js";

/** The texts a command works on; nobody waits for a person to type them. */
export function commandTexts(options: TextOptions, input: InputStream): AsyncGenerator<TextInput> {
  if (options.texts === undefined && options.files === undefined && input.isTTY === true) {
    throw new OptionError("expected texts, got none", {
      hint: 'give them as words ("a text"), as --file texts.txt, or as lines of standard input',
    });
  }
  return textInputs(options, input);
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

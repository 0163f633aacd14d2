import { heldBack, stopPlace } from "./stop-text.js";

/** A text that is written a token at a time, as pieces that can be shown at once. */
export class TextStream {
  /** All that was given out. */
  text = "";
  readonly #decode: (ids: readonly number[]) => string;
  readonly #stops: readonly string[];
  readonly #ids: number[] = [];

  /** `decode` gives the text of tokens; what is written from a stop string on is not shown. */
  constructor(decode: (ids: readonly number[]) => string, stops: readonly string[] = []) {
    this.#decode = decode;
    this.#stops = stops;
  }

  /** What can be shown now that a token has come: nothing while a character is not whole, or a stop string may begin. */
  push(token: number): string {
    this.#ids.push(token);
    const whole = this.#decode(this.#ids);
    if (whole.endsWith("\ufffd")) return ""; // the first bytes of a character
    const end = stopPlace(whole, this.#stops) ?? whole.length - heldBack(whole, this.#stops);
    return this.#show(whole.slice(0, end));
  }

  /** What is left at the end. */
  end(): string {
    const whole = this.#decode(this.#ids);
    return this.#show(whole.slice(0, stopPlace(whole, this.#stops)));
  }

  /** What is new in a text; a decoder may change what stands at its end, and what was shown stays. */
  #show(text: string): string {
    if (!text.startsWith(this.text)) return "";
    const piece = text.slice(this.text.length);
    this.text = text;
    return piece;
  }
}

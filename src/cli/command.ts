import type { OptionTable } from "../workflows/options.js";
import type { Reporter, TextStream } from "./terminal/index.js";

/** One command of the program: its options, its help, and what it does. */
export interface Command<Options = unknown> {
  readonly name: string;
  /** One line, lower case. */
  readonly summary: string;
  readonly options: OptionTable<Options>;
  /** What is typed after `npx tsugiki`, a line each. */
  readonly examples: readonly string[];
  /** What a program might want is on standard output even without --json, and all else on standard error. */
  readonly printsResult?: boolean;
  /** Ctrl-C ends it at once, and it says itself what became of it. Default: the step at hand is finished. */
  readonly stopsAtOnce?: boolean;
  /** Do it, and answer the exit code; undefined is 0. */
  run(options: Options, context: CommandContext): Promise<number | undefined>;
}

/** A command whose options are not known here: what the registry sees. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where commands of all options meet
export type AnyCommand = Command<any>;

/** What a command has to do with. */
export interface CommandContext {
  /** Tells a person how it goes. */
  readonly reporter: Reporter;
  /** Whether a program reads the result. */
  readonly json: boolean;
  /** Where the result goes. */
  readonly output: TextStream;
  readonly input: InputStream;
  /** Colours for `output`. */
  readonly color: boolean;
  /** Fires when the user wants the run to stop. */
  readonly signal: AbortSignal;
  /** The words after the command's name, to be said again. */
  readonly words: readonly string[];
  /** The time in milliseconds. */
  readonly clock: () => number;
}

/** process.stdin or anything like it. */
export interface InputStream extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean | undefined;
}

/** A command that is loaded when it is called: starting the program must not pay for all of them. */
export interface LazyCommand {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

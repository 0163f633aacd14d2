// nothing is loaded before it is needed: the program must start at once
import { OptionError, TsugikiError } from "../base/errors.js";
import { nearest } from "../base/names.js";
import type { AnyCommand, InputStream } from "./command.js";
import { type CommandGroup, commands, type LazyCommand, type Registry } from "./commands/index.js";
import { exitCodes } from "./exit-codes.js";
import { colors, wantsColor } from "./terminal/colors.js";
import type { TextStream } from "./terminal/reporter.js";

/** The world a program runs in: process, or a test's own. */
export interface Surroundings {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly stdin: InputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The time in milliseconds. */
  readonly clock: () => number;
  /** Calls back at each Ctrl-C; answers how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Ends the program at once. */
  readonly exit: (code: number) => void;
}

/**
 * Run `tsugiki` with the words after its name, and answer the exit code: 0, 2 for what the user can cure, 1 for a
 * defect, 130 after Ctrl-C; `verify` answers 1 where values differ.
 */
export async function runProgram(
  words: readonly string[],
  world: Surroundings,
  registry: Registry = commands,
  group = "",
): Promise<number> {
  const [name, ...rest] = words;
  const found = name === "help" ? rest[0] : name;
  const inner = found !== undefined && Object.hasOwn(registry, found) ? registry[found]! : undefined;
  if (inner !== undefined && "loadGroup" in inner) {
    const members = await inner.loadGroup();
    // `help tokenizer encode` is `tokenizer help encode`
    const [member, further] = name === "help" ? [rest[1], ["help", ...rest.slice(1)]] : [rest[0], rest];
    const isOfGroup = !("load" in inner) || (member !== undefined && Object.hasOwn(members, member));
    if (isOfGroup) return runProgram(further, world, members, found);
  }
  if (name === "--version" || name === "-V") {
    const { version } = await import("../workflows/version.js");
    world.stdout.write(`${version}\n`);
    return exitCodes.done;
  }
  const wantsHelp = name === undefined || name === "--help" || name === "-h" || name === "help";
  if (wantsHelp && (name !== "help" || rest[0] === undefined)) {
    const { programHelp } = await import("./help-text.js");
    // without any word it is an answer to a mistake
    const stream = name === undefined ? world.stderr : world.stdout;
    stream.write(programHelp(registry, colors(wantsColor(stream, world.environment)), group));
    return name === undefined ? exitCodes.userError : exitCodes.done;
  }
  try {
    const command = await loadCommand(name === "help" ? rest[0]! : name!, registry);
    return await runCommand(command, name === "help" ? ["--help"] : rest, world);
  } catch (error) {
    return reportError(error, world);
  }
}

async function loadCommand(
  name: string,
  registry: Readonly<Record<string, LazyCommand | CommandGroup>>,
): Promise<AnyCommand> {
  const found = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (found !== undefined && "load" in found) return found.load();
  const known = Object.keys(registry);
  const near = nearest(name, known);
  throw new OptionError(`${name}: there is no such command`, {
    hint: near === undefined ? `the commands are ${known.join(", ")}` : `did you mean ${near}?`,
  });
}

async function runCommand(
  command: AnyCommand,
  words: readonly string[],
  world: Surroundings,
): Promise<number> {
  const { readCommandLine } = await import("./read-command-line.js");
  const { common, options, notes } = await readCommandLine(command, words);
  const { stdout, stderr, environment, clock } = world;
  if (common.help) {
    const { commandHelp } = await import("./help-text.js");
    stdout.write(commandHelp(command, stdout.columns ?? 100, colors(wantsColor(stdout, environment))));
    return exitCodes.done;
  }
  const { reporter: makeReporter } = await import("./terminal/index.js");
  const json = common.json === true;
  const stream = json || command.printsResult ? stderr : stdout;
  const reporter = makeReporter({ stream, clock, color: wantsColor(stream, environment) });
  const stop = new AbortController();
  const stopListening = world.onInterrupt(() => {
    if (stop.signal.aborted) {
      reporter.close();
      world.exit(exitCodes.interrupted);
    } else {
      stop.abort();
      if (command.stopsAtOnce) return;
      reporter.line("stopping after the step at hand; Ctrl-C again stops at once and saves nothing");
    }
  });
  try {
    for (const note of notes) reporter.line(note);
    const code = await command.run(options, {
      reporter,
      json,
      output: stdout,
      input: world.stdin,
      color: !json && wantsColor(stdout, environment),
      signal: stop.signal,
      words,
      clock,
    });
    return code ?? (stop.signal.aborted ? exitCodes.interrupted : exitCodes.done);
  } catch (error) {
    reporter.close();
    // an interrupted run ends where it was
    if (stop.signal.aborted && (error as Error).name === "AbortError") return exitCodes.interrupted;
    throw error;
  } finally {
    reporter.close();
    stopListening();
  }
}

async function reportError(error: unknown, { stderr, environment, clock }: Surroundings): Promise<number> {
  const { isSystemError, reporter } = await import("./terminal/index.js");
  const debug = environment["TSUGIKI_DEBUG"] === "1";
  reporter({ stream: stderr, clock, color: wantsColor(stderr, environment), debug }).error(error);
  return error instanceof TsugikiError || isSystemError(error) ? exitCodes.userError : exitCodes.defect;
}

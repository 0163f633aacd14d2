import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError, internal, OptionError } from "../base/index.js";
import { verifyRows } from "../workflows/options.js";
import type { AnyCommand, CommandContext } from "./command.js";
import type { LazyCommand, Registry } from "./commands/index.js";
import { runProgram } from "./run-program.js";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exits: readonly number[];
}

type Body = (
  context: CommandContext & { interrupt: () => void; options: unknown },
) => Promise<number | undefined>;

/** Run words against one command `stub`, whose body is given. */
async function run(
  words: readonly string[],
  { body = async () => undefined, environment = {}, printsResult = false, input = [] as string[] } = {} as {
    body?: Body;
    environment?: Record<string, string>;
    printsResult?: boolean;
    input?: string[];
  },
): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  const exits: number[] = [];
  const listeners = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of listeners) listener();
  };
  const stub: AnyCommand = {
    name: "stub",
    summary: "do nothing",
    options: verifyRows,
    examples: ["stub --model m"],
    printsResult,
    run: (options, context) => body({ ...context, options, interrupt }),
  };
  const lazy = (command: AnyCommand): LazyCommand => ({
    summary: command.summary,
    load: async () => command,
  });
  const inner = { ...stub, name: "stub more", summary: "do less" };
  const registry: Registry = {
    stub: { ...lazy(stub), loadGroup: async () => ({ more: lazy(inner) }) },
  };
  const code = await runProgram(
    words,
    {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      stdin: (async function* () {
        yield* input;
      })(),
      environment,
      clock: () => 0,
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exit: (exitCode) => exits.push(exitCode),
    },
    registry,
  );
  assert.equal(listeners.size, 0, "nobody listens for Ctrl-C after a command");
  return { code, stdout, stderr, exits };
}

const words = ["stub", "--model", "m"];

describe("runProgram", () => {
  test("the version and the list of commands", async () => {
    assert.match((await run(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
    for (const asked of [["--help"], ["-h"], ["help"]]) {
      const { code, stdout } = await run(asked);
      assert.equal(code, 0);
      assert.match(stdout, /^Transfer learning [\s\S]*\n {2}stub {3}do nothing\n/);
    }
    const { code, stdout, stderr } = await run([]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /Commands/);
  });

  test("help of a command, asked for in either way, whatever else is wrong", async () => {
    const first = await run(["stub", "--help", "--threads", "none"]);
    assert.match(first.stdout, /^Do nothing\.\n\nUsage {2}npx tsugiki stub --model MODEL \[OPTIONS\]\n/);
    assert.deepEqual(await run(["help", "stub"]), first);
    assert.equal(first.code, 0);
  });

  test("a word may be a command and have others under it", async () => {
    const first = await run(["stub", "more", "--help"]);
    assert.match(first.stdout, /^Do less\.\n\nUsage {2}npx tsugiki stub more --model MODEL/);
    assert.deepEqual(await run(["help", "stub", "more"]), first);
  });

  test("options reach the command, and it ends with 0", async () => {
    let seen: unknown;
    const { code, stderr } = await run([...words, "--threads=2"], {
      body: async ({ options }) => {
        seen = options;
        return undefined;
      },
    });
    assert.deepEqual([code, stderr, seen], [0, "", { model: "m", threads: 2 }]);
  });

  test("what the user can cure ends with 2 and no stack", async () => {
    const body: Body = async () => {
      throw new FileError("areas.tsv, line 1,204", "expected 2 columns (text, label), got 3", {
        hint: "quote it",
      });
    };
    assert.deepEqual(await run(words, { body }), {
      code: 2,
      stdout: "",
      stderr:
        "\n  error  areas.tsv, line 1,204: expected 2 columns (text, label), got 3\n         quote it\n",
      exits: [],
    });
    const unknown = await run(["stup"]);
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [2, "\n  error  stup: there is no such command\n         did you mean stub?\n"],
    );
    const flag = await run([...words, "--thread", "2"]);
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /--thread: there is no such option\n {9}did you mean --threads\?/);
  });

  test("what the operating system refuses ends with 2", async () => {
    const body: Body = async () => {
      throw Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), {
        code: "EACCES",
        syscall: "mkdir",
      });
    };
    const { code, stderr } = await run(words, { body });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /error {2}EACCES: permission denied, mkdir '\/x'\n {9}you may not read or write there/,
    );
  });

  test("a defect ends with 1 and asks for a report; the stack is shown where it is asked for", async () => {
    const body: Body = async () => {
      throw internal("a broken promise");
    };
    const { code, stderr } = await run(words, { body });
    assert.equal(code, 1);
    assert.match(stderr, /^\n {2}error {2}internal: a broken promise\n {9}This is a defect of Tsugiki/);
    assert.ok(!stderr.includes("    at "));
    const debugged = await run(words, { body, environment: { TSUGIKI_DEBUG: "1" } });
    assert.match(debugged.stderr, /\n +at /);
  });

  test("--json leaves standard output to the result", async () => {
    const body: Body = async ({ reporter, json, output }) => {
      reporter.section("model", ["m"]);
      if (json) output.write("{}\n");
      return undefined;
    };
    const plain = await run(words, { body });
    assert.deepEqual([plain.stdout, plain.stderr], ["\n  model     m\n", ""]);
    const json = await run([...words, "--json"], { body });
    assert.deepEqual([json.stdout, json.stderr], ["{}\n", "\n  model     m\n"]);
    const result = await run(words, { body, printsResult: true });
    assert.deepEqual([result.stdout, result.stderr], ["", "\n  model     m\n"]);
    const failed = await run([...words, "--json"], {
      body: async () => {
        throw new OptionError("no");
      },
    });
    assert.deepEqual([failed.code, failed.stdout], [2, ""]);
  });

  test("Ctrl-C once asks the command to stop, twice ends the program", async () => {
    const once = await run(words, {
      body: async ({ signal, interrupt }) => {
        assert.ok(!signal.aborted);
        interrupt();
        assert.ok(signal.aborted);
        return undefined;
      },
    });
    assert.deepEqual([once.code, once.exits], [130, []]);
    assert.match(once.stdout, /stopping after the step at hand/);
    const twice = await run(words, {
      body: async ({ interrupt }) => {
        interrupt();
        interrupt();
        return undefined;
      },
    });
    assert.deepEqual(twice.exits, [130]);
    const thrown = await run(words, {
      body: async ({ signal, interrupt }) => {
        interrupt();
        signal.throwIfAborted();
        return undefined;
      },
    });
    assert.deepEqual([thrown.code, thrown.stderr], [130, ""]);
  });

  test("a command's own exit code holds", async () => {
    assert.equal((await run(words, { body: async () => 1 })).code, 1);
  });
});

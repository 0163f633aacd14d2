// Stands in a page for Node's test runner: gathers the tests of a file, which run-tests.ts then runs.

/** A test that a file has. */
export interface GatheredTest {
  readonly name: string;
  readonly skip: string | false;
  readonly run: (context: TestContext) => void | Promise<void>;
}

type Body = GatheredTest["run"];
type Options = { readonly skip?: string | boolean };

let gathered: GatheredTest[] = [];
const groups: string[] = [];

/** The tests since the last call. */
export function takeTests(): GatheredTest[] {
  const tests = gathered;
  gathered = [];
  return tests;
}

/** A group of tests. */
export function describe(name: string, body: () => void): void {
  groups.push(name);
  body();
  groups.pop();
}

/** A test, with options or without. */
export function test(name: string, options: Options | Body, body?: Body): void {
  const { skip = false } = typeof options === "function" ? {} : options;
  gathered.push({
    name: [...groups, name].join(" > "),
    skip: skip === true ? "" : skip,
    run: typeof options === "function" ? options : body!,
  });
}

export { test as it };

/** What a test is given. */
export class TestContext {
  readonly #restores: (() => void)[] = [];
  readonly mock = {
    /** Put a function in the place of a method until the test ends. */
    method: (object: Record<string, unknown>, name: string, replacement: unknown): void => {
      const original = object[name];
      this.#restores.push(() => {
        object[name] = original;
      });
      object[name] = replacement;
    },
  };

  end(): void {
    for (const restore of this.#restores.reverse()) restore();
  }
}

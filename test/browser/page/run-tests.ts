// Runs test files one after the other in a page, and sends the server what came of it.
import { type GatheredTest, TestContext, takeTests } from "./node-test.js";

/** What came of a test. */
export interface PageResult {
  readonly file: string;
  readonly name: string;
  readonly skip: string | false;
  /** Why it failed; undefined where it did not. */
  readonly failure: string | undefined;
}

/** Run the tests of files, given by their URLs. */
export async function runTests(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const results: PageResult[] = [];
    try {
      await import(file);
    } catch (error) {
      results.push({ file, name: "the file is loaded", skip: false, failure: String(error) });
    }
    for (const test of takeTests()) {
      const failure = test.skip === false ? await failureOf(test) : undefined;
      results.push({ file, name: test.name, skip: test.skip, failure });
    }
    await send("/results", results);
  }
  await send("/done", {});
}

async function failureOf({ run }: GatheredTest): Promise<string | undefined> {
  const context = new TestContext();
  try {
    await run(context);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
  } finally {
    context.end();
  }
}

async function send(path: string, body: object): Promise<void> {
  await fetch(path, { method: "POST", body: JSON.stringify(body) });
}

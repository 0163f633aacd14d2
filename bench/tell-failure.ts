import { TsugikiError } from "../src/base/errors.js";

/** Say on standard error why a program of checks or measurements failed, and let it end with this code. */
export function tellFailure(error: unknown, exitCode: 1 | 2): void {
  process.exitCode = exitCode;
  console.error(`  error  ${(error as Error).message}`);
  if (error instanceof TsugikiError && error.hint !== undefined) console.error(`         ${error.hint}`);
}

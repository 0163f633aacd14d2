/**
 * Something the user gave cannot work, and the user can act on it.
 *
 * The message says where, what was expected and what came; `hint` says what to do about it.
 * The command line prints both without a stack trace and exits with code 2.
 */
export class TsugikiError extends Error {
  override name = "TsugikiError";
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** Shapes or dtypes in a graph that do not fit one another. Cure: reshape, transpose or cast before the op. */
export class ShapeError extends TsugikiError {
  override name = "ShapeError";
}

/**
 * A file is missing, damaged or of the wrong kind. The message begins with the path and, where there is
 * one, the place in it (`train.tsv, line 12`).
 */
export class FileError extends TsugikiError {
  override name = "FileError";

  constructor(path: string, problem: string, options: { hint?: string; cause?: unknown } = {}) {
    super(`${path}: ${problem}`, options);
  }
}

/** The rows of a data set do not fit the task: a missing column, an unknown label, a span outside its text. */
export class DataError extends TsugikiError {
  override name = "DataError";
}

/** A flag, option or configuration value that does not exist or has the wrong form. */
export class OptionError extends TsugikiError {
  override name = "OptionError";
}

/** A runtime, device or optional library that this machine does not have. */
export class UnavailableError extends TsugikiError {
  override name = "UnavailableError";
}

/** Training cannot go on: the loss or a gradient is not a finite number. The weights were not touched. */
export class NonFiniteError extends TsugikiError {
  override name = "NonFiniteError";
}

/** A bug of ours, never the user's: says what was assumed and did not hold. */
export function internal(message: string): Error {
  return new Error(`internal: ${message}`);
}

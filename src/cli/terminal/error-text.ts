import { TsugikiError } from "../../base/index.js";
import type { Colors } from "./colors.js";
import { visibleText } from "./text-width.js";

const indent = " ".repeat(7); // under the text after `error  `

/**
 * The lines that tell the user of an error: for one they can act on its message and hint, for a defect of the
 * program its message and how to report it; `debug` adds the stack. What the message quotes of a file cannot
 * steer the terminal.
 *
 *     error  areas.tsv, line 1,204: expected 2 columns (text, label), got 3
 *            the text holds a tab; quote it, or name the columns
 */
export function errorText(error: unknown, colors: Colors, options: { debug?: boolean } = {}): string[] {
  const [first = "", ...rest] = messageOf(error).split("\n").map(visibleText);
  const stack = options.debug ? stackLines(error) : [];
  return [
    `${colors.red("error")}  ${first}`,
    ...rest.map((line) => indent + line),
    ...[...hintLines(error), ...stack].map((line) => indent + colors.dim(visibleText(line))),
  ];
}

/** Whether the operating system said no: no such file, no permission, no space. The user can act on it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

const systemHints: Readonly<Record<string, string>> = {
  EACCES: "you may not read or write there; choose another place or change its permissions",
  EDQUOT: "your share of the disk is full; make room, then go on",
  ENOENT: "check the path; it is relative to the current folder",
  ENOSPC: "the disk is full; make room, then go on",
  EROFS: "nothing can be written there; choose another place",
};

function messageOf(error: unknown): string {
  if (error instanceof TsugikiError || isSystemError(error)) return error.message;
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.startsWith("internal:") ? message : `internal: ${message}`;
}

function hintLines(error: unknown): string[] {
  if (error instanceof TsugikiError) return error.hint?.split("\n") ?? [];
  if (isSystemError(error)) return [systemHints[error.code ?? ""] ?? []].flat();
  return [
    "This is a defect of Tsugiki, not of your input. Please report it with the command,",
    "what `npx tsugiki info` prints, and what TSUGIKI_DEBUG=1 adds to this message.",
  ];
}

function stackLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const cause = error.cause instanceof Error ? [`caused by ${error.cause.stack ?? error.cause}`] : [];
  return [error.stack ?? "", ...cause].join("\n").split("\n");
}

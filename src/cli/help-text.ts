import type { OptionRow } from "../workflows/options.js";
import type { AnyCommand } from "./command.js";
import { commonRows } from "./common-rows.js";
import { type Colors, padText, textWidth } from "./terminal/index.js";

const flagWidth = 34; // columns; a longer flag has its help on the next line
const narrowest = 60;

/** What `tsugiki --help` prints: the commands, each with its line. */
export function programHelp(
  commands: Readonly<Record<string, { readonly summary: string }>>,
  colors: Colors,
  group = "",
): string {
  const name = group === "" ? "tsugiki" : `tsugiki ${group}`;
  const width = Math.max(...Object.keys(commands).map(textWidth)) + 3;
  return [
    ...(group === ""
      ? [
          "Transfer learning for natural language processing: fine-tune, evaluate and use published models.",
          "",
        ]
      : []),
    `${colors.bold("Usage")}  npx ${name} COMMAND [OPTIONS]`,
    "",
    colors.bold("Commands"),
    ...Object.entries(commands).map(([name, { summary }]) => `  ${padText(name, width)}${summary}`),
    "",
    `  npx ${name} COMMAND --help lists what a command takes; --version prints the version.`,
    "",
  ].join("\n");
}

/** What `tsugiki COMMAND --help` prints: usage, options by group with their defaults, examples. */
export function commandHelp(command: AnyCommand, width: number, colors: Colors): string {
  const rows = [...command.options, ...commonRows];
  const groups = new Map<string, OptionRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  const positional = command.options.find((row) => row.positional);
  const usage = [
    `npx tsugiki ${command.name}`,
    ...command.options
      .filter((row) => row.required && row.default === undefined)
      .map((row) => `${row.flag} ${row.kind.placeholder}`),
    "[OPTIONS]",
    ...(positional === undefined ? [] : [`[${positional.kind.placeholder}]`]),
  ];
  return [
    `${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    `${colors.bold("Usage")}  ${usage.join(" ")}`,
    ...[...groups].flatMap(([group, members]) => [
      "",
      colors.bold(group),
      ...members.flatMap((row) => rowLines(row, Math.max(narrowest, width))),
    ]),
    "",
    colors.bold("Examples"),
    ...command.examples.map((example) => `  npx tsugiki ${example}`),
    "",
    ...(command.options.some((row) => row.aliases.length > 0)
      ? [
          "Flags are read in kebab and snake case; the names of the Python scripts (--train_file) work too.",
          "",
        ]
      : []),
  ].join("\n");
}

/** The flag, what it takes, and its help broken to the width. */
function rowLines(row: OptionRow, width: number): string[] {
  const short = row.short === undefined ? "    " : `-${row.short}, `;
  const flag = `  ${short}${flagText(row)}`;
  const help = wrap(row.help + defaultText(row), width - flagWidth);
  const [first = "", ...rest] = help;
  const fits = textWidth(flag) <= flagWidth - 2;
  return [
    ...(fits ? [padText(flag, flagWidth) + first] : [flag, " ".repeat(flagWidth) + first]),
    ...rest.map((line) => " ".repeat(flagWidth) + line),
  ];
}

/** `--epochs X`, `--[no-]bucketing` for a switch that is on, `--resume [CHECKPOINT]` where the value may be left out. */
function flagText({ flag, kind, default: value }: OptionRow): string {
  if (kind.placeholder === "") return value === true ? flag.replace("--", "--[no-]") : flag;
  return kind.bare === undefined ? `${flag} ${kind.placeholder}` : `${flag} [${kind.placeholder}]`;
}

function defaultText(row: OptionRow): string {
  if (row.required && row.default === undefined) return " (required)";
  // what a switch is can be seen from its name
  const text =
    row.default === undefined || typeof row.default === "boolean" ? row.defaultText : String(row.default);
  return text === undefined ? "" : ` (default: ${text})`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

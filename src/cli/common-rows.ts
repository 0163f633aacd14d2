import type { OptionRow } from "../workflows/options.js";
import { boolean, file } from "../workflows/options-kinds.js";
import { type OptionTable, optionTable } from "../workflows/options-row.js";

/** What every command takes. */
export interface CommonOptions {
  /** A YAML or JSON file of options. */
  config?: string;
  /** The result as JSON on standard output, all else on standard error. */
  json?: boolean;
  help?: boolean;
}

const table: OptionTable<CommonOptions> = optionTable<CommonOptions>({
  config: {
    group: "This program",
    help: "a YAML or JSON file of options; flags win over it",
    kind: file("FILE.yaml"),
    short: "c",
  },
  json: {
    group: "This program",
    help: "the result as JSON on standard output, all else on standard error",
    kind: boolean(),
  },
  help: { group: "This program", help: "show this", kind: boolean(), short: "h" },
});

/** Rows of `CommonOptions`. */
export const commonRows: readonly OptionRow[] = table;

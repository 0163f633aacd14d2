import { optionTable } from "../../workflows/options-row.js";
import type { Command } from "../command.js";
import { machineFacts } from "../machine-facts.js";

/** `tsugiki info`: what someone who is to help must know. */
export const infoCommand: Command<Record<never, never>> = {
  name: "info",
  summary: "versions, machine, runtimes and devices, to paste into a report",
  options: optionTable<Record<never, never>>({}),
  examples: ["info", "info --json"],
  async run(_options, { json, output }) {
    const facts = await machineFacts();
    if (json) output.write(`${JSON.stringify(facts, null, 2)}\n`);
    else {
      const width = Math.max(...Object.keys(facts).map((name) => name.length)) + 2;
      for (const [name, fact] of Object.entries(facts)) output.write(`${`${name}:`.padEnd(width)}${fact}\n`);
    }
    return undefined;
  },
};

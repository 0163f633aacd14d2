import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../test/shared.js";
import { commands } from "./commands/index.js";
import { planCommands } from "./commands/plan-commands.js";
import { tokenizerCommands } from "./commands/tokenizer.js";
import { verifyCommand } from "./commands/verify.js";
import { commandHelp, programHelp } from "./help-text.js";
import { colors, textWidth } from "./terminal/index.js";

const folder = join(repository, "src", "cli", "help-snapshots");

/** Compare with the stored text; UPDATE_SNAPSHOTS=1 stores what is shown now, for a person to look over. */
function sameAsStored(name: string, text: string): void {
  const path = join(folder, `${name}.txt`);
  if (process.env["UPDATE_SNAPSHOTS"] === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"));
}

describe("help", () => {
  test("of the program", () => {
    sameAsStored("tsugiki", programHelp(commands, colors(false)));
  });

  test("of a group of commands", () => {
    sameAsStored("tsugiki-tokenizer", programHelp(tokenizerCommands, colors(false), "tokenizer"));
  });

  const groups = Object.entries({ tokenizer: tokenizerCommands, plan: planCommands }).flatMap(
    ([group, members]) =>
      Object.entries(members).map(([name, command]) => [`${group} ${name}`, command] as const),
  );
  const plain = Object.entries(commands).flatMap(([name, command]) =>
    "load" in command ? [[name, command] as const] : [],
  );
  for (const [name, { summary, load }] of [...plain, ...groups]) {
    test(`of ${name}`, async () => {
      const command = await load();
      assert.equal(command.name, name);
      assert.notEqual(summary, "");
      const text = commandHelp(command, 100, colors(false));
      sameAsStored(name.replace(" ", "-"), text);
      const options = text.slice(0, text.indexOf("\nExamples\n"));
      for (const row of command.options) assert.ok(options.includes(row.flag.slice(2)), row.flag);
      for (const line of options.split("\n")) assert.ok(textWidth(line) <= 100, line);
      for (const example of command.examples) assert.ok(example.startsWith(name), example);
    });
  }

  test("is broken to the width of the terminal", async () => {
    const text = commandHelp(verifyCommand, 70, colors(false));
    for (const line of text.slice(0, text.indexOf("\nExamples\n")).split("\n"))
      assert.ok(textWidth(line) <= 70, line);
  });
});

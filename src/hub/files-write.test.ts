import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { removeUnfinished, writeDirectoryAtomically, writeFileAtomically } from "./files-write.js";

describe("atomic writing", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tsugiki-write-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("a file is made of its chunks, in a folder made for it", async () => {
    const path = join(folder, "a", "b", "file.bin");
    await writeFileAtomically(path, ["言", Uint8Array.of(1, 2), "", new Uint8Array(0), "葉"]);
    assert.deepEqual(
      readFileSync(path),
      Buffer.concat([Buffer.from("言"), Buffer.of(1, 2), Buffer.from("葉")]),
    );
  });

  test("a write that fails leaves the old file and nothing else", async () => {
    const path = join(folder, "kept.txt");
    await writeFileAtomically(path, ["old"]);
    function* failing(): Generator<string> {
      yield "new";
      throw new Error("the source failed");
    }
    await assert.rejects(writeFileAtomically(path, failing()), /the source failed/);
    assert.equal(readFileSync(path, "utf8"), "old");
    assert.ok(!readdirSync(folder).some((name) => name.includes("unfinished")));
  });

  test("a folder is made whole, and replaced whole", async () => {
    const path = join(folder, "checkpoint-5");
    for (const content of ["old", "new"]) {
      await writeDirectoryAtomically(path, async (temporary) => {
        mkdirSync(join(temporary, "inner"));
        writeFileSync(join(temporary, "inner", content), content);
      });
      assert.deepEqual(readdirSync(path, { recursive: true }).sort(), ["inner", join("inner", content)]);
    }
    assert.ok(!readdirSync(folder).some((name) => name.includes("unfinished")));
  });

  test("a folder whose filling fails does not come to be, and the old one stays", async () => {
    const fail = async (temporary: string): Promise<void> => {
      writeFileSync(join(temporary, "half"), "half");
      throw new Error("the filling failed");
    };
    await assert.rejects(writeDirectoryAtomically(join(folder, "never"), fail), /the filling failed/);
    assert.ok(!existsSync(join(folder, "never")));
    await assert.rejects(writeDirectoryAtomically(join(folder, "checkpoint-5"), fail), /the filling failed/);
    assert.ok(existsSync(join(folder, "checkpoint-5", "inner", "new")));
    assert.ok(!readdirSync(folder).some((name) => name.includes("unfinished")));
  });

  test("a file in the way of a folder is a FileError", async () => {
    await writeFileAtomically(join(folder, "file"), ["x"]);
    await assert.rejects(writeFileAtomically(join(folder, "file", "below"), ["x"]), { name: "FileError" });
  });

  test("what a killed process was writing is removed, what a running one writes is not", async () => {
    const writer = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const ended = new Promise((done) => writer.once("exit", done));
    const leftover = `checkpoint-9.unfinished-${writer.pid}-0`;
    mkdirSync(join(folder, leftover));
    writeFileSync(join(folder, "my.unfinished-story"), "kept");
    await removeUnfinished(folder);
    assert.ok(existsSync(join(folder, leftover)));
    writer.kill("SIGKILL");
    await ended;
    await removeUnfinished(folder);
    assert.ok(!existsSync(join(folder, leftover)));
    assert.ok(existsSync(join(folder, "my.unfinished-story")));
  });

  test("a process killed while it writes again and again leaves the old or the new file, never another", async () => {
    const path = join(folder, "killed.bin");
    const module = new URL("./files-write.js", import.meta.url).href;
    const program = `
      const { writeFileAtomically } = await import(${JSON.stringify(module)});
      for (let i = 0; ; i = (i + 1) % 256) {
        const chunk = new Uint8Array(100_000).fill(i);
        await writeFileAtomically(${JSON.stringify(path)}, [chunk, chunk, chunk]);
        if (i === 3) process.stdout.write("x");
      }`;
    for (let round = 0; round < 5; round++) {
      const writer = spawn(process.execPath, ["--input-type=module", "-e", program]);
      const ended = new Promise((done) => writer.once("exit", done));
      await new Promise((done) => writer.stdout.once("data", done));
      await new Promise((done) => setTimeout(done, 7 * round));
      writer.kill("SIGKILL");
      await ended;
      const bytes = readFileSync(path);
      assert.equal(bytes.length, 300_000);
      assert.ok(bytes.every((byte) => byte === bytes[0]));
    }
    await removeUnfinished(folder);
    assert.ok(!readdirSync(folder).some((name) => name.startsWith("killed.bin.")));
  });
});

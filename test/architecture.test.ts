// The rules that ARCHITECTURE.md and CONTRIBUTING.md state, where a program can check them.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { allOps, isOp } from "../src/engine/index.js";
import { version } from "../src/workflows/version.js";
import { blockAfter, repositoryFiles, textOf } from "./repository.js";
import { repository } from "./shared.js";

const sources = repositoryFiles.filter((file) => /\.(ts|js|cjs|mjs|py)$/.test(file));
const folders = (of: string): string[] =>
  readdirSync(join(repository, of), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

describe("folders", () => {
  for (const readme of ["README.md", "README.ja.md"])
    test(`the tree in ${readme} is src as it is on disk`, () => {
      const heading = readme === "README.md" ? "## The tree" : "## フォルダ";
      const named = blockAfter(textOf(readme), heading).flatMap(
        (line) => /^[├└]── (\w+)\//.exec(line)?.[1] ?? [],
      );
      assert.deepEqual(named.sort(), folders("src"));
    });

  test("each folder of src has an index, or is one level of folders that have", () => {
    const without = folders("src").filter(
      (folder) => !existsSync(join(repository, "src", folder, "index.ts")),
    );
    assert.deepEqual(without, ["cli"]); // the program's entry is cli/main.ts
  });

  test("each folder of src stands in ARCHITECTURE.md", () => {
    const text = textOf("ARCHITECTURE.md");
    assert.deepEqual(
      folders("src").filter((folder) => !text.includes(`\`${folder}/\``)),
      [],
    );
  });

  test("nothing is called by a word that says nothing", () => {
    const empty = /(^|\/)(utils?|helpers?|common|misc|core)(\/|\.|$)/;
    assert.deepEqual(
      repositoryFiles.filter((file) => empty.test(file)),
      [],
    );
  });

  test("file names are in kebab-case", () => {
    const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
    const typescript = sources.filter((file) => file.endsWith(".ts"));
    assert.deepEqual(
      typescript.filter((file) => !kebab.test(basename(file))),
      [],
    );
  });
});

describe("layers", () => {
  /** The rows of folders that dependency-cruiser checks, highest first. */
  const rules = /const layers = \[\n([\s\S]*?)\n\];/.exec(textOf(".dependency-cruiser.cjs"))![1]!;
  const rows = rules.split("\n").map((line) => [...line.matchAll(/"([^"]+)"/g)].map((match) => match[1]!));

  test("ARCHITECTURE.md has the layers that are checked", () => {
    const written = blockAfter(textOf("ARCHITECTURE.md"), "## Layers").map((line) =>
      line.trim().split(/\s{2,}/),
    );
    assert.deepEqual(written, rows);
  });

  test("every folder of src has its layer", () => {
    const layered = new Set(rows.flat());
    const inSource = folders("src").flatMap((folder) =>
      folder === "engine" ? folders("src/engine").map((part) => `engine/${part}`) : [folder],
    );
    assert.deepEqual(
      inSource.filter((folder) => !layered.has(folder)),
      [],
    );
  });
});

describe("files", () => {
  test("no source is longer than 400 lines", () => {
    const long = sources.filter((file) => textOf(file).trimEnd().split("\n").length > 400);
    assert.deepEqual(long, []);
  });

  test("nothing names a machine's own paths, or a host of packages", () => {
    const foreign =
      /(^|[\s"'`(=])\/(work|root|home|Users)\/|[/.](npmjs|yarnpkg|pypi|pythonhosted)\.(org|com)/m;
    const texts = repositoryFiles.filter((file) =>
      /\.(ts|js|cjs|mjs|py|json|md|yaml|yml|svg|txt)$|\/run$|^\.\w+$/.test(file),
    );
    const named = texts.filter((file) => !file.startsWith("data/") && foreign.test(textOf(file)));
    assert.deepEqual(named, []);
  });

  test("every exported function and class says what it is for", () => {
    const undocumented = sources
      .filter((file) => file.startsWith("src/") && !file.endsWith(".test.ts"))
      .flatMap((file) => {
        const lines = textOf(file)
          .split("\n")
          .filter((line) => !line.startsWith("// biome-ignore"));
        return lines.flatMap((line, i) => {
          const name = /^export (?:async )?(?:function\*?|class) (\w+)/.exec(line)?.[1];
          return name === undefined || lines[i - 1]?.endsWith("*/") ? [] : [`${file}: ${name}`];
        });
      });
    assert.deepEqual(undocumented, []);
  });

  test("no source has a note about work left over", () => {
    const leftOver = /\b(TODO|FIXME)\b/;
    assert.deepEqual(
      sources.filter((file) => file !== "test/architecture.test.ts" && leftOver.test(textOf(file))),
      [],
    );
  });

  test("files outside the folders for that do not read the clock or draw at random", () => {
    const pure = /^src\/(base|formats|engine|tokenizers|nn|models|objectives|data|metrics|tasks|pictures)\//;
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/;
    const found = sources.filter(
      (file) => pure.test(file) && !file.endsWith(".test.ts") && impure.test(textOf(file)),
    );
    assert.deepEqual(found, []);
  });
});

describe("package", () => {
  const manifest = JSON.parse(textOf("package.json"));
  const lock = JSON.parse(textOf("package-lock.json"));

  test("version.ts has the version of package.json, and the change log begins with it or with what comes next", () => {
    assert.equal(version, manifest.version);
    assert.match(
      textOf("CHANGELOG.md"),
      new RegExp(`\\n## (Unreleased|${version.replaceAll(".", "\\.")})\\n`),
    );
  });

  test("every sub-path export has its source, and every index its export", () => {
    const exported = Object.values<string>(manifest.exports).map((path) =>
      path.replace("./dist/", "").replace(/\.js$/, ".ts"),
    );
    assert.deepEqual(
      exported.filter((file) => !existsSync(join(repository, file))),
      [],
    );
    const indexes = folders("src")
      .map((folder) => `src/${folder}/index.ts`)
      .filter((file) => existsSync(join(repository, file)));
    assert.deepEqual(
      indexes.filter((file) => !exported.includes(file)),
      [],
    );
  });

  test("the lock file says what, not from where", () => {
    const packages = Object.entries<{ resolved?: string }>(lock.packages);
    assert.deepEqual(
      packages.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name),
      [],
    );
    assert.equal(lock.packages[""].version, manifest.version);
  });

  test("the lock file has the packages of every platform, without which npm ci refuses it", () => {
    const optional = Object.values<{ optionalDependencies?: object }>(lock.packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    assert.deepEqual(
      optional.filter((name) => lock.packages[`node_modules/${name}`] === undefined),
      [],
    );
  });

  test("every dependency is imported, and what is imported is a dependency", () => {
    const imported = new Set<string>();
    for (const file of sources.filter((name) => name.startsWith("src/")))
      for (const match of textOf(file).matchAll(/(?:from |import\(|resolve\()"((?:@[\w-]+\/)?[\w-]+)[^"]*"/g))
        if (!file.endsWith(".test.ts")) imported.add(match[1]!);
    imported.delete("node");
    imported.delete(manifest.name); // in a model card's snippet
    const named = { ...manifest.dependencies, ...manifest.optionalDependencies };
    assert.deepEqual([...imported].sort(), Object.keys(named).sort());
  });
});

describe("ops", () => {
  test("every op of a file in engine/ops is in the list of all ops, with examples", async () => {
    const files = sources.filter(
      (file) => /^src\/engine\/ops\/[^/]+\.ts$/.test(file) && !file.endsWith(".test.ts"),
    );
    assert.ok(files.length > 10);
    for (const file of files) {
      const exported = Object.values<unknown>(await import(`../${file.replace(/\.ts$/, ".js")}`)).filter(
        isOp,
      );
      for (const op of exported) {
        assert.ok(allOps.includes(op), `${file}: ${op.definition.name} is not in allOps`);
        assert.ok(op.definition.examples.length > 0, `${file}: ${op.definition.name} has no examples`);
      }
      const defined = textOf(file).match(/\bdefineOp[<(]/g)?.length ?? 0;
      assert.ok(defined === 0 || exported.length > 0, `${file}: an op is not exported`);
    }
    const names = allOps.map((op) => op.definition.name);
    assert.equal(new Set(names).size, names.length);
  });
});

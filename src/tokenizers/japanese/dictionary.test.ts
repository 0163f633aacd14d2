import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readJapaneseDictionary } from "./dictionary.js";
import { loadJapaneseDictionary } from "./files-dictionary.js";
import { ipadicEditions, sourceFileOf } from "./ipadic-editions.js";

describe("readJapaneseDictionary", () => {
  test("a damaged file is named", async () => {
    const damaged = new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]);
    await assert.rejects(
      readJapaneseDictionary(async () => damaged),
      { name: "FileError", message: /^dictionary\/base.dat.gz: expected a whole gzip file/ },
    );
  });

  test("a page in place of the dictionary is refused", async () => {
    const page = new TextEncoder().encode("<!doctype html><p>Not found</p>!");
    await assert.rejects(
      readJapaneseDictionary(async () => page),
      { name: "FileError" },
    );
  });

  test("a URL without the files is named", async (context) => {
    context.mock.method(globalThis, "fetch", async () => new Response("", { status: 404 }));
    await assert.rejects(readJapaneseDictionary("https://example.org/dict/"), {
      name: "UnavailableError",
      message: /^https:\/\/example.org\/dict\/base.dat.gz: .* status 404/,
    });
  });
});

describe("editions", () => {
  test("differ in their fingerprints", async () => {
    const dictionary = await loadJapaneseDictionary();
    const [debian, python] = [dictionary.fingerprint("debian"), dictionary.fingerprint("python")];
    assert.match(debian, /^[0-9a-f]{16}$/);
    assert.notEqual(debian, python);
  });

  test("name every source file once", () => {
    for (const { sourceOrder } of Object.values(ipadicEditions)) {
      assert.equal(new Set(sourceOrder).size, 26);
      assert.equal(sourceOrder.length, 26);
    }
  });

  test("the longest part of speech tells the source file", () => {
    assert.equal(sourceFileOf("助詞,格助詞,連語,*,*,*,という,トイウ,トユウ"), "Postp-col");
    assert.equal(sourceFileOf("助詞,格助詞,一般,*,*,*,が,ガ,ガ"), "Postp");
    assert.equal(sourceFileOf("名詞,固有名詞,人名,姓,*,*,鼎,カナエ,カナエ"), "Noun.name");
    assert.equal(sourceFileOf("noun,*,*"), undefined);
  });
});

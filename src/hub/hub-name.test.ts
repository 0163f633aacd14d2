import assert from "node:assert/strict";
import { test } from "node:test";
import { isHubName } from "./hub-name.js";

test("names of the Hub are told from paths", () => {
  for (const name of ["bert-base-uncased", "tohoku-nlp/bert-base-japanese-v3", "a/b.c_d", "x"]) {
    assert.ok(isHubName(name), name);
  }
  // as huggingface_hub's validate_repo_id refuses them
  const refused = [
    "",
    "/",
    "a/",
    "/a",
    "a/b/c",
    "./a",
    "../a",
    "-a",
    "a-",
    "a.",
    "a--b",
    "a..b",
    "a b",
    "日本",
    "a.git",
  ];
  for (const name of [...refused, "a\\b", "C:", `${"x".repeat(97)}`]) assert.ok(!isHubName(name), name);
});

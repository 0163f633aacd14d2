import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError } from "../base/index.js";
import { decodeSafetensors } from "./safetensors.js";

// Every file here is hostile or damaged; each must end in a FileError that begins with the path and says what
// is wrong. A case is (what is wrong, the bytes, what the message must hold).

/** A file with this header text and `size` bytes of data. */
function file(header: string | Uint8Array, size = 0): Uint8Array {
  const text = typeof header === "string" ? Buffer.from(header) : header;
  const bytes = Buffer.alloc(8 + text.length + size);
  bytes.writeBigUInt64LE(BigInt(text.length));
  bytes.set(text, 8);
  return bytes;
}

/** A file that claims a header of `length` bytes and has `rest` after it. */
function claiming(length: bigint, rest: string): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(rest)]);
  bytes.writeBigUInt64LE(length);
  return bytes;
}

/** A header with one tensor `x`, whose fields are given as JSON text. */
function one(dtype: string, shape: string, offsets: string): string {
  return `{"x":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}}`;
}

/** A header with F32 vectors, given as name: [begin, end]. */
function vectors(...tensors: readonly (readonly [string, number, number])[]): string {
  const fields = tensors.map(
    ([name, begin, end]) =>
      `"${name}":{"dtype":"F32","shape":[${(end - begin) / 4}],"data_offsets":[${begin},${end}]}`,
  );
  return `{${fields.join(",")}}`;
}

const good = one('"F32"', "[2]", "[0,8]");

const length: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["an empty file", new Uint8Array(0), /at least 8 bytes, got 0/],
  ["one byte", Uint8Array.of(1), /at least 8 bytes, got 1/],
  ["seven bytes", new Uint8Array(7), /at least 8 bytes, got 7/],
  ["a header of no length", new Uint8Array(8), /begin with \{/],
  ["a header longer than the file", claiming(100n, "{}"), /100 bytes, but only 2 follow/],
  ["a header one byte longer than the file", claiming(3n, "{}"), /3 bytes, but only 2 follow/],
  ["a header above the bound", claiming(100_000_001n, "{}"), /at most 100000000 bytes/],
  ["a header of 2^32 bytes", claiming(2n ** 32n, "{}"), /at most 100000000 bytes/],
  ["a header of 2^53 bytes", claiming(2n ** 53n, "{}"), /at most 100000000 bytes/],
  ["a length that is negative when signed", claiming(2n ** 63n, "{}"), /at most 100000000 bytes/],
  [
    "the largest length, which overflows when 8 is added",
    claiming(2n ** 64n - 1n, "{}"),
    /at most 100000000/,
  ],
  [
    "a big-endian length",
    Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]), Buffer.from("{}")]),
    /at most/,
  ],
  [
    "a zip file (a pickle of PyTorch)",
    Buffer.from("PK\x03\x04\x00\x00\x08\x08archive/data.pkl"),
    /at most 100000000/,
  ],
  ["a Git LFS pointer", Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), /at most/],
  ["an HTML page", Buffer.from("<!doctype html><title>404</title>"), /at most/],
  ["a header cut off", file(good, 8).subarray(0, 30), /but only 22 follow/],
];

const text: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["a space before the brace", file(` ${good}`, 8), /begin with \{/],
  ["a byte order mark", file(`\ufeff${good}`, 8), /begin with \{/],
  ["an array", file("[]"), /begin with \{/],
  ["NUL bytes", file("\0\0\0\0"), /begin with \{/],
  ["UTF-16", file(Buffer.from("{}", "utf16le")), /expected JSON/],
  ["a brace only", file("{"), /expected JSON/],
  ["a missing brace", file(good.slice(0, -1), 8), /expected JSON/],
  ["a trailing comma", file('{"__metadata__":{},}'), /expected JSON/],
  ["a comment", file("{/* */}"), /expected JSON/],
  ["single quotes", file("{'x':1}"), /expected JSON/],
  ["two objects", file("{}{}"), /expected JSON/],
  ["padding of NUL bytes", file("{}\0\0"), /expected JSON/],
  ["a raw newline in a name", file('{"a\nb":{}}'), /expected JSON/],
  ["a Latin-1 name", file(Buffer.from('{"\xe9":{}}', "latin1")), /UTF-8/],
  ["an overlong UTF-8 form", file(Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d])), /UTF-8/],
  ["a surrogate in UTF-8", file(Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d])), /UTF-8/],
  ["half a character", file(Buffer.from([0x7b, 0x22, 0xe3, 0x81])), /UTF-8/],
  ["nesting 300 deep", file(`{"x":${"[".repeat(300)}${"]".repeat(300)}}`), /nested at most/],
  ["nesting a million deep", file(`{"x":${'{"a":'.repeat(1e6)}`), /nested at most/],
];

const names: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["the same tensor twice", file(`{${good.slice(1, -1)},${good.slice(1, -1)}}`, 8), /"x" is there twice/],
  [
    "the same tensor twice, once escaped",
    file(`{${good.slice(1, -1)},"\\u0078":{}}`, 8),
    /"x" is there twice/,
  ],
  ["two metadata", file('{"__metadata__":{},"__metadata__":{}}'), /"__metadata__" is there twice/],
  ["a metadata key twice", file('{"__metadata__":{"a":"1","a":"2"}}'), /"a" is there twice/],
  [
    "two dtypes",
    file('{"x":{"dtype":"F32","dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 2),
    /"dtype" is there twice/,
  ],
  [
    "two shapes",
    file('{"x":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,2]}}', 2),
    /"shape" is there twice/,
  ],
  [
    "two offsets",
    file('{"x":{"dtype":"U8","shape":[2],"data_offsets":[9,11],"data_offsets":[0,2]}}', 2),
    /"data_offsets" is there twice/,
  ],
  ["__proto__ twice", file('{"__proto__":{},"__proto__":{}}'), /"__proto__" is there twice/],
  [
    "a prototype instead of fields",
    file('{"x":{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}}'),
    /dtype/,
  ],
];

const metadata: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    "metadata that is a string",
    file('{"__metadata__":"pt"}'),
    /__metadata__ to be an object, got string "pt"/,
  ],
  ["metadata that is null", file('{"__metadata__":null}'), /__metadata__ to be an object, got null/],
  [
    "metadata that is an array",
    file('{"__metadata__":["pt"]}'),
    /__metadata__ to be an object, got an array/,
  ],
  ["a number in metadata", file('{"__metadata__":{"epoch":3}}'), /"epoch" to be a string, got number 3/],
  ["an object in metadata", file('{"__metadata__":{"a":{}}}'), /"a" to be a string, got an object/],
  ["null in metadata", file('{"__metadata__":{"a":null}}'), /"a" to be a string, got null/],
  ["true in metadata", file('{"__metadata__":{"a":true}}'), /"a" to be a string, got boolean true/],
];

const fields: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["a tensor that is a number", file('{"x":1}'), /tensor "x": expected an object, got number 1/],
  ["a tensor that is null", file('{"x":null}'), /tensor "x": expected an object, got null/],
  ["a tensor that is an array", file('{"x":[]}'), /tensor "x": expected an object/],
  ["no fields", file('{"x":{}}'), /tensor "x": expected dtype/],
  [
    "no dtype",
    file('{"x":{"shape":[2],"data_offsets":[0,8]}}', 8),
    /expected dtype to be a string, got undefined/,
  ],
  [
    "no shape",
    file('{"x":{"dtype":"F32","data_offsets":[0,8]}}', 8),
    /expected shape to be an array, got undefined/,
  ],
  ["no offsets", file('{"x":{"dtype":"F32","shape":[2]}}', 8), /expected data_offsets to be an array/],
  ["an unknown dtype", file(one('"F33"', "[2]", "[0,8]"), 8), /one of BOOL, .*got "F33"/],
  ["a dtype in small letters", file(one('"f32"', "[2]", "[0,8]"), 8), /got "f32"/],
  ["the dtype __proto__", file(one('"__proto__"', "[2]", "[0,8]"), 8), /got "__proto__"/],
  ["the dtype constructor", file(one('"constructor"', "[2]", "[0,8]"), 8), /got "constructor"/],
  ["a dtype that is a number", file(one("32", "[2]", "[0,8]"), 8), /dtype to be a string, got number 32/],
  ["an endless dtype", file(one(`"${"F".repeat(100_000)}"`, "[2]", "[0,8]"), 8), /F\.\.\."/],
  ["a shape that is a number", file(one('"F32"', "2", "[0,8]"), 8), /shape to be an array, got number 2/],
  ["a shape that is an object", file(one('"F32"', '{"0":2,"length":1}', "[0,8]"), 8), /shape to be an array/],
  ["a negative size", file(one('"F32"', "[-2]", "[0,8]"), 8), /integers from 0/],
  ["minus nought", file(one('"F32"', "[-0]", "[0,0]")), /got -0/],
  ["a fraction", file(one('"F32"', "[1.5]", "[0,6]"), 6), /integers from 0/],
  ["a size with a point", file(one('"F32"', "[2.0]", "[0,8]"), 8), /got 2\.0/],
  ["a size with an exponent", file(one('"F32"', "[2e0]", "[0,8]"), 8), /got 2e0/],
  ["a size that is a string", file(one('"F32"', '["2"]', "[0,8]"), 8), /got string "2"/],
  ["a size that is null", file(one('"F32"', "[null]", "[0,8]"), 8), /got null/],
  ["a size of 2^53", file(one('"F32"', "[9007199254740992]", "[0,8]"), 8), /integers from 0 to 2\^53-1/],
  ["a size of 1e400", file(one('"F32"', "[1e400]", "[0,8]"), 8), /integers from 0/],
  ["a product beyond 2^53", file(one('"F32"', "[4294967296,4294967296]", "[0,8]"), 8), /too many elements/],
  [
    "a product that is 0 modulo 2^64",
    file(one('"F32"', "[4294967296,4294967296]", "[0,0]")),
    /too many elements/,
  ],
  ["a product beyond 2^53 that ends in 0", file(one('"U8"', "[94906267,94906267,2,0]", "[0,0]")), /too many/],
  ["bytes beyond 2^53", file(one('"F64"', "[2251799813685248]", "[0,8]"), 8), /too many elements/],
  ["half a byte", file(one('"F4"', "[1]", "[0,1]"), 1), /does not fill whole bytes/],
  ["six bits", file(one('"F6_E2M3"', "[1]", "[0,1]"), 1), /does not fill whole bytes/],
  ["one offset", file(one('"F32"', "[2]", "[0]"), 8), /data_offsets to be \[begin, end\]/],
  ["three offsets", file(one('"F32"', "[2]", "[0,8,8]"), 8), /data_offsets to be \[begin, end\]/],
  ["no offset", file(one('"F32"', "[0]", "[]")), /data_offsets to be \[begin, end\]/],
  ["offsets the wrong way round", file(one('"F32"', "[2]", "[8,0]"), 8), /data_offsets to be \[begin, end\]/],
  ["a negative offset", file(one('"F32"', "[2]", "[-8,0]"), 8), /integers from 0/],
  ["an offset that is a string", file(one('"F32"', "[2]", '[0,"8"]'), 8), /got string "8"/],
  ["offsets of 2^63", file(one('"F32"', "[2]", "[9223372036854775808,9223372036854775816]"), 8), /2\^53-1/],
  ["more bytes than the shape needs", file(one('"F32"', "[2]", "[0,12]"), 12), /needs 8 bytes.*give 12/],
  ["fewer bytes than the shape needs", file(one('"F32"', "[2]", "[0,4]"), 4), /needs 8 bytes.*give 4/],
  ["a scalar without bytes", file(one('"F32"', "[]", "[0,0]")), /needs 4 bytes.*give 0/],
  ["bytes for no elements", file(one('"F32"', "[0]", "[0,4]"), 4), /needs 0 bytes.*give 4/],
];

const layout: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["data cut off", file(good, 7), /tensor "x": it ends at byte .*cut off\?/],
  ["no data", file(good, 0), /tensor "x": it ends at byte/],
  ["offsets far beyond the file", file(vectors(["x", 0, 4_000_000_000]), 8), /it ends at byte/],
  ["a byte after the last tensor", file(good, 9), /1 bytes at the end belong to no tensor/],
  ["data without tensors", file("{}", 4), /4 bytes at the end/],
  ["a hole at the start", file(vectors(["x", 4, 12]), 12), /tensor "x": 4 bytes before it/],
  ["a hole in the middle", file(vectors(["a", 0, 4], ["b", 8, 12]), 12), /tensor "b": 4 bytes before it/],
  [
    "two tensors on the same bytes",
    file(vectors(["a", 0, 8], ["b", 0, 8]), 8),
    /tensor "b": its bytes overlap/,
  ],
  ["a tensor inside another", file(vectors(["a", 0, 12], ["b", 4, 8]), 12), /tensor "b": its bytes overlap/],
  [
    "tensors that overlap by a part",
    file(vectors(["a", 0, 8], ["b", 4, 12]), 12),
    /tensor "b": its bytes overlap/,
  ],
  [
    "an overlap that makes up for a hole",
    file(vectors(["a", 0, 8], ["b", 4, 8], ["c", 12, 16]), 16),
    /overlap/,
  ],
  [
    "an empty tensor inside another",
    file(vectors(["a", 0, 8], ["b", 4, 4]), 8),
    /tensor "b": its bytes overlap/,
  ],
  [
    "an empty tensor behind the end",
    file(vectors(["a", 0, 8], ["b", 12, 12]), 8),
    /tensor "b": 4 bytes before it/,
  ],
  ["an empty tensor alone behind the start", file(vectors(["a", 4, 4]), 0), /tensor "a": 4 bytes before it/],
];

const groups = { length, text, names, metadata, fields, layout };

for (const [group, cases] of Object.entries(groups)) {
  describe(`malformed safetensors: ${group}`, () => {
    for (const [name, bytes, expected] of cases) {
      test(name, () => {
        assert.throws(
          () => decodeSafetensors(bytes, "bad.safetensors"),
          (error: unknown) => {
            assert.ok(error instanceof FileError, `expected a FileError, got ${error}`);
            assert.match(error.message, /^bad\.safetensors[,:] /);
            assert.match(error.message, expected);
            assert.ok(error.message.length < 700, `a message of ${error.message.length} characters`);
            return true;
          },
        );
      });
    }
  });
}

test("the good file of this page, whose changes are refused above, is read", () => {
  assert.equal(decodeSafetensors(file(good, 8), "good.safetensors").tensors.size, 1);
  assert.equal(
    decodeSafetensors(file(vectors(["a", 0, 0], ["b", 0, 8], ["c", 8, 8]), 8), "good").tensors.size,
    3,
  );
});

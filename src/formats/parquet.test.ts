import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parquetColumn, readParquet } from "./parquet.js";

// two rows (雨 1, 雪 0) written by pyarrow 26.0.1 with each compression
const small = {
  none:
    "UEFSMRUAFSgVKCwVBBUAFQYVBhwAAAACAAAABAEDAAAA6ZuoAwAAAOmbqhUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEBAAAA" +
    "AAAAAAAAAAAAAAAAFQQZPDUAGAZzY2hlbWEVBAAVDCUCGAR0ZXh0JQBMHAAAABUEJQIYBWxhYmVsABYEGRwZLCYAHBUMGSUG" +
    "ABkYBHRleHQVABYEFk4WTiYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQQZJQYAGRgFbGFiZWwVABYEFlIWUiZWSRwVABUA" +
    "FQIAPCkGGSYABAAAABagARYEJggWoAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAMcAAABQ" +
    "QVIx",
  snappy:
    "UEFSMRUAFSgVLCwVBBUAFQYVBhwAAAAUTAIAAAAEAQMAAADpm6gDAAAA6ZuqFQAVLBUwLBUEFQAVBhUGHAAAABZUAgAAAAQB" +
    "AQAAAAAAAAAAAAAAAAAAABUEGTw1ABgGc2NoZW1hFQQAFQwlAhgEdGV4dCUATBwAAAAVBCUCGAVsYWJlbAAWBBkcGSwmABwV" +
    "DBklBgAZGAR0ZXh0FQIWBBZOFlImCEkcFQAVABUCADwWDBkGGSYABAAAACYAHBUEGSUGABkYBWxhYmVsFQIWBBZSFlYmWkkc" +
    "FQAVABUCADwpBhkmAAQAAAAWoAEWBCYIFqgBACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZLBwAABwAAADH" +
    "AAAAUEFSMQ==",
  gzip:
    "UEFSMRUAFSgVRCwVBBUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBhZAaSL2evgFCrAEGxQh0UAAAAFQAVLBU6LBUEFQAVBhUG" +
    "HAAAAB+LCAAAAAAAAgNjYmBgYGFkZEAFALT1H6QWAAAAFQQZPDUAGAZzY2hlbWEVBAAVDCUCGAR0ZXh0JQBMHAAAABUEJQIY" +
    "BWxhYmVsABYEGRwZLCYAHBUMGSUGABkYBHRleHQVBBYEFk4WaiYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQQZJQYAGRgF" +
    "bGFiZWwVBBYEFlIWYCZySRwVABUAFQIAPCkGGSYABAAAABagARYEJggWygEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9u" +
    "IDI2LjAuMRksHAAAHAAAAMcAAABQQVIx",
  zstd:
    "UEFSMRUAFSgVOiwVBBUAFQYVBhwAAAAotS/9IBShAAACAAAABAEDAAAA6ZuoAwAAAOmbqhUAFSwVLiwVBBUAFQYVBhwAAAAo" +
    "tS/9IBZ1AABAAgAAAAQBAQABADLgAhUEGTw1ABgGc2NoZW1hFQQAFQwlAhgEdGV4dCUATBwAAAAVBCUCGAVsYWJlbAAWBBkc" +
    "GSwmABwVDBklBgAZGAR0ZXh0FQwWBBZOFmAmCEkcFQAVABUCADwWDBkGGSYABAAAACYAHBUEGSUGABkYBWxhYmVsFQwWBBZS" +
    "FlQmaEkcFQAVABUCADwpBhkmAAQAAAAWoAEWBCYIFrQBACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZLBwA" +
    "ABwAAADHAAAAUEFSMQ==",
  lz4:
    "UEFSMRUAFSgVLCwVBBUAFQYVBhwAAADwBQIAAAAEAQMAAADpm6gDAAAA6ZuqFQAVLBUiLBUEFQAVBhUGHAAAAIUCAAAABAEB" +
    "AAEAUAAAAAAAFQQZPDUAGAZzY2hlbWEVBAAVDCUCGAR0ZXh0JQBMHAAAABUEJQIYBWxhYmVsABYEGRwZLCYAHBUMGSUGABkY" +
    "BHRleHQVDhYEFk4WUiYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQQZJQYAGRgFbGFiZWwVDhYEFlIWSCZaSRwVABUAFQIA" +
    "PCkGGSYABAAAABagARYEJggWmgEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAMcAAABQQVIx",
};

const brotli =
  "UEFSMRUAFSgVMCwVBBUAFQYVBhwAAACLCYACAAAABAEDAAAA6ZuoAwAAAOmbqgMVABUsFR4sFQQVABUGFQYcAAAAGxUAAKQB" +
  "AgQIhj6BYHgBFQQZPDUAGAZzY2hlbWEVBAAVDCUCGAR0ZXh0JQBMHAAAABUEJQIYBWxhYmVsABYEGRwZLCYAHBUMGSUGABkY" +
  "BHRleHQVCBYEFk4WViYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQQZJQYAGRgFbGFiZWwVCBYEFlIWRCZeSRwVABUAFQIA" +
  "PCkGGSYABAAAABagARYEJggWmgEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAMcAAABQQVIx";

// text, int64, float64, bool, list, int64 beyond 2^53 and struct of lists; dictionaries and nulls
const mixed =
  "UEFSMRUEFUYVSkwVBBUAEgAAI4gPAAAA44GT44KT44Gr44Gh44GvDAAAAHNlY29uZCAicm93IhUAFRIVFiwVBhUQFQYVBhwA" +
  "AAAJIAIAAAADAwEDAhUEFTAVIEwVBhUAEgAAGAQBADYBABwCAAAAAAAAABUAFRQVGCwVBhUQFQYVBhwAAAAKJAIAAAAGAQID" +
  "JAAVBBUwFSxMFQYVABIAABgAAAUBBOA/BQcoAPQ/AAAAAAAAAMAVABUUFRgsFQYVEBUGFQYcAAAACiQCAAAABgECAyQAFQAV" +
  "DhUSLBUGFQAVBhUGHAAAAAcYAgAAAAYBBRUEFR4VIkwVBhUAEgAADzgBAAAAYQEAAABiAQAAAGMVABUiFSYsFQgVEBUGFQYc" +
  "AAAAEUACAAAAAwIDAAAAA98AAgMkABUEFSAVJEwVBBUAEgAAEDwBAAAAAAAgAAUAAAAAAAAAFQAVEhUWLBUGFRAVBhUGHAAA" +
  "AAkgAgAAAAMDAQMCFQQVHhUiTBUGFQASAAAPOAEAAAB4AQAAAHkBAAAAehUAFSQVKCwVCBUQFQYVBhwAAAASRAIAAAADCAQA" +
  "AAADFAkAAgMkABUEFTAVIEwVBhUAEgAAGAQDADYBABwBAAAAAAAAABUAFSQVKCwVCBUQFQYVBhwAAAASRAIAAAADCAQAAAAD" +
  "FAkAAgMkABUEGfwQNQAYBnNjaGVtYRUOABUMJQIYBHRleHQlAEwcAAAAFQQlAhgFbGFiZWwAFQolAhgFc2NvcmUAFQAlAhgC" +
  "b2sANQIYBXdvcmRzFQIVBkw8AAAANQQYBGxpc3QVAgAVDCUCGAdlbGVtZW50JQBMHAAAABUEJQIYA2JpZwA1AhgHYW5zd2Vy" +
  "cxUEADUCGAR0ZXh0FQIVBkw8AAAANQQYBGxpc3QVAgAVDCUCGAdlbGVtZW50JQBMHAAAADUCGAxhbnN3ZXJfc3RhcnQVAhUG" +
  "TDwAAAA1BBgEbGlzdBUCABUEJQIYB2VsZW1lbnQAFgYZHBmMJgAcFQwZNQAGEBkYBHRleHQVAhYGFpoBFqIBJm4mCCksFQQV" +
  "ABUCABUAFRAVAgA8FjYZBhkmAgQAAAAmABwVBBk1AAYQGRgFbGFiZWwVAhYGFoYBFnom5gEmqgEpLBUEFQAVAgAVABUQFQIA" +
  "PCkGGSYABgAAACYAHBUKGTUABhAZGAVzY29yZRUCFgYWhgEWhgEm7AImpAIpLBUEFQAVAgAVABUQFQIAPCkGGSYABgAAACYA" +
  "HBUAGSUGABkYAm9rFQIWBhY0FjgmqgNJHBUAFQAVAgA8KQYZJgAGAAAAJgAcFQwZNQAGEBk4BXdvcmRzBGxpc3QHZWxlbWVu" +
  "dBUCFggWggEWigEmoAQm4gMpLBUEFQAVAgAVABUQFQIAPBYGGSYGAhlGAAIABgAAACYAHBUEGTUABhAZGANiaWcVAhYGFnQW" +
  "fCasBSbsBCksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAAJgAcFQwZNQAGEBlIB2Fuc3dlcnMEdGV4dARsaXN0B2VsZW1lbnQV" +
  "AhYIFoQBFowBJqYGJugFKSwVBBUAFQIAFQAVEBUCADwWBhkmBgIZVgAAAgAGAAAAJgAcFQQZNQAGEBlIB2Fuc3dlcnMMYW5z" +
  "d2VyX3N0YXJ0BGxpc3QHZWxlbWVudBUCFggWlgEWigEmsAcm9AYpLBUEFQAVAgAVABUQFQIAPCkmBgIZVgAAAgAGAAAAFuoH" +
  "FgYmCBb2BwAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGYwcAAAcAAAcAAAcAAAcAAAcAAAcAAAcAAAAVgMA" +
  "AFBBUjE=";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

// id 1 to 5 and five texts, the third a null, in row groups of two, by the same
const groups =
  "UEFSMRUAFRwVICwVBBUAFQYVBhwAAAAONAIAAAAEAQEAAAACAAAAFQAVQBVELBUEFQAVBhUGHAAAACB8AgAAAAQBDwAAAOmb" +
  "qOOBjOmZjeOCi+OAggMAAADpm6oVABUcFSAsFQQVABUGFQYcAAAADjQCAAAABAEDAAAABAAAABUAFSYVKiwVBBUAFQYVBhwA" +
  "AAATSAIAAAADAgkAAADmjqXjgY7mnKgVABUUFRgsFQIVABUGFQYcAAAACiQCAAAAAgEFAAAAFQAVHBUgLBUCFQAVBhUGHAAA" +
  "AA40AgAAAAIBBAAAAHJhaW4VBBk8NQAYBnNjaGVtYRUEABUCJQIYAmlkABUMJQIYBHRleHQlAEwcAAAAFgoZPBksJgAcFQIZ" +
  "JQYAGRgCaWQVAhYEFkIWRiYISRwVABUAFQIAPCkGGSYABAAAACYAHBUMGSUGABkYBHRleHQVAhYEFmYWaiZOSRwVABUAFQIA" +
  "PBYkGQYZJgAEAAAAFqgBFgQmCBawAQAZLCYAHBUCGSUGABkYAmlkFQIWBBZCFkYmuAFJHBUAFQAVAgA8KQYZJgAEAAAAJgAc" +
  "FQwZJQYAGRgEdGV4dBUCFgQWTBZQJv4BSRwVABUAFQIAPBYSGQYZJgICAAAAFo4BFgQmuAEWlgEAGSwmABwVAhklBgAZGAJp" +
  "ZBUCFgIWOhY+Js4CSRwVABUAFQIAPCkGGSYAAgAAACYAHBUMGSUGABkYBHRleHQVAhYCFkIWRiaMA0kcFQAVABUCADwWCBkG" +
  "GSYAAgAAABZ8FgImzgIWhAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAJQBAABQQVIx";

describe("parquetColumn", () => {
  async function textsIn(whole: Uint8Array<ArrayBuffer>, column = "text"): Promise<unknown[]> {
    const file = {
      byteLength: whole.length,
      slice: async (start: number, end?: number) => whole.slice(start, end).buffer,
    };
    const lists: unknown[] = [];
    for await (const values of parquetColumn(file, "b.parquet", column)) lists.push(values);
    return lists;
  }

  test("gives the values of one column, row group by row group", async () => {
    assert.deepEqual(await textsIn(bytesOf(groups)), [["雨が降る。", "雪"], [null, "接ぎ木"], ["rain"]]);
    assert.deepEqual(await textsIn(bytesOf(small.none)), [["雨", "雪"]]);
  });

  test("tells which columns there are", async () => {
    await assert.rejects(textsIn(bytesOf(groups), "body"), {
      name: "FileError",
      message: 'b.parquet: expected a column "body", got id, text',
    });
  });

  test("a damaged byte anywhere is an error that names the file, or harmless", async () => {
    let refused = 0;
    for (let at = 4; at < bytesOf(groups).length - 4; at += 3) {
      const damaged = bytesOf(groups);
      damaged[at] = damaged[at]! ^ 0x55;
      await textsIn(damaged).catch((error: Error) => {
        assert.equal(error.name, "FileError");
        refused++;
      });
    }
    assert.ok(refused > 20, `only ${refused} refused`);
  });
});

describe("Parquet", () => {
  for (const [compression, text] of Object.entries(small)) {
    test(`compressed by ${compression}`, async () => {
      const set = await readParquet(bytesOf(text), "weather.parquet");
      assert.deepEqual(set.columns, ["text", "label"]);
      assert.deepEqual(
        set.rows.map((row) => [row.line, row.fields["text"], row.fields["label"]]),
        [
          [1, "雨", 1],
          [2, "雪", 0],
        ],
      );
    });
  }

  test("values of all kinds become JSON's; an integer that no number can hold becomes text", async () => {
    const { rows } = await readParquet(bytesOf(mixed), "mixed.parquet");
    assert.deepEqual(
      rows.map((row) => JSON.parse(JSON.stringify(row.fields))),
      [
        {
          text: "こんにちは",
          label: 1,
          score: 0.5,
          ok: true,
          words: ["a", "b"],
          big: "9007199254740993",
          answers: { text: ["x"], answer_start: [3] },
        },
        {
          text: 'second "row"',
          label: 0,
          score: 1.25,
          ok: false,
          words: [],
          big: 5,
          answers: { text: [], answer_start: [] },
        },
        {
          text: null,
          label: 2,
          score: -2,
          ok: true,
          words: ["c"],
          big: null,
          answers: { text: ["y", "z"], answer_start: [0, 1] },
        },
      ],
    );
  });

  test("rows have no prototype", async () => {
    const { rows } = await readParquet(bytesOf(small.none), "weather.parquet");
    assert.equal(Object.getPrototypeOf(rows[0]!.fields), null);
  });

  test("Brotli is refused by name", async () => {
    await assert.rejects(
      readParquet(bytesOf(brotli), "b.parquet"),
      /^FileError: b\.parquet: .*codec: BROTLI/,
    );
  });

  test("what is no Parquet file, or only its beginning, is refused", async () => {
    const whole = bytesOf(small.none);
    const wrong = /^FileError: b\.parquet: expected a Parquet file, which begins and ends with "PAR1"/;
    await assert.rejects(readParquet(new Uint8Array(0), "b.parquet"), wrong);
    await assert.rejects(readParquet(whole.subarray(0, 100), "b.parquet"), wrong);
    await assert.rejects(readParquet(new TextEncoder().encode("text,label\na,b\n"), "b.parquet"), wrong);
  });

  test("a damaged byte anywhere is an error that names the file, or harmless", async () => {
    const stray: unknown[] = [];
    const keep = (reason: unknown) => stray.push(reason);
    process.on("unhandledRejection", keep);
    const whole = bytesOf(mixed);
    let refused = 0;
    for (let at = 4; at < whole.length - 4; at += 3) {
      const damaged = whole.slice();
      damaged[at] = damaged[at]! ^ 0x55;
      await readParquet(damaged, "b.parquet").catch((error: Error) => {
        assert.equal(error.name, "FileError");
        assert.match(error.message, /^b\.parquet: expected a readable Parquet file, got: /);
        refused++;
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", keep);
    assert.ok(refused > 50, `only ${refused} refused`);
    assert.deepEqual(stray, []);
  });
});

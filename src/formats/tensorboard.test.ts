import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEventFileHeader, encodeScalarEvent, eventFileName } from "./tensorboard.js";

/** The same three events, written by Python's tensorboard 2 (RecordWriter, Event, Summary). */
const fromPython =
  "GAAAAAAAAACjf0siCQAAEED8VNlBGg1icmFpbi5FdmVudDoyM40v6SAAAAAAAAAAKe2pUAkAAGBA/FTZQRBkKhMKEQoKdHJhaW4vbG9zcxXNzM" +
  "w91J4XJikAAAAAAAAAN/9fAAkAAIBA/FTZQRCAvMGWCyoYChYKD+ipleS+oS9hY2N1cmFjeRUAAMB/v9uhCQ==";

test("an event file has the bytes that Python writes", () => {
  const file = Buffer.concat([
    encodeEventFileHeader(1700000000.25),
    encodeScalarEvent("train/loss", 0.1, 100, 1700000001.5),
    encodeScalarEvent("評価/accuracy", Number.NaN, 3_000_000_000, 1700000002),
  ]);
  assert.equal(file.toString("base64"), fromPython);
});

test("a number too large for a float becomes infinity", () => {
  const record = Buffer.from(encodeScalarEvent("loss", 1e300, 0, 0));
  assert.ok(record.includes(Buffer.from([0x15, 0x00, 0x00, 0x80, 0x7f])));
});

test("the file name is one that TensorBoard looks for", () => {
  assert.equal(eventFileName(1700000000.25, "host", "42.0"), "events.out.tfevents.1700000000.host.42.0");
});

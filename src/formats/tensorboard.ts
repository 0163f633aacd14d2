import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { crc32c } from "./crc32c.js";

// TensorBoard reads files of TFRecords, each an Event message.
// https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
// Wall times are seconds since 1970, with fractions.

/** The name under which TensorBoard finds an event file. `unique` keeps two runs of one second apart. */
export function eventFileName(wallTime: number, host: string, unique: string): string {
  return `events.out.tfevents.${Math.floor(wallTime)}.${host}.${unique}`;
}

/** The record that every event file begins with. */
export function encodeEventFileHeader(wallTime: number): Uint8Array {
  return encodeRecord(startEvent(wallTime).tag(3, WireType.LengthDelimited).string("brain.Event:2").finish());
}

/** One point of a curve: `encodeScalarEvent("train/loss", 0.5, 100, 1700000000.25)`. */
export function encodeScalarEvent(tag: string, value: number, step: number, wallTime: number): Uint8Array {
  const event = startEvent(wallTime).tag(2, WireType.Varint).int64(step);
  event.tag(5, WireType.LengthDelimited).fork(); // Summary
  event.tag(1, WireType.LengthDelimited).fork(); // Summary.Value
  event.tag(1, WireType.LengthDelimited).string(tag);
  event.tag(2, WireType.Bit32).float(Math.fround(value));
  return encodeRecord(event.join().join().finish());
}

function startEvent(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
}

/** TFRecord: length (64 bits), checksum of the length, the data, checksum of the data; little-endian. */
function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return record;
}

/** Rotated and shifted, so that a checksum of data that holds checksums stays a good one. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

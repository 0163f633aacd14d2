import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FileError } from "../base/index.js";

// Protocol Buffers' wire format: a message is a list of (field number, wire type, value). The readers here take
// bytes that came from outside: everything that does not fit ends in a FileError, and unknown fields are skipped.

/** A message being read: its bytes, and where it stands for error messages (`model.onnx`, `graph.node[3]`). */
export interface MessageSource {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly place: string;
}

/** What to do with one field: the wire types it may have, and how its value is taken from the reader. */
export interface FieldReader {
  readonly wireTypes: readonly WireType[];
  read(reader: BinaryReader, wireType: WireType): void;
}

/** The fields of a message that are wanted, by number. */
export type FieldReaders = Readonly<Record<number, FieldReader>>;

/** Read one message: each field goes to its reader, those without one are skipped. */
export function readMessage(source: MessageSource, fields: FieldReaders): void {
  const reader = new BinaryReader(source.bytes);
  let number = 0;
  try {
    while (reader.pos < reader.len) {
      const [fieldNumber, wireType] = reader.tag();
      number = fieldNumber;
      const field = fields[number];
      if (field === undefined) reader.skip(wireType, number);
      else if (field.wireTypes.includes(wireType)) field.read(reader, wireType);
      else throw new RangeError(`wire type ${WireType[wireType]} does not belong to this field`);
      if (reader.pos > reader.len) throw new RangeError("premature EOF");
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw damaged(source, `field ${number}: ${(error as Error).message}`, error);
  }
}

/** The error for a message that cannot be read as what it should be. */
export function damaged(source: MessageSource, problem: string, cause?: unknown): FileError {
  return new FileError(source.path, `damaged at ${source.place}, ${problem}`, {
    hint: "the file is not of the expected kind, or was cut off or changed on its way; fetch or write it again",
    cause,
  });
}

/** A text field. */
export function stringField(take: (value: string) => void): FieldReader {
  return { wireTypes: [WireType.LengthDelimited], read: (reader) => take(reader.string(true)) };
}

/** A field of bytes, seen in place; also nested messages, which `take` reads further. */
export function bytesField(take: (value: Uint8Array) => void): FieldReader {
  return { wireTypes: [WireType.LengthDelimited], read: (reader) => take(reader.bytes()) };
}

/** An integer that must be exact as a JavaScript number; repeated ones call `take` for each. */
export function integerField(take: (value: number) => void): FieldReader {
  return bigintField((value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`expected an integer below 2^53, got ${value}`);
    take(number);
  });
}

/** A 64-bit integer, packed or not; repeated ones call `take` for each. */
export function bigintField(take: (value: bigint) => void): FieldReader {
  return numberField(WireType.Varint, (reader) => take(BigInt(reader.int64())));
}

/** A float, packed or not; repeated ones call `take` for each. */
export function floatField(take: (value: number) => void): FieldReader {
  return numberField(WireType.Bit32, (reader) => take(reader.float()));
}

/** A double, packed or not; repeated ones call `take` for each. */
export function doubleField(take: (value: number) => void): FieldReader {
  return numberField(WireType.Bit64, (reader) => take(reader.double()));
}

function numberField(own: WireType, readOne: (reader: BinaryReader) => void): FieldReader {
  return {
    wireTypes: [own, WireType.LengthDelimited],
    read(reader, wireType) {
      if (wireType === own) return readOne(reader);
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) readOne(packed);
      if (packed.pos > packed.len) throw new RangeError("premature EOF");
    },
  };
}

import { DataError, isJsonObject, type Json } from "../base/index.js";
import type { Row, RowSet } from "../formats/row.js";
import { codePointIndex } from "./code-points.js";
import { rowPlace, textOf, wrongField } from "./fields.js";

/** A stretch of a text with a type; `start` inclusive and `end` exclusive are indices of the string. */
export interface TextSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The entities of a text, in order. Read are `{span: [start, end], type}`, `{start, end, label}` (also
 * `start_offset`, `entity`, ...) and `[start, end, label]`; the file counts code points. A span that lies outside the
 * text, is empty, overlaps another or disagrees with its own `name` is an error.
 */
export function entitySpansOf(
  set: RowSet,
  row: Row,
  columns: { text: string; entities: string },
): TextSpan[] {
  const text = textOf(set, row, columns.text);
  const given = row.fields[columns.entities];
  if (!Array.isArray(given)) throw wrongField(set, row, columns.entities, "an array of entities", given);
  const place = rowPlace(set, row);
  const indexOf = codePointIndex(text, place);
  const spans = given.map((value: Json, i): TextSpan => {
    const parts = spanParts(value);
    if (parts === undefined) {
      throw wrongField(
        set,
        row,
        `${columns.entities}[${i}]`,
        'an entity such as {"start": 0, "end": 4, "label": "人名"}',
        value,
      );
    }
    const span = { type: parts.type, start: indexOf(parts.start), end: indexOf(parts.end) };
    const covered = text.slice(span.start, span.end);
    if (covered === "") {
      throw new DataError(`${place}: expected an entity of some length, got ${parts.start} to ${parts.end}`, {
        hint: "the end is the place behind the last character",
      });
    }
    if (parts.name !== undefined && parts.name !== covered) {
      throw new DataError(
        `${place}: expected "${parts.name}" at ${parts.start} to ${parts.end}, got "${covered}"`,
        {
          hint: "spans count characters (Unicode code points) from 0, the end not included",
        },
      );
    }
    return span;
  });
  spans.sort((a, b) => a.start - b.start || a.end - b.end);
  const clash = spans.findIndex((span, i) => i > 0 && span.start < spans[i - 1]!.end);
  if (clash > 0) {
    const shown = (span: TextSpan) => `"${text.slice(span.start, span.end)}"`;
    throw new DataError(
      `${place}: expected entities apart from one another, got ${shown(spans[clash - 1]!)} and ${shown(spans[clash]!)} overlapping`,
      { hint: "keep one of the two; a word can have one tag only" },
    );
  }
  return spans;
}

interface SpanParts {
  readonly type: string;
  /** In code points. */
  readonly start: number;
  readonly end: number;
  readonly name: string | undefined;
}

function spanParts(value: Json): SpanParts | undefined {
  if (Array.isArray(value)) return checked(value[0], value[1], value[2], undefined);
  if (!isJsonObject(value)) return undefined;
  const type = value["type"] ?? value["label"] ?? value["entity"] ?? value["entity_group"];
  const span = value["span"];
  if (Array.isArray(span)) return checked(span[0], span[1], type, value["name"]);
  return checked(
    value["start"] ?? value["start_offset"],
    value["end"] ?? value["end_offset"],
    type,
    value["name"] ?? value["text"],
  );
}

function checked(start: unknown, end: unknown, type: unknown, name: unknown): SpanParts | undefined {
  if (typeof start !== "number" || typeof end !== "number" || typeof type !== "string") return undefined;
  return { start, end, type, name: typeof name === "string" ? name : undefined };
}

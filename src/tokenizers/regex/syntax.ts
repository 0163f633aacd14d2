import type { CodePointSet } from "./code-point-set.js";

/** A place that a pattern can ask for without taking characters. */
export type Place =
  | "line-start"
  | "line-end"
  | "text-start"
  | "text-end"
  | "last-line-end"
  | "word-boundary"
  | "no-word-boundary";

/** A regular expression as a tree. */
export type Node =
  | { readonly kind: "set"; readonly set: CodePointSet }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly branches: readonly Node[] }
  | {
      readonly kind: "repeat";
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    }
  /** The first way to match the body is the only one. */
  | { readonly kind: "atomic"; readonly body: Node }
  | { readonly kind: "look"; readonly body: Node; readonly ahead: boolean; readonly negative: boolean }
  | { readonly kind: "place"; readonly place: Place };

/** Whether a pattern can match without taking a character. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case "set":
      return false;
    case "sequence":
      return node.parts.every(isNullable);
    case "choice":
      return node.branches.some(isNullable);
    case "repeat":
      return node.least === 0 || isNullable(node.body);
    case "atomic":
      return isNullable(node.body);
    default:
      return true;
  }
}

/** How many characters a pattern always takes, or undefined where that varies. */
export function widthOf(node: Node): number | undefined {
  switch (node.kind) {
    case "set":
      return 1;
    case "sequence":
      return node.parts.reduce<number | undefined>((sum, part) => plus(sum, widthOf(part)), 0);
    case "choice": {
      const [first, ...others] = node.branches.map(widthOf);
      return others.every((width) => width === first) ? first : undefined;
    }
    case "repeat": {
      const width = widthOf(node.body);
      return width === undefined || node.least !== node.most ? undefined : width * node.least;
    }
    case "atomic":
      return widthOf(node.body);
    default:
      return 0;
  }
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

import { ShapeError } from "../../base/errors.js";

/**
 * A size in a shape: an integer, or an integer polynomial over named symbols written in one canonical form
 * (`batch`, `batch*sequence`, `past + 1`), so that two dimensions are equal exactly when they are `===`.
 */
export type Dimension = number | string;

/** What each symbol stands for in one run: `{ batch: 8, sequence: 128 }`. */
export type Bindings = ReadonlyMap<string, number>;

/** Monomial -> coefficient; the monomial is its symbols in order, joined by `*`, and "" for the constant. */
type Polynomial = Map<string, number>;

/** `addDimensions("past", 1)` is `past + 1`. */
export function addDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const sum = parse(a);
  for (const [monomial, coefficient] of parse(b)) sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient);
  return print(sum);
}

/** `multiplyDimensions("batch", "sequence")` is `batch*sequence`. */
export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const product: Polynomial = new Map();
  for (const [monomialA, coefficientA] of parse(a))
    for (const [monomialB, coefficientB] of parse(b)) {
      const monomial = [...symbols(monomialA), ...symbols(monomialB)].sort().join("*");
      product.set(monomial, (product.get(monomial) ?? 0) + coefficientA * coefficientB);
    }
  return print(product);
}

/** `subtractDimensions("past + 1", 1)` is `past`. */
export function subtractDimensions(a: Dimension, b: Dimension): Dimension {
  return addDimensions(a, multiplyDimensions(b, -1));
}

/** Exact division by a number or a single product: `divideDimensions("batch*sequence", "batch")` is `sequence`. */
export function divideDimensions(a: Dimension, b: Dimension): Dimension {
  const [divisor, ...rest] = parse(b);
  if (divisor === undefined || rest.length > 0)
    throw new ShapeError(`expected a divisor of one term, got ${b}`);
  const quotient: Polynomial = new Map();
  for (const [monomial, coefficient] of parse(a)) {
    const left = symbols(monomial);
    for (const symbol of symbols(divisor[0])) {
      const at = left.indexOf(symbol);
      if (at < 0) throw new ShapeError(`${a} cannot be divided by ${b}`);
      left.splice(at, 1);
    }
    if (coefficient % divisor[1] !== 0) throw new ShapeError(`${a} cannot be divided by ${b}`);
    quotient.set(left.join("*"), coefficient / divisor[1]);
  }
  return print(quotient);
}

/** The product of the sizes of a shape. */
export function shapeSize(shape: readonly Dimension[]): Dimension {
  return shape.reduce<Dimension>(multiplyDimensions, 1);
}

/** The number a dimension stands for under `bindings`. */
export function dimensionValue(dimension: Dimension, bindings: Bindings): number {
  if (typeof dimension === "number") return dimension;
  let value = 0;
  for (const [monomial, coefficient] of parse(dimension))
    value += symbols(monomial).reduce((product, symbol) => {
      const bound = bindings.get(symbol);
      if (bound === undefined) throw new ShapeError(`the size ${symbol} is not known: no input has it`);
      return product * bound;
    }, coefficient);
  return value;
}

/** The terms of a dimension, each a coefficient and its symbols: `past + 1` is `[[1, ["past"]], [1, []]]`. */
export function dimensionTerms(dimension: Dimension): readonly (readonly [number, readonly string[]])[] {
  return [...parse(dimension)].map(([monomial, coefficient]) => [coefficient, symbols(monomial)] as const);
}

/**
 * What is left of a dimension without a symbol that it adds once: of `past + new` without `past`, `new`. Undefined where
 * the symbol stands otherwise in it, so that the size alone does not tell it.
 */
export function withoutSymbol(dimension: Dimension, symbol: string): Dimension | undefined {
  const terms = dimensionTerms(dimension).filter(([, factors]) => factors.includes(symbol));
  const isAdded = terms.length === 1 && terms[0]![0] === 1 && terms[0]![1].length === 1;
  return isAdded ? subtractDimensions(dimension, symbol) : undefined;
}

function parse(dimension: Dimension): Polynomial {
  if (typeof dimension === "number") return new Map(dimension === 0 ? [] : [["", dimension]]);
  return new Map(
    dimension.split(" + ").map((term) => {
      const factors = term.split("*");
      const coefficient = Number(factors[0]);
      if (Number.isNaN(coefficient)) return [term, 1];
      return [factors.slice(1).join("*"), coefficient];
    }),
  );
}

function print(polynomial: Polynomial): Dimension {
  const terms = [...polynomial].filter(([, coefficient]) => coefficient !== 0);
  if (terms.every(([monomial]) => monomial === "")) return terms[0]?.[1] ?? 0;
  return terms
    .sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
    .map(([monomial, coefficient]) =>
      monomial === "" ? `${coefficient}` : coefficient === 1 ? monomial : `${coefficient}*${monomial}`,
    )
    .join(" + ");
}

function symbols(monomial: string): string[] {
  return monomial === "" ? [] : monomial.split("*");
}

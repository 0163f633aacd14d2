import { type CodePointSet, complement, intersection, setOf, union } from "./code-point-set.js";
import { categoryMarks, generalCategoryTable } from "./general-category-table.js";

let categories: ReadonlyMap<string, CodePointSet> | undefined;
/** Sets that were asked for before. */
const known = new Map<string, CodePointSet>();

function once(name: string, make: () => CodePointSet): CodePointSet {
  const set = known.get(name) ?? make();
  known.set(name, set);
  return set;
}

/** The code points of a general category such as `Lu`, or of a group of them such as `L`. */
export function category(name: string): CodePointSet {
  categories ??= unpack();
  const all = [...categories];
  return once(name, () => union(all.filter(([each]) => each.startsWith(name)).map(([, set]) => set)));
}

/** White space: the property White_Space, which has not changed since Unicode 6.3. */
export const whiteSpace: CodePointSet = [
  0x09, 0x0d, 0x20, 0x20, 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f,
  0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
];

/** Decimal digits: `\d`. */
export const digits = (): CodePointSet => category("Nd");

/** Circled and squared Latin letters, which are symbols by category and letters by property. */
const symbolLetters = { upper: [0x24b6, 0x24cf, 0x1f130, 0x1f149, 0x1f150, 0x1f169, 0x1f170, 0x1f189] };
const symbolLetterRanges = [0x24d0, 0x24e9, ...symbolLetters.upper];

/** `[[:word:]]`: letters, marks, digits, connecting punctuation. */
const word = (): CodePointSet =>
  union([...["L", "M", "Nd", "Nl", "Pc"].map(category), setOf(symbolLetterRanges)]);

/** `\w`: `[[:word:]]` and six numbers of Latin-1 (superscripts and fractions), a slip of Oniguruma's. */
export const wordCharacters = (): CodePointSet =>
  once("\\w", () => union([word(), [0xb2, 0xb3, 0xb9, 0xb9, 0xbc, 0xbe]]));

/** Hexadecimal digits: `\h`. */
export const hexDigits: CodePointSet = [0x30, 0x39, 0x41, 0x46, 0x61, 0x66];

const posix: Readonly<Record<string, () => CodePointSet>> = {
  alnum: () => union([alphabetic(), digits()]),
  alpha: () => alphabetic(),
  ascii: () => [0, 0x7f],
  blank: () => union([category("Zs"), [9, 9]]),
  cntrl: () => category("Cc"),
  digit: digits,
  graph: () => complement(union(["Cc", "Cn", "Cs", "Z"].map(category))),
  lower: () => hostProperty("Lowercase"),
  print: () => complement(union([...["Cc", "Cn", "Cs", "Zl", "Zp"].map(category)])),
  punct: () => union([category("P"), category("S")]),
  space: () => whiteSpace,
  upper: () => setOf([...category("Lu"), 0x2160, 0x216f, ...symbolLetters.upper]),
  word,
  xdigit: () => hexDigits,
};

/** The set of a bracket such as `[:alpha:]`, or undefined where there is none of that name. */
export function posixSet(name: string): CodePointSet | undefined {
  return Object.hasOwn(posix, name) ? posix[name]!() : undefined;
}

const longNames: Readonly<Record<string, string>> = {
  letter: "L",
  uppercaseletter: "Lu",
  lowercaseletter: "Ll",
  titlecaseletter: "Lt",
  modifierletter: "Lm",
  otherletter: "Lo",
  mark: "M",
  nonspacingmark: "Mn",
  spacingmark: "Mc",
  enclosingmark: "Me",
  number: "N",
  decimalnumber: "Nd",
  letternumber: "Nl",
  othernumber: "No",
  punctuation: "P",
  connectorpunctuation: "Pc",
  dashpunctuation: "Pd",
  openpunctuation: "Ps",
  closepunctuation: "Pe",
  initialpunctuation: "Pi",
  finalpunctuation: "Pf",
  otherpunctuation: "Po",
  symbol: "S",
  mathsymbol: "Sm",
  currencysymbol: "Sc",
  modifiersymbol: "Sk",
  othersymbol: "So",
  separator: "Z",
  spaceseparator: "Zs",
  lineseparator: "Zl",
  paragraphseparator: "Zp",
  other: "C",
  control: "Cc",
  format: "Cf",
  surrogate: "Cs",
  privateuse: "Co",
  unassigned: "Cn",
};

/** The set that `\p{name}` matches, or undefined where there is none of that name. */
export function propertySet(name: string): CodePointSet | undefined {
  const plain = name.replace(/[ _-]/g, "").toLowerCase();
  if (plain === "any") return [0, 0x10ffff];
  if (plain === "assigned") return complement(category("Cn"));
  if (plain === "lc") return union(["Lu", "Ll", "Lt"].map(category));
  if (plain === "alphabetic") return alphabetic();
  if (plain === "whitespace") return whiteSpace;
  const short = plain.charAt(0).toUpperCase() + plain.slice(1);
  if (/^([LMNPSZC]|L[ultmo]|M[nce]|N[dlo]|P[cdsepifo]|S[mcko]|Z[slp]|C[cfson])$/.test(short)) {
    return category(short);
  }
  if (Object.hasOwn(longNames, plain)) return category(longNames[plain]!);
  return posixSet(plain) ?? scriptSet(name);
}

function alphabetic(): CodePointSet {
  return union([category("L"), category("Nl"), setOf(symbolLetterRanges), hostProperty("Alphabetic")]);
}

/** Scripts are the host's; which characters are assigned at all is not. */
function scriptSet(name: string): CodePointSet | undefined {
  const words = name.split(/[ _-]/).map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase());
  try {
    return hostProperty(`Script=${words.join("_")}`);
  } catch {
    return undefined; // the host's way of saying that it knows no such script
  }
}

function hostProperty(property: string): CodePointSet {
  return once(property, () => readHostProperty(property));
}

function readHostProperty(property: string): CodePointSet {
  const matches = new RegExp(`\\p{${property}}`, "u");
  const ranges: number[] = [];
  const assigned = complement(union(["Cn", "Co", "Cs"].map(category)));
  for (let k = 0; k < assigned.length; k += 2) {
    for (let codePoint = assigned[k]!; codePoint <= assigned[k + 1]!; codePoint++) {
      if (matches.test(String.fromCodePoint(codePoint))) ranges.push(codePoint, codePoint);
    }
  }
  return intersection(setOf(ranges), assigned);
}

function unpack(): ReadonlyMap<string, CodePointSet> {
  const ranges = new Map<string, number[]>(Object.values(categoryMarks).map((name) => [name, []]));
  let at = 0;
  for (const [, mark, length] of generalCategoryTable.join("").matchAll(/([^0-9a-z])([0-9a-z]*)/g)) {
    const count = length === "" ? 1 : Number.parseInt(length!, 36);
    ranges.get(categoryMarks[mark!]!)!.push(at, at + count - 1);
    at += count;
  }
  return ranges;
}

// Porter's stemmer (Porter 1980, "An algorithm for suffix stripping") with the additions of Python's nltk, which
// rouge_score uses: irregular forms, and a few endings more.

/** Forms that the rules would spoil. */
const irregular: ReadonlyMap<string, string> = new Map([
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["innings", "inning"],
  ["outings", "outing"],
  ["cannings", "canning"],
  ...["sky", "news", "inning", "outing", "canning", "howe", "proceed", "exceed", "succeed"].map(
    (word) => [word, word] as const,
  ),
]);

/** An ending, what takes its place, and whether it may. The first rule whose ending fits decides. */
type Rule = readonly [ending: string, replacement: string, condition?: (stem: string) => boolean];

/** The stem of an English word in lower case: `running` gives `run`. */
export function stemWord(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  return [plural, participle, lastY, doubleSuffix, longSuffix, suffix, lastE, lastL].reduce(
    (stem, step) => step(stem),
    word,
  );
}

/** Step 1a. */
function plural(word: string): string {
  if (word.endsWith("ies") && word.length === 4) return word.slice(0, -1);
  return apply(word, [
    ["sses", "ss"],
    ["ies", "i"],
    ["ss", "ss"],
    ["s", ""],
  ]);
}

/** Step 1b. */
function participle(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ["ed", "ing"].find((end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  for (const end of ["at", "bl", "iz"]) if (stem.endsWith(end)) return `${stem}e`;
  if (endsDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Step 1c. */
function lastY(word: string): string {
  return apply(word, [["y", "i", (stem) => stem.length > 1 && isConsonant(stem).at(-1)!]]);
}

const hasSyllable = (stem: string): boolean => measure(stem) > 0;
const hasSyllables = (stem: string): boolean => measure(stem) > 1;

/** Step 2. */
function doubleSuffix(word: string): string {
  if (word.endsWith("alli") && hasSyllable(word.slice(0, -4))) return doubleSuffix(word.slice(0, -2));
  return apply(word, doubleSuffixes);
}

const doubleSuffixes: readonly Rule[] = [
  ...(
    [
      ["ational", "ate"],
      ["tional", "tion"],
      ["enci", "ence"],
      ["anci", "ance"],
      ["izer", "ize"],
      ["bli", "ble"],
      ["alli", "al"],
      ["entli", "ent"],
      ["eli", "e"],
      ["ousli", "ous"],
      ["ization", "ize"],
      ["ation", "ate"],
      ["ator", "ate"],
      ["alism", "al"],
      ["iveness", "ive"],
      ["fulness", "ful"],
      ["ousness", "ous"],
      ["aliti", "al"],
      ["iviti", "ive"],
      ["biliti", "ble"],
      ["fulli", "ful"],
    ] as const
  ).map(([ending, replacement]) => [ending, replacement, hasSyllable] as const),
  ["logi", "log", (stem) => hasSyllable(`${stem}l`)],
];

/** Step 3. */
function longSuffix(word: string): string {
  return apply(word, [
    ["icate", "ic", hasSyllable],
    ["ative", "", hasSyllable],
    ["alize", "al", hasSyllable],
    ["iciti", "ic", hasSyllable],
    ["ical", "ic", hasSyllable],
    ["ful", "", hasSyllable],
    ["ness", "", hasSyllable],
  ]);
}

/** Step 4. */
function suffix(word: string): string {
  return apply(word, suffixes);
}

const suffixes: readonly Rule[] = [
  ..."al ance ence er ic able ible ant ement ment ent"
    .split(" ")
    .map((end) => [end, "", hasSyllables] as const),
  ["ion", "", (stem) => hasSyllables(stem) && /[st]$/.test(stem)],
  ..."ou ism ate iti ous ive ize".split(" ").map((end) => [end, "", hasSyllables] as const),
];

/** Step 5a. */
function lastE(word: string): string {
  const isSpare = (stem: string): boolean => hasSyllables(stem) || (hasSyllable(stem) && !endsShort(stem));
  return apply(word, [["e", "", isSpare]]);
}

/** Step 5b. */
function lastL(word: string): string {
  return apply(word, [["ll", "l", (stem) => hasSyllables(`${stem}l`)]]);
}

function apply(word: string, rules: readonly Rule[]): string {
  for (const [ending, replacement, condition] of rules) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, -ending.length);
    return condition === undefined || condition(stem) ? stem + replacement : word;
  }
  return word;
}

/** For each letter whether it is a consonant; a y is one at the beginning and after a vowel. */
function isConsonant(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const letter of word) flags.push(letter === "y" ? flags.at(-1) !== true : !"aeiou".includes(letter));
  return flags;
}

/** How many times consonants follow vowels: the m of the paper. */
function measure(stem: string): number {
  const flags = isConsonant(stem);
  return flags.filter((consonant, i) => i > 0 && consonant && !flags[i - 1]).length;
}

function hasVowel(stem: string): boolean {
  return isConsonant(stem).includes(false);
}

function endsDouble(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word).at(-1)!;
}

/** Whether it ends in consonant, vowel, consonant (not w, x, y), or is a vowel and a consonant: *o of the paper. */
function endsShort(word: string): boolean {
  const flags = isConsonant(word);
  if (word.length === 2) return !flags[0] && flags[1]!;
  return word.length >= 3 && flags.at(-3)! && !flags.at(-2)! && flags.at(-1)! && !/[wxy]$/.test(word);
}

/**
 * The sentences of a Japanese or English text. Together they are the text: the white space between two stands before
 * the second. A sentence ends
 *
 * - with 。！？ and what closes brackets and quotes behind them, but not inside 「」『』（）, and not where the text goes
 *   on: 「行く。」と言った;
 * - with .!? before white space, but not where the next word is in small letters, and not behind abbreviations (Dr.),
 *   initials (J. K.) and the number of a list (1.); behind an abbreviation that may end a sentence (U.S., etc.) only
 *   before a word that often begins one;
 * - with a line, unless the text is wrapped: where the first word of the next line had found no room in this one.
 */
export function splitSentences(text: string): string[] {
  const ends = sentenceEnds(text);
  const sentences: string[] = [];
  let start = 0;
  for (const end of ends) {
    if (text.slice(start, end).trim() === "") continue; // white space belongs to the sentence behind it
    sentences.push(text.slice(start, end));
    start = end;
  }
  if (text.slice(start).trim() !== "") sentences.push(text.slice(start));
  else if (sentences.length > 0) sentences.push(sentences.pop()! + text.slice(start));
  return sentences;
}

/** What may end a sentence, or open a bracket inside of which none ends. */
const candidate = /[。｡．！？!?.]+|[「『（(]|\n/g;
const closers = /^["'”’»)\]）」』】〉》〕｝}]*/;
const matching: Readonly<Record<string, string>> = { "「": "」", "『": "』", "（": "）", "(": ")" };

/** The longest stretch in brackets, in UTF-16 units, that is taken as part of one sentence. */
const longestBracket = 200;

function sentenceEnds(text: string): number[] {
  const ends: number[] = [];
  const width = wrapWidth(text);
  let insideUntil = 0; // the end of a bracket
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(candidate)) {
    if (index < start) continue;
    const behind = index + sign.length;
    if (sign in matching) {
      if (index >= insideUntil) insideUntil = endOfBracket(text, index, matching[sign]!);
      continue;
    }
    if (sign === "\n") {
      if (isWrapped(text, index, width)) continue;
      insideUntil = 0;
      ends.push(index);
      start = behind;
      continue;
    }
    const closed = behind + closers.exec(text.slice(behind, behind + longestBracket))![0].length;
    if (closed < insideUntil || !endsSentence(text, start, index, behind, closed)) continue;
    ends.push(closed);
    start = closed;
  }
  return ends;
}

/** Where a bracket closes again, on the same line and not far away; else where it opens. */
function endOfBracket(text: string, open: number, close: string): number {
  const rest = text.slice(open, open + longestBracket);
  const at = rest.indexOf(close);
  return at < 0 || rest.slice(0, at).includes("\n") ? open : open + at + 1;
}

/** Whether the signs from `index` to `behind`, with closing brackets and quotes to `closed`, end a sentence. */
function endsSentence(text: string, start: number, index: number, behind: number, closed: number): boolean {
  const signs = text.slice(index, behind);
  const rest = text.slice(closed, closed + 50);
  if (/[。｡．！？]/.test(signs)) return !goesOnInJapanese(signs, closed > behind, rest, text[index - 1]);
  if (rest !== "" && !/^\s/.test(rest))
    return /[!?]/.test(signs) && /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}「『]/u.test(rest);
  const next = /^\s*["'“‘«([]*(\S*)/u.exec(rest)![1]!;
  if (/^\p{Ll}/u.test(next)) return false;
  return signs !== "." || next === "" || !isAbbreviation(text.slice(start, index), next, closed > behind);
}

function goesOnInJapanese(signs: string, isClosed: boolean, rest: string, before = ""): boolean {
  if (/^．$/.test(signs) && /\p{Nd}/u.test(before) && /^\p{Nd}/u.test(rest)) return true; // ３．１４
  if (isClosed) return /^(?:と(?!ころ)|って|など|なんて|の|を|が(?!、))/.test(rest);
  return /[！？!?]/.test(signs) && /^(?:と(?:[、言い聞思叫答尋問考驚]|か)|って)/.test(rest);
}

/** Never the end of a sentence: a name or number follows. */
const before =
  /(?:^|[\s("'“‘[])(?:Mrs?|Ms|Mx|Dr|Prof|St|Mt|Ft|Rev|Hon|Gen|Col|Maj|Capt|Cmdr|Lt|Sgt|Gov|Sen|Rep|Pres|Messrs|Mmes?|Mlle|vs|cf|e\.g|i\.e|viz|al|approx|ca)$/;
/** Before a number only. */
const beforeNumber =
  /(?:^|[\s("'“‘[])(?:No|Nos|Fig|Figs|Vol|Vols|Ch|Sec|Eq|Ref|Art|pp?|ll?|n|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$/i;
/** Perhaps the end: initials, U.S., Ph.D., a.m., etc., Inc. */
const maybe =
  /(?:^|[\s("'“‘[.-])(?:\p{Lu}|(?:\p{L}{1,2}\.)+\p{L}{1,2}|etc|Inc|Ltd|Corp|Co|Bros|Jr|Sr|Esq|Dept|Univ|Assn|Ave|Blvd)$/u;
/** The number of a list or heading, which is all there is of the sentence. */
const listNumber = /^\s*(?:\(?\d+(?:\.\d+)*|[IVXLC]+|[A-Za-z])$/;
const opening =
  /^(?:The|A|An|This|That|These|Those|It|Its|He|She|They|We|You|His|Her|Their|Our|My|In|On|At|As|If|When|While|After|Before|Since|But|And|However|For|From|There|Then|Thus|So|To|What|Who|Why|How|Where|With|Although|Though|Because|Meanwhile|Moreover|No|Not|Yes|One|Some|Many|Most|All|Both|Each|Even|Now)\b/;

function isAbbreviation(sentence: string, next: string, isClosed: boolean): boolean {
  if (listNumber.test(sentence)) return true;
  if (isClosed) return false;
  const end = sentence.slice(-40);
  if (before.test(end) || (beforeNumber.test(end) && /^\p{Nd}/u.test(next))) return true;
  return maybe.test(end) && !opening.test(next);
}

/** How long the lines of a wrapped text are, in characters; fewer for Japanese, whose characters are wide. */
const wrapWidths = { least: 40, leastJapanese: 20, most: 120 };

/** The length of the longest line of a text that is wrapped, where it is that for most lines; 0 for any other text. */
function wrapWidth(text: string): number {
  const lines = text.split("\n", 1000).map((line) => line.trimEnd());
  const width = lines.reduce((longest, line) => Math.max(longest, line.length), 0);
  const least = japaneseEnd.test(lines[0]!) ? wrapWidths.leastJapanese : wrapWidths.least;
  if (lines.length < 2 || width < least || width > wrapWidths.most) return 0;
  const fullCount = lines.filter((line, i) => isFull(line, lines[i + 1] ?? "", width)).length;
  return 2 * fullCount >= lines.length - 1 ? width : 0;
}

/** Whether a line ends at `end` for want of room only. */
function isWrapped(text: string, end: number, width: number): boolean {
  if (width === 0) return false;
  const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end).trimEnd();
  return isFull(line, text.slice(end + 1, end + 1 + wrapWidths.most), width);
}

const japaneseEnd = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー、。」]$/u;

/** Whether the first word of the next line had found no room in a line. */
function isFull(line: string, next: string, width: number): boolean {
  const word = /^[^\S\n]*(\S+)/.exec(next)?.[1];
  if (word === undefined) return false; // a blank line
  // Japanese breaks anywhere, but for a sign that may not begin a line and takes a character along
  return line.length + (japaneseEnd.test(line) ? 2 : 1 + word.length) > width;
}

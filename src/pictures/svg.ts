/** What every picture has: its size, its words for those who cannot see it, its styles and its marks. */
export interface SvgPicture {
  readonly width: number;
  readonly height: number;
  /** Read out by screen readers in place of the picture, and shown when the pointer rests on it. */
  readonly title: string;
  readonly description: string;
  /** Style rules beside those all pictures share, as `class: [light, dark]`. */
  readonly styles: Readonly<Record<string, readonly [light: string, dark: string]>>;
  readonly body: string;
}

const fonts =
  'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", "IPAexGothic", sans-serif';

const sharedStyles: SvgPicture["styles"] = {
  paper: ["fill: #ffffff", "fill: #0f141a"],
  ink: ["fill: #1f2328", "fill: #e6edf3"],
  soft: ["fill: #656d76", "fill: #8d96a0"],
  grid: ["stroke: #e3e7eb", "stroke: #2b3138"],
};

/**
 * A whole SVG file. It paints its own paper and chooses light or dark colours by the reader's preference, so
 * that it is legible on any page; it loads nothing.
 */
export function svgDocument(picture: SvgPicture): string {
  const { width, height } = picture;
  const styles = Object.entries({ ...sharedStyles, ...picture.styles });
  const rules = (scheme: 0 | 1): string => styles.map(([name, pair]) => `.${name}{${pair[scheme]}}`).join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(picture.title)}</title>`,
    `<desc id="description">${escapeXml(picture.description)}</desc>`,
    `<style>text{font-family:${fonts};font-size:12px}${rules(0)}@media (prefers-color-scheme: dark){${rules(1)}}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    picture.body,
    "</svg>\n",
  ].join("\n");
}

/** Text as it may stand in XML, in an element or an attribute; characters XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[\ud800-\udfff]/gu, "\ufffd") // halves of a surrogate pair standing alone
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 allows none of these
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
  );
}

/** One line of text. `attributes` are written as they are. */
export function svgText(x: number, y: number, text: string, attributes = 'class="ink"'): string {
  return `<text x="${coordinate(x)}" y="${coordinate(y)}" ${attributes}>${escapeXml(text)}</text>`;
}

/** A coordinate with at most one decimal: a tenth of a pixel is finer than any screen. */
export function coordinate(value: number): string {
  return rounded(value, 1);
}

/** A number with at most `decimals` decimals and no zeros at its end. */
export function rounded(value: number, decimals: number): string {
  const power = 10 ** decimals;
  return String(Math.round(value * power) / power);
}

/**
 * About how many pixels a text takes at a font size. There is no font to ask, so full-width characters count
 * one em and others 0.56, the mean of the common sans-serif fonts.
 */
export function estimatedWidth(text: string, fontSize = 12): number {
  let ems = 0;
  for (const character of text) ems += fullWidth.test(character) ? 1 : 0.56;
  return ems * fontSize;
}

const fullWidth =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** The text, cut with an ellipsis to what fits `width` pixels by estimate. */
export function fitText(text: string, width: number, fontSize = 12): string {
  if (estimatedWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && estimatedWidth(`${characters.join("")}…`, fontSize) > width)
    characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

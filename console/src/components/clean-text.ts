/**
 * Characters that a country may write and that would let a text look like another, or run into the words beside it: controls, formats (among them the
 * overrides of the direction of writing of Unicode UAX 9, and characters without width), separators of lines, and fillers that look like blanks.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu

/** The longest text that is shown at one place, in UTF-16 units. */
const MAX_LENGTH = 4_000

/** Makes each hidden character of a country's text visible as «�», and cuts what is too long to be shown. Tabs and line breaks become spaces. */
export function cleanText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return cut.replace(/[\t\n]/g, ' ').replace(HIDDEN, '\uFFFD')
}

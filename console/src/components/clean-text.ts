/**
 * Characters that a country may write and that would let a text look like another, or run into the words beside it: controls, formats (among them the
 * overrides of the direction of writing of Unicode UAX 9), what a font does not show (characters without width, fillers, variation selectors), separators
 * of lines, and the blank letter of Braille.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** More signs on one letter than any language has. They would cover the lines above and below. */
const PILED = /(\p{Mn}{4})\p{Mn}+/gu

/** The longest text that is shown at one place, in UTF-16 units. */
const MAX_LENGTH = 4_000

/**
 * Makes each hidden character of a country's text visible as «�», and cuts what is too long to be shown. Tabs and line breaks become spaces. What lacks its other
 * half in UTF-16 is «�» too.
 */
export function cleanText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return markHidden(cut.replace(/[\t\n]/g, ' '))
}

/** Makes the hidden characters of a text visible that is shown whole, with its lines. */
export function cleanLines(text: string): string {
  return text.split('\n').map(markHidden).join('\n')
}

function markHidden(text: string): string {
  return text.toWellFormed().replace(HIDDEN, '\uFFFD').replace(PILED, '$1\uFFFD')
}

/** Whether a text has a character that nobody would see. */
export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0
}

/**
 * Characters that a country may write and that would let a text look like another, or run into the words beside it: controls (C0, C1), marks and
 * overrides of the direction of writing (Unicode UAX 9), characters without width, and line and paragraph separators.
 */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/** The longest text that is shown at one place, in UTF-16 units. */
const MAX_LENGTH = 4_000

/** Makes each hidden character of a country's text visible as «�», and cuts what is too long to be shown. Tabs and line breaks become spaces. */
export function cleanText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return cut.replace(/[\t\n]/g, ' ').replace(HIDDEN, '\uFFFD')
}

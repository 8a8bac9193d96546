/** Control characters but line feed and tab, the other ends of lines, and marks that turn the direction of what follows (Unicode, UAX 9). */
const HIDDEN = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Makes a text safe for a terminal and a log. Values of others may be in it: an escape code could clear a warning or show another verdict, and a mark of
 * direction could turn an id around. Each such sign is shown by its code, as JSON writes it.
 */
export function showText(text: string): string {
  return text.replace(HIDDEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

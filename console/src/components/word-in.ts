/**
 * Finds the word of a code that came from elsewhere; undefined if it has none. A plain look-up would find `constructor` in each table.
 */
export function wordIn(words: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined
}

/** Makes the name of a class for styles out of a code that came from elsewhere. What has blanks would be several classes, and gives none. */
export function classOf(code: string): string {
  return /^[\w-]+$/.test(code) ? code : ''
}

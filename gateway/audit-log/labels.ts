/** Texts that others chose, as entries have them. */

/** The longest text of a token that an entry holds, in UTF-16 units. The rest is cut off. */
const MAX_LABEL = 200

/** Returns a text as an entry has it; null if there is none, or it is empty. */
export function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cut(text)
}

/** Cuts a text off that is too long, and replaces lone surrogates, which have no canonical form. */
export function cut(text: string): string {
  return text.slice(0, MAX_LABEL).toWellFormed()
}

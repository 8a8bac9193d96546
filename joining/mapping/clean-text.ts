/** How texts of old databases are compared and kept. */

/** Trims a text and puts it into NFC. Returns null for an empty one: old databases write both for «nothing». */
export function cleanText(text: string | null | undefined): string | null {
  const clean = text?.normalize('NFC').trim()
  return clean === undefined || clean === '' ? null : clean
}

/** Whether PostgreSQL can keep a text, and JSON can carry it: no null character, and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Folds a text for comparison: small letters without accents, and one space where there are more. `Colón` and `COLON` are then the same; `Ñ` is `n`. */
export function foldText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/**
 * The levels of the UN International Classification of Crime for Statistical Purposes, v1.0 (ICCS): a code of 2 digits is a section, and
 * codes of 4, 5 and 6 digits are the levels below it. A code of 3 digits does not exist.
 */

/** The levels of the classification, the coarsest first. */
export const ICCS_LEVELS = [1, 2, 3, 4] as const

/** The number of digits of a code of each level. */
const DIGITS = [2, 4, 5, 6]

/** Returns the level of a code, 1 to 4; null if its number of digits is that of no level. */
export function iccsLevel(code: string): number | null {
  const index = DIGITS.indexOf(code.length)
  return index < 0 ? null : index + 1
}

/** Returns the code one level above a code; null for a section. Codes of 3 digits belong to the section that they begin with. */
export function iccsParent(code: string): string | null {
  const digits = DIGITS.findLast((length) => length < code.length)
  return digits === undefined ? null : code.slice(0, digits)
}

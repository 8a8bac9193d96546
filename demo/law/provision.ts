import type { ConductKey } from './conducts.ts'

/** A law of a country: its penal code, or a special law. */
export interface Law {
  /** What the ids of its articles hold: `CP` for the penal code in force, else the decree: `D48-92`. */
  readonly code: string
  /** Its name and its decree, in Spanish. */
  readonly name: string
  /** `YYYY-MM-DD`, or null if we did not look it up. */
  readonly inForceFrom: string | null
  /** The day from which another law punishes what its articles are about. */
  readonly repealedOn: string | null
  /** A public page with its text, or about it. */
  readonly source: string
}

/** What we saw of a provision in a public source: article and penalty, the article, or nothing: then it is written from memory. */
export type Checked = 'ARTICLE_AND_PENALTY' | 'ARTICLE' | 'NOTHING'

/** An article by which a country punishes some kinds of conduct. */
export interface Provision {
  readonly law: Law
  /** The article's number. Null where no source was found: a number is never invented. */
  readonly article: string | null
  readonly heading: string
  readonly conducts: readonly ConductKey[]
  /** The longest imprisonment of the basic offence, in months. */
  readonly maxMonths: number
  readonly checked: Checked
  /** The page where we saw the article, if it is not the law's own. */
  readonly source?: string
}

/** Creates the provisions of one law. Each row: article, heading, kinds of conduct, months, what was checked, and where. */
export function provisionsOf(
  law: Law,
  rows: readonly (readonly [
    article: string | null,
    heading: string,
    conducts: readonly ConductKey[],
    maxMonths: number,
    checked: Checked,
    source?: string,
  ])[],
): readonly Provision[] {
  return rows.map(([article, heading, conducts, maxMonths, checked, source]) => ({
    law,
    article,
    heading,
    conducts,
    maxMonths,
    checked,
    ...(source !== undefined && { source }),
  }))
}

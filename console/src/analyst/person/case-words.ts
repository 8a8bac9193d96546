import type { PersonCaseRow } from '../../documents/types.ts'
import { type FileWords, wordCodeOf } from '../file-words.ts'
import type { DossierCase } from './use-dossier.ts'

/** Qualities in which a case names a person, from what weighs most. */
const QUALITIES = ['ACCUSED', 'SUSPECT', 'SUBJECT', 'CONVICTED', 'VICTIM', 'WITNESS']

/** Lists what a case is about, each class once, as its country calls it. Null if a rule hides it. */
export function listOffenceNames(rows: readonly Pick<PersonCaseRow, 'offences'>[]): readonly string[] | null {
  if (rows.every(({ offences }) => offences === null)) return null
  const byClass = new Map<string, string>()
  for (const { iccs, nationalLabel } of rows.flatMap(({ offences }) => offences ?? [])) {
    if (!byClass.has(iccs)) byClass.set(iccs, nationalLabel || iccs)
  }
  return [...byClass.values()]
}

/** Words how far a case is: its stage while it is open, and how it ended. */
export function wordStage({ closedOn, category, status }: PersonCaseRow, words: FileWords): string {
  const isOpen = closedOn === null && category !== null
  return toSentence(isOpen ? wordCodeOf(words, 'stage', category) : wordCodeOf(words, 'status', status))
}

/** Begins a word of the catalogue as a sentence does. */
export function toSentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

/** Open cases that name a person in one quality. */
export interface CasesOfQuality {
  /** Null if a rule hides it or nobody says it. */
  readonly quality: string | null
  readonly rows: readonly PersonCaseRow[]
}

/** Groups open cases by the weightiest quality in which each names the person. */
export function groupByQuality(cases: readonly DossierCase[]): readonly CasesOfQuality[] {
  const open = cases.filter(({ row }) => row.closedOn === null)
  const weigh = (quality: string | null): number => {
    const at = quality === null ? QUALITIES.length + 1 : QUALITIES.indexOf(quality)
    return at < 0 ? QUALITIES.length : at
  }
  const groups = Map.groupBy(open, ({ roles }) => (roles ?? []).toSorted((a, b) => weigh(a) - weigh(b))[0] ?? null)
  return [...groups]
    .toSorted(([left], [right]) => weigh(left) - weigh(right))
    .map(([quality, all]) => ({ quality, rows: all.map(({ row }) => row) }))
}

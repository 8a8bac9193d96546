/** Reads `coverage:`, which says what the law of a mapping is complete for. */
import { isCountryCode } from '../../contract/country-code.ts'
import type { Mapping } from './mapping.ts'
import { isIccs } from './value-forms.ts'
import {
  describeNode,
  type Entry,
  type Report,
  readEntries,
  readItems,
  rejectUnknownKeys,
  scalarText,
} from './yaml-report.ts'

/** What the keys of `coverage:` stand for in the table, and what their items are. */
export const COVERAGE_KEYS = {
  participations: { subject: 'PARTICIPATIONS', form: 'country', accepts: isCountryCode },
  statutes: { subject: 'STATUTES', form: 'iccs', accepts: isIccs },
  iccs: { subject: 'ICCS', form: 'iccs', accepts: () => false },
} as const

/** Stands for everything. */
const EVERYTHING = '*'

/** Reads `coverage:`; null if the mapping does not have it. */
export function readCoverage(entry: Entry | undefined, report: Report): Mapping['coverage'] {
  if (entry === undefined) return null
  const entries = readEntries(entry.node, 'coverage', report)
  if (entries === null) return null
  const names = Object.keys(COVERAGE_KEYS) as (keyof typeof COVERAGE_KEYS)[]
  rejectUnknownKeys(entries, names, 'coverage', report)
  return entries.flatMap(({ key, node }) => {
    const name = names.find((each) => each === key)
    if (name === undefined) return []
    const { subject, accepts, form } = COVERAGE_KEYS[name]
    const place = `coverage.${key}`
    return (readItems(node, place, report) ?? []).flatMap((item) => {
      const text = scalarText(item)
      if (text === EVERYTHING || (text !== undefined && accepts(text))) return [{ subject, key: text }]
      const { words } = report
      report.problem(item, place, words.expected(words.orEverything(words.forms[form]), describeNode(item, words)))
      return []
    })
  })
}

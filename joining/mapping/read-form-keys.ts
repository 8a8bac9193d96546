/** Reads the keys of a rule that say how dates and numbers are written. */
import type { FieldType } from '../../contract/records/record-kind.ts'
import { compileDateFormat, hasDay } from './date-format.ts'
import type { ReadRule } from './mapping.ts'
import { describeNode, type Entry, findEntry, type Report, readText, readWord, scalarText } from './yaml-report.ts'

/** Reads `format`, `day` and `yearsFrom`. */
export function readDateKeys(
  entries: readonly Entry[],
  type: FieldType,
  at: string,
  report: Report,
): Pick<ReadRule, 'format' | 'day' | 'yearsFrom'> {
  const [format, day, years] = ['format', 'day', 'yearsFrom'].map((key) => findEntry(entries, key))
  const none = { format: null, day: null, yearsFrom: null }
  if (type.kind !== 'date' && type.kind !== 'moment') return none
  const { words } = report
  const yearsFrom = years === undefined ? null : readWhole(years, 1, 9_900, `${at}.yearsFrom`, report)
  const which = day === undefined ? null : readWord(day.node, ['first', 'last'], `${at}.day`, report)
  if (format === undefined) {
    const alone = day ?? years
    if (alone !== undefined) report.problem(alone.keyNode, at, words.withoutFormat(alone.key))
    return none
  }
  const text = readText(format.node, `${at}.format`, report)
  if (text === null) return none
  const compiled = compileDateFormat(text, yearsFrom)
  if ('fault' in compiled) {
    report.problem(format.node, `${at}.format`, words.format(compiled.fault))
    return none
  }
  const namesDay = hasDay(text)
  if (namesDay && day !== undefined) report.problem(day.keyNode, at, words.dayTwice)
  if (!namesDay && (which === null || type.kind === 'moment'))
    report.problem(format.node, `${at}.format`, words.noDay(type.kind === 'moment'))
  return { format: text, day: which, yearsFrom }
}

/** Reads `decimal`, `thousands` and `times`; null if there is none of them. */
export function readNumberKeys(entries: readonly Entry[], at: string, report: Report): ReadRule['number'] {
  const [decimal, thousands, times] = ['decimal', 'thousands', 'times'].map((key) => findEntry(entries, key))
  if (decimal === undefined && thousands === undefined && times === undefined) return null
  const point = decimal === undefined ? '.' : (readWord(decimal.node, ['.', ','], `${at}.decimal`, report) ?? '.')
  const group = thousands === undefined ? null : (scalarText(thousands.node) ?? '')
  if (group !== null && ([...group].length !== 1 || /\d/.test(group) || group === point)) {
    report.problem(
      thousands?.node ?? null,
      `${at}.thousands`,
      report.words.expected(report.words.thousands(point), describeNode(thousands?.node ?? null, report.words)),
    )
  }
  const factor = times === undefined ? 1 : (readWhole(times, 1, 1_000_000, `${at}.times`, report) ?? 1)
  return { decimal: point, thousands: group, times: factor }
}

function readWhole({ node }: Entry, least: number, most: number, place: string, report: Report): number | null {
  const text = scalarText(node) ?? ''
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  report.problem(
    node,
    place,
    report.words.expected(report.words.wholeFrom(least, most), describeNode(node, report.words)),
  )
  return null
}

/** Reads `pattern` and `take`. */
import type { ReadRule } from './mapping.ts'
import { type Entry, findEntry, type Report, readText } from './yaml-report.ts'

/** Reads the pattern of a rule; null if it has none, or after its problems were noted. */
export function readPattern(entries: readonly Entry[], at: string, report: Report): ReadRule['pattern'] {
  const { words } = report
  const given = findEntry(entries, 'pattern')
  const take = findEntry(entries, 'take')
  if (given === undefined) {
    if (take !== undefined) report.problem(take.keyNode, at, words.takeWithoutPattern)
    return null
  }
  const source = readText(given.node, `${at}.pattern`, report)
  if (source === null) return null
  const groups = groupsOf(source)
  if (typeof groups === 'string') {
    report.problem(given.node, `${at}.pattern`, words.badPattern(groups))
    return null
  }
  const wanted = take === undefined ? undefined : (readText(take.node, `${at}.take`, report) ?? undefined)
  const [only, ...others] = groups
  if (only === undefined) report.problem(given.node, `${at}.pattern`, words.noGroup)
  else if (wanted === undefined && others.length > 0)
    report.problem(given.node, `${at}.pattern`, words.whichGroup(groups))
  else if (wanted !== undefined && !groups.includes(wanted)) {
    report.problem(take?.node ?? given.node, `${at}.take`, words.expectedWord(groups, `«${wanted}»`, undefined))
  } else return { source, take: wanted ?? only }
  return null
}

/** The named groups of a regular expression, or what is wrong with it. */
function groupsOf(source: string): readonly string[] | string {
  try {
    // An empty alternative makes each pattern match, so that its groups can be listed.
    return Object.keys(new RegExp(`${source}|`, 'u').exec('')?.groups ?? {})
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '').replace(/\|\/u: /, '/: ')
  }
}

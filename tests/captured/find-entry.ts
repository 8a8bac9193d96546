/** Looks up what a log says of an act. */
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { Expected } from './acts/act.ts'
import type { Tried } from './captor.ts'

/** What came of an act, and what had to come. */
export interface Outcome {
  readonly tried: Tried
  readonly expected: Expected
}

/**
 * Returns whether a log has what came of an act. An act that is only counted is found if the log counts at least as many as `all` have.
 * @param entries of the log of whom the act concerned.
 */
export function isInLog({ tried, expected }: Outcome, entries: readonly Entry[], all: readonly Outcome[]): boolean {
  const { log, code } = expected
  if (log === 'nowhere') return true
  if (log === 'leg') return entries.some((entry) => isLegOf(entry, tried, code))
  if (log === 'grant') return entries.some(({ kind }) => kind === 'access-token')
  const alike = all.filter((one) => one.expected.log === log && codeOf(one.expected) === codeOf(expected)).length
  return countOf(entries, expected) >= alike
}

/** An entry whose leg is refused because the node does not believe its caller names nobody. */
function isLegOf(entry: Entry, { tokenId }: Tried, code: string): boolean {
  if (entry.kind !== 'leg' || entry.tokenId !== tokenId) return false
  if (code === 'ANSWERED') return entry.result.code === null && entry.result.status === 200
  const isNobody = entry.actor === null
  return entry.result.code === code && (code !== 'CALLER_NOT_VERIFIED' || isNobody)
}

/** The code under which a log counts it: a connection that was closed had no certificate that counts. */
function codeOf({ code }: Expected): string {
  return code === 'CLOSED' ? 'CERTIFICATE_MISSING' : code
}

function countOf(entries: readonly Entry[], expected: Expected): number {
  const code = codeOf(expected)
  const counts = entries.map((entry) => {
    if (expected.log === 'refusal') return entry.kind === 'token-refusal' && entry.reason === code ? 1 : 0
    const isCount = entry.kind === 'node-refusals' || entry.kind === 'authority-refusals'
    return isCount && entry.code === code ? entry.count : 0
  })
  return counts.reduce((sum, one) => sum + one, 0)
}

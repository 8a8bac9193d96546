import { findFirstByTime } from '../../audit/reader/find-by-time.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { RevealAbout } from '../../contract/trust/reveal/reveal-request.ts'
import type { Query } from '../store/database.ts'
import type { FollowedLog } from '../store/projection.ts'
import { isKnownOfficer, listOfficers } from '../store/reveals.ts'
import type { OfficerRefs } from '../tokens/officer-refs.ts'

/** How long before its use a token may have been given, and how far the auditor's log and this one may differ, in milliseconds. */
const BEFORE_USE_MS = 15 * 60_000
const AFTER_USE_MS = 60_000

/** What {@link findOfficer} works with. */
export interface OfficerSearch {
  readonly query: Query
  readonly followed: Pick<FollowedLog, 'size' | 'read'>
  readonly refs: Pick<OfficerRefs, 'subjectsFor'>
}

/**
 * Finds the ref that a request is about. A token is sought in the log around the time of its use, because the database forgets tokens that ended.
 * @returns null if the log has no such officer, token or subject.
 */
export async function findOfficer(about: RevealAbout, search: OfficerSearch): Promise<string | null> {
  if ('ref' in about) return (await isKnownOfficer(search.query, about.ref)) ? about.ref : null
  if ('subject' in about) {
    const { subject, audience } = about
    const officers = await listOfficers(search.query)
    return officers.find((ref) => search.refs.subjectsFor(audience, ref).includes(subject)) ?? null
  }
  return findByToken(about.token, about.at * 1_000, search.followed)
}

async function findByToken(
  token: string,
  usedMs: number,
  { size, read }: OfficerSearch['followed'],
): Promise<string | null> {
  const timesFrom = async (index: number, count: number): Promise<readonly number[]> => {
    const times: number[] = []
    for await (const { entry } of read(index)) {
      if (entry !== null) times.push(Date.parse(entry.time))
      if (times.length === count) break
    }
    return times
  }
  const first = await findFirstByTime(size(), usedMs - BEFORE_USE_MS, timesFrom)
  for await (const { entry } of read(first)) {
    if (entry === null) continue
    if (isTokenEntry(entry) && entry.tokenId === token) return entry.officer
    if (Date.parse(entry.time) > usedMs + AFTER_USE_MS) return null
  }
  return null
}

function isTokenEntry(entry: Entry): entry is Extract<Entry, { readonly kind: 'access-token' | 'country-token' }> {
  return entry.kind === 'access-token' || entry.kind === 'country-token'
}

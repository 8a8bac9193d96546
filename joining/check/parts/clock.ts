import { MAX_CLOCK_DIFFERENCE_MS, measureAhead, READ_CLOCK } from '../../../service/clock-difference.ts'
import { createTrustedFetch } from '../../../service/http/trusted-fetch.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import type { CheckContext } from '../context.ts'
import { type Finding, isFault, NotChecked } from '../finding.ts'

/** By how many milliseconds the clock of a gateway may differ. A leg token holds for 60 seconds, and a node takes it five seconds before its time. */
const MAX_GATEWAY_DIFFERENCE_MS = 5_000

/**
 * Compares the clock of this machine with those of the database and of the gateway.
 * @throws {NotChecked} without a database and without a gateway.
 */
export async function checkClock({ db, options: { gateway } }: CheckContext): Promise<readonly Finding[]> {
  if (db === null && gateway === undefined) throw new NotChecked('--gateway URL')
  const findings: Finding[] = []
  if (db !== null) findings.push(await judgeDatabaseClock(db, 'database'))
  if (gateway !== undefined) {
    const before = Date.now()
    const { headers } = await createTrustedFetch()(gateway, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
    })
    findings.push(judgeHttpClock(`gateway ${new URL(gateway).host}`, headers.get('date'), before, Date.now()))
  }
  return findings.filter(isFault)
}

/** Compares the clock of a database with this machine's. */
export async function judgeDatabaseClock(db: Database, place: string): Promise<Finding> {
  const read = async (): Promise<number> => (await db.query<{ now_s: number }>(READ_CLOCK))[0]?.now_s ?? Number.NaN
  return judgeAhead(place, await measureAhead(read, Date.now), MAX_CLOCK_DIFFERENCE_MS)
}

/**
 * Compares the clock of a server with this machine's.
 * @param date the header `Date` of its answer, which has whole seconds, cut off. Without one, its clock is wrong too: nobody can compare it.
 * @param before when it was asked, and `after` when the head of its answer was there, in milliseconds since the epoch.
 */
export function judgeHttpClock(place: string, date: string | null, before: number, after: number): Finding {
  const theirs = Date.parse(date ?? '')
  const ahead = theirs > after ? after - theirs : Math.max(0, before - theirs - 1_000)
  return judgeAhead(place, ahead, MAX_GATEWAY_DIFFERENCE_MS)
}

/** @param ahead by how many milliseconds this machine's clock is ahead at least. */
function judgeAhead(place: string, ahead: number, mostMs: number): Finding {
  if (Math.abs(ahead) <= mostMs) return { id: 'CLOCK_WITH', place, details: { place, ms: Math.abs(ahead) } }
  const seconds = Number.isNaN(ahead) ? '?' : `${ahead < 0 ? '+' : '-'}${Math.round(Math.abs(ahead) / 100) / 10}`
  return { id: 'CLOCK_WRONG', place, details: { most: mostMs / 1_000, seconds } }
}

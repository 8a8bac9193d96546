import { createTrustedFetch } from '../../../service/http/trusted-fetch.ts'
import type { CheckContext } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'

/** By how many seconds a clock may differ. A leg token holds for 60 seconds, and `Date` has whole seconds. */
const MOST_SECONDS = 5

/**
 * Compares the clock of this machine with those of the database and of the gateway.
 * @throws {NotChecked} without a database and without a gateway.
 */
export async function checkClock({ db, options }: CheckContext): Promise<readonly Finding[]> {
  if (db === null && options.gateway === undefined) throw new NotChecked('--gateway URL')
  const findings: Finding[] = []
  if (db !== null) {
    const ask = async () => {
      const [row] = await db.query<{ ms: number }>(
        `select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
      )
      return row?.ms
    }
    findings.push(...(await compare('database', ask)))
  }
  const { gateway } = options
  if (gateway !== undefined) {
    const ask = async () => {
      const { headers } = await createTrustedFetch()(gateway, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(5_000),
      })
      // The header has whole seconds, cut off.
      return Date.parse(headers.get('date') ?? '') + 500
    }
    findings.push(...(await compare(`gateway ${new URL(gateway).host}`, ask)))
  }
  return findings
}

/** Compares a time with the middle of the question for it. */
async function compare(place: string, ask: () => Promise<number | undefined>): Promise<readonly Finding[]> {
  const before = Date.now()
  const ms = await ask()
  const middle = (before + Date.now()) / 2
  const seconds = ms === undefined || Number.isNaN(ms) ? Number.NaN : Math.round((ms - middle) / 100) / 10
  if (Math.abs(seconds) <= MOST_SECONDS) return []
  return [
    {
      id: 'CLOCK_WRONG',
      place,
      details: { most: MOST_SECONDS, seconds: Number.isNaN(seconds) ? '?' : `${seconds > 0 ? '+' : ''}${seconds}` },
    },
  ]
}

/** How long an officer's first question takes, whose token nobody has seen yet. */
import type { Officer } from './authority.ts'
import type { Dressed } from './dress.ts'
import { fetchNonce } from './hot.ts'
import { checkAnswer, sendOne } from './load.ts'
import { makeShots, type Way } from './officers.ts'
import { FIVE_COUNTRIES } from './questions.ts'
import { median, quantile, row } from './table.ts'

/** How much longer a first question may take with an authority, in milliseconds. */
const MOST_MS_MORE = 100

/** One row of the table, for one length of the way. */
export interface ColdContender {
  readonly name: string
  readonly dressed: Dressed
  readonly way: Way
  /** Makes an officer whom nobody has seen yet. */
  readonly newOfficer: (subject: string) => Promise<Officer>
  /** The contender without an authority; null for that contender itself. */
  readonly base: ColdContender | null
  /** By the round trip in milliseconds: how long each first question took, in milliseconds. */
  readonly times: Map<number, number[]>
}

/**
 * Asks as one new officer after the other, the contenders in turn. The first officer of each contender is asked for apart: then connections
 * open, and the nodes learn the mandate.
 * @param setRoundTrip sets the length of the way to the authority and to each node.
 * @returns how long the very first question of each contender took, in milliseconds.
 * @throws {Error} if an answer is wrong or a process has ended.
 */
export async function measureCold(
  contenders: readonly ColdContender[],
  { officers, roundTrips }: { readonly officers: number; readonly roundTrips: readonly number[] },
  setRoundTrip: (ms: number) => void,
): Promise<ReadonlyMap<ColdContender, number>> {
  const first = new Map<ColdContender, number>()
  for (const contender of contenders) first.set(contender, await askFirst(contender, 'the-very-first'))
  for (const roundTrip of roundTrips) {
    setRoundTrip(roundTrip)
    for (const contender of contenders) contender.times.set(roundTrip, [])
    for (let number = 0; number < officers; number++) {
      for (const contender of contenders) {
        contender.times.get(roundTrip)?.push(await askFirst(contender, `cold-${roundTrip}-${number}`))
      }
    }
  }
  setRoundTrip(0)
  return first
}

async function askFirst({ dressed, way, newOfficer }: ColdContender, subject: string): Promise<number> {
  const officers = [await newOfficer(subject)]
  // A tool knows the gateway's nonce from before. Without a statement, this request ends before anybody is asked for a token.
  const nonce =
    way === 'bearer' ? null : await fetchNonce({ pool: dressed.pool, officers, way, question: FIVE_COUNTRIES })
  const [shot] = makeShots(officers, FIVE_COUNTRIES, way, nonce, 1)
  if (shot === undefined) throw new Error('expected a request; came none')
  const sentAt = performance.now()
  const answer = await sendOne(dressed.pool, shot)
  const ms = performance.now() - sentAt
  checkAnswer(answer, FIVE_COUNTRIES)
  dressed.check()
  return ms
}

/** Writes the table. */
export function coldTable(contenders: readonly ColdContender[], first: ReadonlyMap<ColdContender, number>): string {
  const head = row('round trip ms', 'dress', 'median ms', 'slowest ms', 'ms more', 'bound')
  const veryFirst = contenders.map((contender) =>
    row('0, the very first', contender.name, (first.get(contender) ?? Number.NaN).toFixed(1), '', '', ''),
  )
  const rows = contenders.flatMap(({ name, base, times }) =>
    [...times].map(([roundTrip, ms]) => {
      const more = base === null ? null : median(ms) - median(base.times.get(roundTrip) ?? [])
      const verdict = more === null ? '' : `≤ ${MOST_MS_MORE}: ${more <= MOST_MS_MORE ? 'holds' : 'MISSED'}`
      return row(roundTrip, name, median(ms).toFixed(1), quantile(ms, 1).toFixed(1), more?.toFixed(1) ?? '', verdict)
    }),
  )
  return `${head}|${'---|'.repeat(6)}\n${[...veryFirst, ...rows].join('')}`
}

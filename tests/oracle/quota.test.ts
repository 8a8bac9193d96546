import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor } from '../../contract/cursor.ts'
import { listOwnRecords } from '../../contract/row-quota/own-records.ts'
import { createMemoryRowCounts, createRowQuota } from '../../contract/row-quota/row-quota.ts'
import { createUnnamedRows } from '../../subgraphs/kit/leg-quotas.ts'
import { apiSchema, askCountries } from './federation.ts'
import { type AnswerNationally, domainSchema, nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import type { World } from './rows.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from './runs.ts'
import { type AnsweredPage, pageIn, pageOperation, type Walk, walks } from './walk.ts'

const oracle = createOracle(apiSchema())
const WHOLE = 100
const DAY_MS = 86_400_000

/** One edge of these walks, with the record above it, can name so many records of a country. A quota below that would never let it through. */
const ROWS_OF_AN_EDGE = 7

const rowOf = ({ cursor, node }: AnsweredPage['edges'][number]): string => node.id ?? decodeCursor(cursor).id

/** Lets each country give no more than so many rows a day, as its node does, and counts what it gave. */
function limitNations(answers: AnswerNationally, rowsPerDay: number, clock: { day: number }) {
  const quota = createRowQuota(createMemoryRowCounts(), () => clock.day * DAY_MS)
  const given = new Map<string, number>()
  const limited: AnswerNationally = async (request) => {
    const { country, query } = request
    const of = { key: country, rowsPerDay }
    const spent = { message: 'spent', extensions: { code: 'QUOTA_SPENT' } }
    if (await quota.isSpent(of, { query })) return { data: null, errors: [spent] as never }
    const answer = await answers(request)
    // A node counts each object of an answer to a leg that hides the ids of records. The gateway never sends one.
    expect(createUnnamedRows(domainSchema(request.domain))({ query, data: answer.data })).toBe(0)
    const cut = await quota.count(of, { query, country, data: answer.data })
    const data = cut === null ? answer.data : cut.data
    const key = `${country} ${clock.day}`
    given.set(key, (given.get(key) ?? 0) + listOwnRecords(data, country).size)
    if (cut === null) return answer
    const errors = [...(answer.errors ?? []), ...cut.denied.map((path) => ({ ...spent, path }))]
    const notes = cut.isCut ? [{ code: 'QUOTA_REACHED' }] : []
    return { data: data as never, errors: errors as never, extensions: { istmo: { notes } } }
  }
  return { limited, given }
}

/** Reads a list as a client would that comes back each day, until all countries have given everything. A day has `pagesADay` pages. */
async function walkThrough(world: World, walk: Walk, rowsPerDay: number, pagesADay: number) {
  const clock = { day: 0 }
  const whole = nationsInMemory(world.rows, (country) => walk.caps[country] ?? WHOLE)
  const { limited, given } = limitNations(whole, rowsPerDay, clock)
  const rows: string[] = []
  let after: string | null = null
  for (let pages = 0; pages <= 5 * WHOLE; pages++) {
    clock.day = Math.floor(pages / pagesADay)
    const { data, silent } = await askCountries(world.publishers, pageOperation(walk, walk.pageSize, after), limited)
    const page = pageIn(data, walk)
    rows.push(...(page?.edges ?? []).map(rowOf))
    // A page below a record that the quota hides is null; the client asks again.
    const isEverything = !silent.some((line) => line.includes('QUOTA'))
    if (isEverything && !page?.pageInfo.hasNextPage) return { rows, given }
    if (page) after = page.pageInfo.endCursor
  }
  throw new Error('expected an end')
}

describe('pages while quotas of rows are reached and spent', () => {
  it(
    'lose no row and repeat none over the days, and no country gives more rows a day than its quota',
    async () => {
      let reached = 0
      await fc.assert(
        fc.asyncProperty(
          walks({ isCapped: true, everyOnly: true }),
          fc.integer({ min: 0, max: 5 }),
          fc.integer({ min: 1, max: 12 }),
          async ({ world, asked }, above, pagesADay) => {
            const rowsPerDay = ROWS_OF_AN_EDGE + above
            const { rows, given } = await walkThrough(world, asked, rowsPerDay, pagesADay)
            const page = pageIn(oracle(world, pageOperation(asked, WHOLE, null)).data, asked)
            expect(rows.toSorted()).toEqual((page?.edges ?? []).map(rowOf).toSorted())
            const most = Math.max(0, ...given.values())
            expect(most).toBeLessThanOrEqual(rowsPerDay)
            if (most === rowsPerDay) reached += 1
          },
        ),
        // More than others: only one walk in ten reaches its quota exactly.
        runsOf(1.6),
      )
      expect(reached).toBeGreaterThan(0)
    },
    PROPERTY_TIMEOUT_MS,
  )
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ascendingDateKey, comparePlaces, descendingDateKey } from '../../contract/cursor.ts'
import { createTestExecutor, openTestDatabase, type TestDatabase } from '../kit/testing.ts'
import type { CaseFilter } from './case-filter.ts'
import { casesModule } from './module.ts'
import { fillCases, type TestCase } from './testing.ts'

/** Compares the domain with plain JavaScript over the same rows: filters, orders, all pages, counts. */

const CODES = ['01', '0101', '02', '0204', '020411', '0211', '03'] as const
const DAYS = [null, '2023-12-31', '2024-01-01', '2024-01-02', '2024-06-30'] as const
const STATUSES = ['OPEN', 'ARCHIVED'] as const
const PEOPLE = ['GT:P1', 'HN:P1'] as const

const oneCase = fc.record({
  id: fc.constantFrom('1', '10', '2', 'A', 'a', 'Ñ', '\u{ff21}', '\u{20000}').map((local) => `GT:${local}`),
  filedOn: fc.constantFrom(...DAYS),
  status: fc.option(fc.constantFrom(...STATUSES)),
  category: fc.option(fc.constantFrom('COURT', 'APPEAL')),
  subdivision: fc.option(fc.constantFrom('GT-GU', 'GT-PE')),
  offences: fc.array(
    fc.record({
      iccs: fc.constantFrom(...CODES),
      committedFrom: fc.constantFrom(...DAYS),
      organisedCrime: fc.option(fc.boolean()),
    }),
    { maxLength: 3 },
  ),
  participants: fc.array(
    fc.record({ role: fc.constantFrom('SUSPECT', 'VICTIM', 'WITNESS'), personId: fc.constantFrom(null, ...PEOPLE) }),
    { maxLength: 3 },
  ),
})
const world: fc.Arbitrary<readonly TestCase[]> = fc
  .uniqueArray(oneCase, { selector: ({ id }) => id, maxLength: 8 })
  .map((cases) =>
    cases.map((one) => ({
      ...one,
      participants: one.participants.map((part, i) => ({ ...part, rowId: `${one.id}/${i}` })),
    })),
  )

const some = <T>(...values: readonly T[]) => fc.option(fc.subarray([...values]))
const anyFilter: fc.Arbitrary<CaseFilter> = fc.record(
  {
    iccs: some<string>(...CODES, '04'),
    status: some<string>(...STATUSES),
    category: some('COURT', 'APPEAL'),
    subdivision: some('GT-GU', 'GT-PE'),
    filedFrom: fc.constantFrom(...DAYS),
    filedTo: fc.constantFrom(...DAYS),
    organisedCrime: fc.option(fc.boolean()),
    participant: fc.option(fc.constantFrom<string>(...PEOPLE)),
  },
  { requiredKeys: [] },
)

function matches(one: TestCase, filter: CaseFilter): boolean {
  const { offences = [], participants = [], filedOn = null } = one
  const within = (list: readonly string[] | null | undefined, value: string | null | undefined) =>
    list == null || (value != null && list.includes(value))
  return (
    (filter.iccs == null || filter.iccs.some((code) => offences.some(({ iccs }) => iccs.startsWith(code)))) &&
    within(filter.status, one.status) &&
    within(filter.category, one.category) &&
    within(filter.subdivision, one.subdivision) &&
    (filter.filedFrom == null || (filedOn !== null && filedOn >= filter.filedFrom)) &&
    (filter.filedTo == null || (filedOn !== null && filedOn <= filter.filedTo)) &&
    (filter.organisedCrime == null ||
      offences.some(({ organisedCrime }) => organisedCrime === filter.organisedCrime)) &&
    (filter.participant == null ||
      participants.some(({ role, personId }) => role === 'SUSPECT' && personId === filter.participant))
  )
}

const KEYS: Readonly<Record<string, (day: string | null) => string>> = {
  FILED_ON_DESC: descendingDateKey,
  FILED_ON_ASC: ascendingDateKey,
  ID_ASC: () => '',
}

function inOrder(cases: readonly TestCase[], order: string): readonly string[] {
  return cases
    .map(({ id, filedOn = null }) => ({ id, key: KEYS[order]?.(filedOn) ?? '' }))
    .sort(comparePlaces)
    .map(({ id }) => id)
}

interface CasePage {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly endCursor: string | null
  }
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([casesModule], 'GT')
})
afterAll(() => database.close())

describe('cases', () => {
  const query = `query($filter: CaseFilter, $first: Int, $after: String, $order: CaseOrder) {
    cases(countries: ["GT"], filter: $filter, first: $first, after: $after, orderBy: $order) {
      edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`

  it('that a filter finds are those that meet each of its members, in order, over pages of any size', async () => {
    const run = createTestExecutor(casesModule, database.db, 'GT')
    await fc.assert(
      fc.asyncProperty(
        world,
        anyFilter,
        fc.constantFrom(...Object.keys(KEYS)),
        fc.integer({ min: 1, max: 4 }),
        async (cases, filter, order, first) => {
          await fillCases(database.db, cases)
          const walked: string[] = []
          for (let after: string | null = null, more = true; more; ) {
            const { data, errors } = await run(query, { filter, first, after, order })
            expect(errors).toBeUndefined()
            const page: CasePage = (data as { cases: CasePage }).cases
            expect(page.pageInfo.hasPreviousPage).toBe(walked.length > 0)
            walked.push(...page.edges.map(({ node }) => node.id))
            after = page.pageInfo.endCursor
            more = page.pageInfo.hasNextPage
          }
          expect(walked).toEqual(
            inOrder(
              cases.filter((one) => matches(one, filter)),
              order,
            ),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each(['status', 'category', 'subdivision', 'iccs'])('are not found by an empty list of %s', async (member) => {
    await fillCases(database.db, [{ id: 'GT:1', status: 'OPEN', offences: [{ iccs: '01' }] }])
    const { data } = await createTestExecutor(casesModule, database.db, 'GT')(query, { filter: { [member]: [] } })
    expect((data as { cases: CasePage }).cases.edges).toEqual([])
  })

  it('are not searched by a malformed id', async () => {
    const { errors } = await createTestExecutor(
      casesModule,
      database.db,
      'GT',
    )(query, { filter: { participant: 'P1' } })
    expect(errors).toMatchObject([{ extensions: { code: 'ID_INVALID' } }])
  })
})

interface Count {
  readonly iccs: string
  readonly year: number
  readonly cases: number
}

/** The definition: count all cells, leave out the small ones, and if a year has only one of them, leave out the next smallest too. */
function countsOf(cases: readonly TestCase[], threshold: number): readonly Count[] {
  const cells = new Map<string, { readonly iccs: string; readonly year: number; readonly ids: Set<string> }>()
  for (const { id, filedOn, offences = [] } of cases) {
    const committed = offences.flatMap(({ committedFrom }) => committedFrom ?? []).sort()[0]
    const day = filedOn ?? committed
    if (day === undefined) continue
    const year = Number(day.slice(0, 4))
    for (const { iccs } of offences) {
      const key = `${iccs.slice(0, 2)} ${year}`
      const cell = cells.get(key) ?? { iccs: iccs.slice(0, 2), year, ids: new Set() }
      cells.set(key, cell)
      cell.ids.add(id)
    }
  }
  const counts = [...cells.values()].map(({ iccs, year, ids }) => ({ iccs, year, cases: ids.size }))
  const hidden = new Set<Count>()
  for (const ofYear of Map.groupBy(counts, ({ year }) => year).values()) {
    const smallestFirst = ofYear.toSorted((a, b) => a.cases - b.cases || (a.iccs < b.iccs ? -1 : 1))
    const small = smallestFirst.filter((count) => count.cases < threshold)
    for (const count of small.length === 1 ? smallestFirst.slice(0, 2) : small) hidden.add(count)
  }
  return counts
    .filter((count) => !hidden.has(count))
    .toSorted((a, b) => (a.iccs < b.iccs ? -1 : a.iccs > b.iccs ? 1 : a.year - b.year))
}

describe('counts of cases', () => {
  const query = `query($iccs: IccsCode, $from: Int, $to: Int) {
    caseCounts(countries: ["GT"], iccs: $iccs, fromYear: $from, toYear: $to) { counts { country iccs year cases } outcomes { code } } }`

  it('are cells of the complete table that are neither small nor complementary, limited to what the query asks for', async () => {
    const year = fc.option(fc.constantFrom(2023, 2024))
    const code = fc.option(fc.constantFrom('01', '02', '0204', '05'))
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.integer({ min: 1, max: 4 }),
        code,
        year,
        year,
        async (cases, countThreshold, iccs, from, to) => {
          await fillCases(database.db, cases)
          const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold })
          const { data, errors } = await run(query, { iccs, from, to })
          expect(errors).toBeUndefined()
          const expected = countsOf(cases, countThreshold)
            .filter((count) => iccs === null || count.iccs === iccs.slice(0, 2))
            .filter((count) => (from === null || count.year >= from) && (to === null || count.year <= to))
            .map((count) => ({ country: 'GT', ...count }))
          expect(data).toEqual({ caseCounts: { counts: expected, outcomes: [] } })
        },
      ),
      { numRuns: 150 },
    )
  })

  it('leave out a small count, and another one so that a reader cannot compute it', async () => {
    const ofCode = (iccs: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ id: `GT:${iccs}-${i}`, filedOn: '2024-05-01', offences: [{ iccs }] }))
    await fillCases(database.db, [...ofCode('01', 2), ...ofCode('02', 9), ...ofCode('03', 7), ...ofCode('04', 8)])
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 5 })
    const { data } = await run(query)
    expect((data as { caseCounts: { counts: Count[] } }).caseCounts.counts.map(({ iccs }) => iccs)).toEqual([
      '02',
      '04',
    ])
  })
})

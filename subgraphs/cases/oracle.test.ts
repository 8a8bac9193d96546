import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ascendingDateKey, comparePlaces, descendingDateKey } from '../../contract/cursor.ts'
import { randomCases } from '../../tests/share.ts'
import { createTestExecutor, openTestDatabase, type TestDatabase } from '../kit/testing.ts'
import type { CaseFilter } from './case-filter.ts'
import { casesModule } from './module.ts'
import { fillCases, type TestCase, type TestWarrant } from './testing.ts'
import type { WarrantFilter } from './warrant-filter.ts'

/** Compares the domain with plain JavaScript over the same rows: filters, orders, all pages. Counts are in counts.test.ts. */

const CODES = ['01', '0101', '02', '0204', '020411', '0211', '03'] as const
const DAYS = [null, '2023-12-31', '2024-01-01', '2024-01-02', '2024-06-30'] as const
const TIMES = ['2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z'] as const
const STATUSES = ['OPEN', 'ARCHIVED'] as const
const PEOPLE = ['GT:P1', 'HN:P1'] as const

const oneCase = fc.record({
  id: fc.constantFrom('1', '10', '2', 'A', 'a', 'Ñ', '\u{ff21}', '\u{20000}').map((local) => `GT:${local}`),
  filedOn: fc.constantFrom(...DAYS),
  recordedAt: fc.constantFrom(...TIMES),
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

/** Whether something can be between two days. The reverse is an error (contract/input-rules.ts). */
const isRange = (from: string | null | undefined, to: string | null | undefined): boolean =>
  from == null || to == null || from <= to

const some = <T>(...values: readonly T[]) => fc.option(fc.subarray([...values]))
const anyFilter: fc.Arbitrary<CaseFilter> = fc
  .record(
    {
      iccs: some<string>(...CODES, '04'),
      status: some<string>(...STATUSES),
      category: some('COURT', 'APPEAL'),
      subdivision: some('GT-GU', 'GT-PE'),
      filedFrom: fc.constantFrom(...DAYS),
      filedTo: fc.constantFrom(...DAYS),
      recordedSince: fc.option(fc.constantFrom('2025-12-31T18:00:00-06:00', ...TIMES)),
      organisedCrime: fc.option(fc.boolean()),
      participant: fc.option(fc.constantFrom<string>(...PEOPLE)),
    },
    { requiredKeys: [] },
  )
  .filter(({ filedFrom, filedTo }) => isRange(filedFrom, filedTo))

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
    (filter.recordedSince == null || Date.parse(one.recordedAt ?? '') >= Date.parse(filter.recordedSince)) &&
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
      { numRuns: randomCases(100) },
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

const oneWarrant: fc.Arbitrary<TestWarrant> = fc.record({
  id: fc.constantFrom('1', '10', '2', 'A', 'a', 'Ñ', '\u{ff21}', '\u{20000}').map((local) => `GT:${local}`),
  issuedOn: fc.constantFrom('2023-12-31', '2024-01-01', '2024-01-02'),
  status: fc.constantFrom('ACTIVE', 'EXECUTED', 'RECALLED'),
  category: fc.constantFrom('ARREST', 'SEARCH'),
  extraditionRequested: fc.constantFrom(null, true, false),
})
const anyWarrantFilter: fc.Arbitrary<WarrantFilter> = fc
  .record(
    {
      status: some('ACTIVE', 'EXECUTED'),
      category: some('ARREST', 'SEARCH'),
      extraditionRequested: fc.option(fc.boolean()),
      issuedFrom: fc.constantFrom(...DAYS),
      issuedTo: fc.constantFrom(...DAYS),
    },
    { requiredKeys: [] },
  )
  .filter(({ issuedFrom, issuedTo }) => isRange(issuedFrom, issuedTo))

function warrantMatches(one: TestWarrant, filter: WarrantFilter): boolean {
  return (
    (filter.status == null || filter.status.includes(one.status ?? '')) &&
    (filter.category == null || filter.category.includes(one.category ?? '')) &&
    (filter.extraditionRequested == null || one.extraditionRequested === filter.extraditionRequested) &&
    (filter.issuedFrom == null || one.issuedOn >= filter.issuedFrom) &&
    (filter.issuedTo == null || one.issuedOn <= filter.issuedTo)
  )
}

describe('warrants', () => {
  const query = `query($filter: WarrantFilter, $first: Int, $after: String) {
    warrants(countries: ["GT"], filter: $filter, first: $first, after: $after) {
      edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`

  it('that a filter finds are those that meet each of its members, the newest first, over pages of any size', async () => {
    const run = createTestExecutor(casesModule, database.db, 'GT')
    const worlds = fc.uniqueArray(oneWarrant, { selector: ({ id }) => id, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(worlds, anyWarrantFilter, fc.integer({ min: 1, max: 4 }), async (warrants, filter, first) => {
        await fillCases(database.db, [], warrants)
        const walked: string[] = []
        for (let after: string | null = null, more = true; more; ) {
          const { data, errors } = await run(query, { filter, first, after })
          expect(errors).toBeUndefined()
          const page: CasePage = (data as { warrants: CasePage }).warrants
          expect(page.pageInfo.hasPreviousPage).toBe(walked.length > 0)
          walked.push(...page.edges.map(({ node }) => node.id))
          after = page.pageInfo.endCursor
          more = page.pageInfo.hasNextPage
        }
        const expected = warrants
          .filter((one) => warrantMatches(one, filter))
          .map(({ id, issuedOn }) => ({ id, key: descendingDateKey(issuedOn) }))
          .sort(comparePlaces)
        expect(walked).toEqual(expected.map(({ id }) => id))
      }),
      { numRuns: randomCases(80) },
    )
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ascendingDateKey, comparePlaces, descendingDateKey, type Place } from '../../contract/cursor.ts'
import { loadPages, type PageSource } from './paging.ts'
import { raw } from './sql.ts'
import { openTestDatabase, type TestDatabase } from './testing.ts'

interface Row {
  readonly parent: string
  readonly id: string
  readonly day: string | null
}

const ORDERS: Readonly<Record<string, { readonly column?: string; readonly keyOf: (row: Row) => string }>> = {
  DESC: { column: 't.desc_key', keyOf: ({ day }) => descendingDateKey(day) },
  ASC: { column: 't.asc_key', keyOf: ({ day }) => ascendingDateKey(day) },
  ID_ASC: { keyOf: () => '' },
}
const PARENTS = ['a', 'b', 'c']

// A small world, so that ties, gaps and empty parents are common. The last two ids are ordered differently by JavaScript and by bytes.
const rows = fc.uniqueArray(
  fc.record({
    parent: fc.constantFrom('a', 'b'),
    id: fc.constantFrom('GT:1', 'GT:10', 'GT:2', 'GT:A', 'GT:a', 'GT:Ñ', 'GT:\u{ff5a}', 'GT:\u{20000}'),
    day: fc.constantFrom(null, '0001-01-01', '2024-02-29', '2024-03-01', '9999-12-31'),
  }),
  { selector: ({ parent, id }) => `${parent}/${id}`, maxLength: 14 },
)

let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase([], 'GT')
  await database.db.execute(`
    create table thing (
      parent text, id text collate "C", day date,
      asc_key text collate "C" generated always as (istmo.ascending_date_key(day)) stored,
      desc_key text collate "C" generated always as (istmo.descending_date_key(day)) stored)`)
})
afterAll(() => database.close())

async function fill(table: readonly Row[]): Promise<void> {
  await database.db.execute('truncate thing')
  await database.db.query(
    'insert into thing (parent, id, day) select * from unnest($1::text[], $2::text[], $3::text[]::date[])',
    [table.map(({ parent }) => parent), table.map(({ id }) => id), table.map(({ day }) => day)],
  )
}

function sourceOf(order: string): PageSource {
  const column = ORDERS[order]?.column
  return {
    select: raw('t.parent, t.day'),
    from: raw('thing t'),
    where: [raw('t.parent = p.parent')],
    ...(column !== undefined && { key: raw(column) }),
    id: raw('t.id'),
  }
}

/** A page by its definition: sort all rows, drop those up to the place, cut. */
function oracle(table: readonly Row[], order: string, first: number, after: Place | null, parent: string) {
  const places = table
    .filter((row) => row.parent === parent)
    .map((row) => ({ key: ORDERS[order]?.keyOf(row) ?? '', id: row.id }))
    .sort(comparePlaces)
  const beyond = places.filter((place) => after === null || comparePlaces(place, after) > 0)
  return {
    places: beyond.slice(0, first),
    hasNextPage: beyond.length > first,
    hasPreviousPage: after !== null && beyond.length < places.length,
  }
}

async function pages(order: string, first: number, after: Place | null) {
  const found = await loadPages<Row>(database.db, sourceOf(order), { first, after, order }, PARENTS)
  return found.map(({ rows: list, before }) => ({
    places: list.slice(0, first).map(({ _key, _id }) => ({ key: _key, id: _id })),
    hasNextPage: list.length > first,
    hasPreviousPage: before,
  }))
}

describe('pages', () => {
  it('under many parents equal all rows sorted and cut, from any place, whether its row exists or not', async () => {
    const place = fc.record({
      key: fc.constantFrom('', '~', '2024-02-29', descendingDateKey('2024-03-01'), '5'),
      id: fc.constantFrom('', 'GT:1', 'GT:Z', 'GT:a', 'GT:\u{20000}', '~'),
    })
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('DESC', 'ASC', 'ID_ASC'),
        fc.nat(6),
        fc.option(place),
        async (table, order, first, after) => {
          await fill(table)
          const expected = PARENTS.map((parent) => oracle(table, order, first, after, parent))
          expect(await pages(order, first, after)).toEqual(expected)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('that are followed to the end contain each row once, in order, with each page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('DESC', 'ASC', 'ID_ASC'),
        fc.integer({ min: 1, max: 5 }),
        async (table, order, first) => {
          await fill(table)
          const walked: Place[] = []
          for (let after: Place | null = null, more = true; more; ) {
            const [page] = await pages(order, first, after)
            walked.push(...(page?.places ?? []))
            after = page?.places.at(-1) ?? null
            more = page?.hasNextPage ?? false
          }
          expect(walked).toEqual(oracle(table, order, 100, null, 'a').places)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are in the order of the dates, with absent dates last in both directions', async () => {
    const days = ['2024-03-01', null, '2023-12-31', '2024-03-01']
    await fill(days.map((day, i) => ({ parent: 'a', id: `GT:${i}`, day })))
    const ids = async (order: string) => (await pages(order, 10, null))[0]?.places.map(({ id }) => id)
    expect(await ids('DESC')).toEqual(['GT:0', 'GT:3', 'GT:2', 'GT:1'])
    expect(await ids('ASC')).toEqual(['GT:2', 'GT:0', 'GT:3', 'GT:1'])
    expect(await ids('ID_ASC')).toEqual(['GT:0', 'GT:1', 'GT:2', 'GT:3'])
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestIndex } from '../../tests/audit/open-test-index.ts'
import type { SeenRow } from './assembler.ts'
import type { IndexDatabase } from './database.ts'
import { ENTRY_OUTCOMES, type EntryRow } from './entry-row.ts'
import { columnsOf, insertRows, STORED_COLUMNS } from './store.ts'

const LOG = 'log.example/hn'

let db: IndexDatabase
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openTestIndex())
})
afterAll(async () => {
  await close()
})

/** Texts that mean something in JSON or in a list, those that PostgreSQL cannot store, and all others. */
const text = fc.oneof(
  fc.constantFrom('', '\\N', '\\.', 'NULL', '{}', '{"a"}', '"', '\\"', '\\\\', '\t', 'a\tb', '\n', '\r\n', ',', ' '),
  fc.constantFrom(
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '😀',
    'Ñandú',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\uffff',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
)
const maybe = fc.option(text)
const list = fc.array(text, { maxLength: 4 })
const count = fc.nat(Number.MAX_SAFE_INTEGER)

const row: fc.Arbitrary<Omit<EntryRow, 'position'>> = fc.record({
  ...{ log: fc.constant(LOG), id: text, time: fc.constant('2026-01-01T00:00:00.000Z') },
  kind: fc.constantFrom('request', 'leg', 'leg-detail'),
  ...{ actorCountry: maybe, agency: maybe, role: maybe, actorRef: maybe, client: maybe, tokenId: maybe },
  mandate: maybe,
  ...{ taskForce: maybe, purpose: maybe, caseRef: maybe, operation: maybe, document: maybe },
  ...{ countries: list, domains: list, coordinates: list, denied: list, codes: list },
  ...{ outcome: fc.constantFrom(...ENTRY_OUTCOMES), status: fc.option(fc.nat(599)), durationMs: fc.option(count) },
  ...{ records: count, persons: count },
})
/** The members that may differ between neighbours. */
const MEMBERS = [
  'id',
  'kind',
  'agency',
  'mandate',
  'document',
  'coordinates',
  'countries',
  'outcome',
  'status',
] as const

const seen = (position: number, viewer: string | null) =>
  fc
    .record({ row, detail: fc.option(fc.record({ leg: text, refs: list }), { nil: undefined }) })
    .map(({ row: rest, detail }): SeenRow => ({ viewer, row: { ...rest, position }, ...(detail && { detail }) }))

const insert = (rows: readonly SeenRow[]) => db.transaction((within) => insertRows(within, rows))
const stored = () =>
  db.query<Record<string, unknown>>(`select ${STORED_COLUMNS} from entries where log = $1 order by position, viewer`, [
    LOG,
  ])
const sorted = (rows: readonly SeenRow[]) =>
  rows
    .map(columnsOf)
    .toSorted((a, b) => Number(a.position) - Number(b.position) || (String(a.viewer) < String(b.viewer) ? -1 : 1))

describe('rows that are inserted into the index', () => {
  it('are read as they were, whatever their texts contain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(seen(1, null), seen(1, 'HN'), seen(2, null), seen(7, 'GT')), async (rows) => {
        await db.query('delete from entries')
        await insert(rows)
        expect(await stored()).toEqual(sorted(rows))
      }),
      { numRuns: 150 },
    )
  })

  it('are read as they were, although neighbours share most of what they have', async () => {
    const views = fc.tuple(seen(1, null), seen(1, 'HN'), fc.constantFrom(...MEMBERS))
    await fc.assert(
      fc.asyncProperty(views, async ([first, other, name]) => {
        const second: SeenRow = { ...other, row: { ...first.row, [name]: other.row[name] } }
        const third = { ...first, viewer: 'GT' }
        await db.query('delete from entries')
        await insert([first, third, second])
        expect(await stored()).toEqual(sorted([first, third, second]))
      }),
      { numRuns: 50 },
    )
  })

  it('replace those of the same position and viewer, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(seen(1, null), seen(1, 'HN'), seen(2, null)),
        fc.tuple(seen(1, 'HN'), seen(3, null)),
        async ([first, second, third], [again, fresh]) => {
          await db.query('delete from entries')
          await insert([first, second, third])
          await insert([again, fresh])
          expect(await stored()).toEqual(sorted([first, again, third, fresh]))
        },
      ),
      { numRuns: 50 },
    )
  })
})

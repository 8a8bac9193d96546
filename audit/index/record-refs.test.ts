import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG } from '../../contract/audit-log/testing.ts'
import { canonicalBytes } from '../log/canonical.ts'
import { newSigner } from '../log/testing.ts'
import { plainRoot } from '../merkle/testing.ts'
import type { LogReader } from '../reader/log-reader.ts'
import { checkIndex } from './check-index.ts'
import { type IndexDatabase, openIndexDatabase } from './database.ts'
import { conditionsOf, type EntryFilter } from './entry-row.ts'
import { searchIndex } from './search.ts'
import { followLog, prepareIndex } from './store.ts'
import { idAt, MADE_UP_FROM_MS, refOf } from './testing.ts'

/** Finds the legs that gave a record, by the refs of records in the details of legs. */

let db: IndexDatabase
beforeAll(async () => {
  db = await openIndexDatabase(undefined)
  await prepareIndex(db)
})
afterAll(() => db.close())

/** A reader of a country's log in memory. */
function readerOf(name: string, entries: readonly Entry[]): LogReader {
  const placed = entries.map((entry, index) => ({ index, bytes: canonicalBytes(entry) }))
  return {
    log: newSigner(name).verifier,
    head: { checkpoint: { size: entries.length } },
    policy: { quorum: 'none' },
    prunings: { all: [], isPruned: () => false },
    entries: async function* (from = 0) {
      yield* placed.slice(from)
    },
    entry: async (index: number) => placed[index],
    root: async (size: number) => plainRoot(placed.slice(0, size).map(({ bytes }) => bytes)),
  } as unknown as LogReader
}

/** A leg of a country at second `at`, with the details that precede it: one for each list of records. */
function legWith(at: number, country: string, details: readonly (readonly number[])[]): readonly Entry[] {
  const timeMs = MADE_UP_FROM_MS + at * 1_000
  const time = new Date(timeMs).toISOString()
  const id = idAt(timeMs, at)
  const node = `istmo.example/${country.toLowerCase()}`
  return [
    ...details.map(
      (records, part): Entry => ({
        ...{ v: 1, kind: 'leg-detail', id: idAt(timeMs, 1_000 + at * 10 + part), time, node, of: id, part: part + 1 },
        ...{ refs: records.map(refOf), coordinates: [] },
      }),
    ),
    { ...SAMPLE_LEG, id, time, node, country, details: details.length },
  ]
}

const MANY = Array.from({ length: 900 }, (_, at) => 100 + at)
const HN = readerOf('istmo.example/hn', [
  ...legWith(1, 'HN', [[1, 2]]),
  ...legWith(2, 'HN', [[3], [1, 4]]),
  ...legWith(3, 'HN', []),
  ...legWith(4, 'HN', [MANY, [1]]),
])
// The same numbers under another country's key are other records, but here even their refs are the same.
const SV = readerOf('istmo.example/sv', legWith(5, 'SV', [[1]]))
// A log whose owner lies about the legs of another.
const LIAR = readerOf(
  'istmo.example/liar',
  legWith(3, 'SV', [[55]]).filter(({ kind }) => kind === 'leg-detail'),
)
const legId = (at: number) => idAt(MADE_UP_FROM_MS + at * 1_000, at)

const idsOf = async (filter: EntryFilter) => {
  return (await searchIndex(db, filter, { first: 100 })).rows.map(({ id, kind }) => `${kind} ${id}`)
}
const legs = (...numbers: readonly number[]) => numbers.map((at) => `leg ${legId(at)}`)

describe('the refs of records in the index', () => {
  beforeEach(async () => {
    for (const reader of [HN, SV]) await followLog(db, reader, { rebuild: true })
  })

  it.each<[string, EntryFilter, readonly number[]]>([
    ['one record', { recordRefs: [refOf(3)] }, [2]],
    ['a record that several legs gave, in any of their details', { recordRefs: [refOf(1)] }, [5, 4, 2, 1]],
    ['the refs of several epochs, each leg once', { recordRefs: [refOf(2), refOf(1), refOf(4)] }, [5, 4, 2, 1]],
    ['the last of nine hundred', { recordRefs: [refOf(999)] }, [4]],
    ['a record that nobody received', { recordRefs: [refOf(77)] }, []],
    ['no record', { recordRefs: [] }, []],
    ['a span of time', { recordRefs: [refOf(1)], until: '2026-11-24T00:00:02.000Z' }, [1]],
    ['an auditor of the country', { recordRefs: [refOf(1)], viewer: 'SV' }, [5]],
    ['an auditor of the other country', { recordRefs: [refOf(1)], viewer: 'HN' }, [4, 2, 1]],
    ['an auditor of the country from which the question came', { recordRefs: [refOf(1)], viewer: 'GT' }, []],
  ])('find the legs of %s', async (_, filter, expected) => {
    expect(await idsOf(filter)).toEqual(legs(...expected))
  })

  it('do not say of a leg in another log that it gave them', async () => {
    await followLog(db, LIAR)
    expect(await idsOf({ id: legId(3) })).toEqual(legs(3))
    expect(await idsOf({ recordRefs: [refOf(55)] })).toEqual([])
    expect(await idsOf({ kind: 'leg-detail', log: 'istmo.example/liar' })).toHaveLength(1)
  })

  it('are found through their index, and not by reading each row', async () => {
    const { text, params } = conditionsOf({ recordRefs: [refOf(3)] })
    await db.query('set enable_seqscan = off')
    const plan = await db.query<Record<string, string>>(`explain select id from entries where ${text}`, params)
    await db.query('set enable_seqscan = on')
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Bitmap Index Scan on entries_refs/)
  })

  it.each([
    ['deleted', `update entries set refs = '{}' where kind = 'leg-detail' and position = 0`],
    ['put under another leg', `update entries set leg = '${legId(3)}' where kind = 'leg-detail' and position = 0`],
  ])('are compared with the log, and made right if somebody has %s them', async (_, statement) => {
    expect((await checkIndex(db, HN)).findings).toEqual([])
    await db.query(statement)
    expect(await idsOf({ recordRefs: [refOf(2)] })).not.toEqual(legs(1))
    const { findings } = await checkIndex(db, HN, { isRepairing: true })
    expect(findings).toMatchObject([{ where: 'entry 0', expected: expect.stringMatching(/^(refs|leg) of the entry/) }])
    expect(await idsOf({ recordRefs: [refOf(2)] })).toEqual(legs(1))
  })

  it('go with the log when the index forgets it', async () => {
    await db.query(`delete from entries where log = 'istmo.example/hn'`)
    expect(await idsOf({ recordRefs: [refOf(1)] })).toEqual(legs(5))
  })
})

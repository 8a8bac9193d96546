import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { openTestIndex } from '../../tests/audit/open-test-index.ts'
import { canonicalBytes } from '../log/canonical.ts'
import { openLog } from '../log/log.ts'
import { newSigner } from '../log/testing.ts'
import { plainRoot } from '../merkle/testing.ts'
import { parsePolicy } from '../note/policy.ts'
import { type LogReader, openLogReader } from '../reader/log-reader.ts'
import { NO_PRUNINGS } from '../verify/prunings.ts'
import { folderSource } from '../verify/source.ts'
import { createViewAssembler } from './assembler.ts'
import type { IndexDatabase } from './database.ts'
import { ENTRY_OUTCOMES, type EntryFilter, type EntryRow, matches } from './entry-row.ts'
import { compareRows, countIndex, findPattern, searchIndex } from './search.ts'
import { followLog, IndexAheadError } from './store.ts'
import { gatewayEntries, idAt, MADE_UP_FROM_MS, refOf } from './testing.ts'

const signer = newSigner('istmo.example/gateway')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

let folder: string
let db: IndexDatabase
let close: () => Promise<void>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-index-'))
  ;({ db, close } = await openTestIndex())
})
afterAll(async () => {
  await close()
  await rm(folder, { recursive: true })
})
afterEach(async () => {
  for (const table of ['entries', 'followed']) await db.query(`delete from ${table}`)
})

async function write(name: string, entries: readonly Entry[]): Promise<LogReader> {
  const path = join(folder, name)
  const log = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
  for (const entry of entries) void log.append(canonicalBytes(entry))
  await log.close()
  return openLogReader(folderSource(path), policy)
}

/** A reader of entries in memory. */
function readerOf(entries: readonly Entry[]): LogReader {
  const placed = entries.map((entry, index) => ({ index, bytes: canonicalBytes(entry) }))
  return {
    log: signer.verifier,
    policy,
    head: { checkpoint: { size: entries.length } },
    prunings: NO_PRUNINGS,
    entries: async function* (from = 0) {
      yield* placed.slice(from)
    },
    entry: async (index: number) => placed[index],
    root: async (size: number) => plainRoot(placed.slice(0, size).map(({ bytes }) => bytes)),
  } as unknown as LogReader
}

/** The rows of a viewer that a simple loop over the entries finds; without a viewer the complete ones. */
function rowsOf(entries: readonly Entry[], viewer: string | null = null): readonly EntryRow[] {
  const assembler = createViewAssembler(signer.verifier.name)
  const rows = entries.flatMap((entry, index) => assembler.push({ index, bytes: canonicalBytes(entry) }))
  const seen = [...rows, ...assembler.waiting()].filter((each) => each.viewer === viewer)
  return seen.map(({ row }) => row).sort(compareRows)
}

const fullFilter = fc.record({
  kind: fc.constantFrom('request', 'stop', 'continuation'),
  country: fc.constantFrom('GT', 'HN', 'SV'),
  viewer: fc.constantFrom('GT', 'HN'),
  actorCountry: fc.constantFrom('GT', 'HN'),
  agency: fc.constantFrom('GT-MP-FECO', "'; drop table entries; --"),
  actorRef: fc.integer({ min: 0, max: 2 }).map(refOf),
  taskForce: fc.constant('jtf-2026-03'),
  purpose: fc.constantFrom('INVESTIGATION', 'OVERSIGHT'),
  domain: fc.constantFrom('cases', 'persons'),
  coordinate: fc.constantFrom('Person.birthDate', 'PersonHits.hits'),
  denied: fc.constantFrom('Person.birthDate'),
  outcome: fc.constantFrom(...ENTRY_OUTCOMES),
  code: fc.constantFrom('CONNECTION', 'FORBIDDEN_BY_COUNTRY'),
  text: fc.constantFrom(
    ...['mp-fe', 'ANALYST', 'tf-con', 'Case', 'by_country', 'person(ID:)', '%', '_', "';--", 'MP-FECO\\', 'é'],
    ...[idAt(MADE_UP_FROM_MS, 0), idAt(MADE_UP_FROM_MS, 1), idAt(MADE_UP_FROM_MS, 0).slice(9)],
  ),
  from: fc.nat(48).map((hour) => new Date(MADE_UP_FROM_MS + hour * 3_600_000).toISOString()),
  until: fc.nat(48).map((hour) => new Date(MADE_UP_FROM_MS + hour * 3_600_000).toISOString()),
})

// At most two conditions, because more of them find nothing.
const filters: fc.Arbitrary<EntryFilter> = fullFilter.chain((full) =>
  fc.subarray(Object.entries(full), { maxLength: 2 }).map((some): EntryFilter => Object.fromEntries(some)),
)

describe('the index', () => {
  it('finds the same rows as a simple loop, page by page, for each filter and wherever it stopped before', async () => {
    await fc.assert(
      fc.asyncProperty(gatewayEntries, filters, fc.nat(25), async (entries, filter, cut) => {
        await db.query('delete from entries')
        await db.query('delete from followed')
        await followLog(db, readerOf(entries.slice(0, cut)))
        await followLog(db, readerOf(entries))
        const found: EntryRow[] = []
        for (let more = true; more; ) {
          const after = found.at(-1)
          const page = await searchIndex(db, filter, { first: 3, ...(after && { after }) })
          found.push(...page.rows)
          more = page.hasMore
        }
        expect(found).toEqual(rowsOf(entries, filter.viewer).filter((row) => matches(row, filter)))
        expect((await searchIndex(db, {}, { first: 1_000 })).rows).toEqual(rowsOf(entries))
      }),
      { numRuns: 60 },
    )
  })

  it('counts the same as a simple loop', async () => {
    await fc.assert(
      fc.asyncProperty(gatewayEntries, filters, async (entries, filter) => {
        await followLog(db, readerOf(entries), { rebuild: true })
        const rows = rowsOf(entries, filter.viewer).filter((row) => matches(row, filter))
        for (const [by, keysOf] of [
          ['purpose', (row: EntryRow) => [row.purpose]],
          ['country', (row: EntryRow) => row.countries],
          ['day', (row: EntryRow) => [row.time.slice(0, 10)]],
        ] as const) {
          const plain = Map.groupBy(rows.flatMap(keysOf), (key) => key)
          const counts = await countIndex(db, by, filter, 100)
          expect(new Map(counts.map(({ key, count }) => [key, count]))).toEqual(
            new Map([...plain].map(([key, all]) => [key, all.length])),
          )
        }
      }),
      { numRuns: 20 },
    )
  })

  it('reads entries of each kind from the files of a log', async () => {
    expect(await followLog(db, await write('all', SAMPLE_ENTRIES))).toBe(SAMPLE_ENTRIES.length)
    const { rows } = await searchIndex(db, { country: 'HN', outcome: 'PARTIAL' }, { first: 10 })
    const row = { kind: 'request', agency: 'GT-MP-FECO', denied: ['Case.narrative'], records: 2 }
    // The request of version 1, and the same one of version 2, whose part has no row of its own.
    expect(rows).toMatchObject([row, row])
    expect((await searchIndex(db, {}, { first: 100 })).rows).toHaveLength(SAMPLE_ENTRIES.length - 1)
  })

  it('shows the auditors of a country what concerns it, and nothing of what other countries were asked', async () => {
    await fc.assert(
      fc.asyncProperty(gatewayEntries, fc.constantFrom('GT', 'HN', 'SV'), async (entries, viewer) => {
        // What the country sees must be the same if nobody had asked any other country.
        const own = entries.map((entry): Entry => {
          if (entry.kind !== 'request' && entry.kind !== 'continuation') return entry
          const isOwn = ({ country }: { readonly country: string | null }) => country === null || country === viewer
          return { ...entry, legs: entry.legs.filter(isOwn), denied: entry.denied.filter(isOwn) }
        })
        const seen = rowsOf(entries, viewer)
        expect(seen).toEqual(rowsOf(own, viewer))
        for (const { countries } of seen) expect(countries.filter((country) => country !== viewer)).toEqual([])
        const isConcerned = (row: EntryRow) => row.actorCountry === viewer || row.countries.includes(viewer)
        const expected = rowsOf(entries).filter(isConcerned)
        expect(seen.map(({ position }) => position)).toEqual(
          expect.arrayContaining(expected.map((row) => row.position)),
        )
      }),
      { numRuns: 100 },
    )
  })

  it.each(['viewer', 'refs', 'mandate'])(
    'is made anew if it has an older form, without the column %s',
    async (column) => {
      await followLog(db, await write(`older-${column}`, SAMPLE_ENTRIES))
      await db.query(`alter table entries drop column ${column}`)
      expect(await followLog(db, await write(`older-${column}`, []))).toBe(SAMPLE_ENTRIES.length)
      expect((await searchIndex(db, { viewer: 'HN' }, { first: 1 })).rows).toHaveLength(1)
    },
  )

  it('continues where it stopped, and reads nothing twice', async () => {
    const simple = SAMPLE_ENTRIES.filter((entry) => {
      const isSplit = entry.kind === 'request' && entry.continuations > 0
      return !isSplit && entry.kind !== 'continuation' && entry.kind !== 'leg-detail'
    })
    expect(await followLog(db, await write('grows', simple.slice(0, 5)))).toBe(5)
    const grown = await write('grows', simple.slice(5))
    expect(await followLog(db, grown)).toBe(simple.length - 5)
    expect(await followLog(db, grown)).toBe(0)
  })

  it('rejects a log that is not the one that it followed', async () => {
    const stop = (at: number): Entry => ({
      ...{ v: 1, kind: 'stop', gateway: signer.verifier.name, id: idAt(MADE_UP_FROM_MS, at) },
      time: new Date(MADE_UP_FROM_MS).toISOString(),
    })
    await followLog(db, readerOf([stop(1), stop(2)]))
    await expect(followLog(db, readerOf([stop(1)]))).rejects.toThrow(IndexAheadError)
    await expect(followLog(db, readerOf([stop(1), stop(3), stop(4)]))).rejects.toThrow(IndexAheadError)
    expect(await followLog(db, readerOf([stop(1), stop(3)]), { rebuild: true })).toBe(2)
  })

  it('rejects it also while an entry waits for its parts, because of which the next run reads again what was read', async () => {
    const base = { time: new Date(MADE_UP_FROM_MS).toISOString(), gateway: signer.verifier.name }
    const stop = (at: number): Entry => ({ ...base, v: 1, kind: 'stop', id: idAt(MADE_UP_FROM_MS, at) })
    const [request] = SAMPLE_SPLIT
    const waiting: Entry = { ...request, ...base, id: idAt(MADE_UP_FROM_MS, 9), continuations: 1 }
    await followLog(db, readerOf([waiting, stop(1), stop(2)]))
    await expect(followLog(db, readerOf([waiting, stop(1)]))).rejects.toThrow(IndexAheadError)
    await expect(followLog(db, readerOf([waiting, stop(1), stop(3), stop(4)]))).rejects.toThrow(IndexAheadError)
    expect(await followLog(db, readerOf([waiting, stop(1), stop(2), stop(3)]))).toBe(4)
  })
})

describe('a pattern', () => {
  const request = (at: number, time: string, more: Partial<Extract<Entry, { kind: 'request' }>>): Entry => ({
    ...(SAMPLE_ENTRIES[0] as Extract<Entry, { kind: 'request' }>),
    ...{ id: idAt(Date.parse(time), at), time, denied: [], ...more },
  })
  const find = async (pattern: Parameters<typeof findPattern>[1], entries: readonly Entry[], threshold: number) => {
    await followLog(db, readerOf(entries), { rebuild: true })
    return findPattern(db, pattern, {}, { threshold, limit: 10 })
  }

  it('finds requests at night, by the local time of Central America', async () => {
    const night = ['04:59', '11:00', '10:59'].map((time, at) => request(at, `2026-11-24T${time}:00.000Z`, {}))
    expect(await find('NIGHT_HOURS', night, 2)).toMatchObject([{ amount: 2, agency: 'GT-MP-FECO' }])
    expect(await find('NIGHT_HOURS', night, 3)).toEqual([])
  })

  it('finds many records of persons, many denials, and probing', async () => {
    const [{ legs: [leg] = [] } = { legs: [] }] = SAMPLE_ENTRIES as unknown as [{ legs: object[] }]
    const many = { ...leg, domain: 'persons', records: { count: 150, hash: 'a'.repeat(64) } }
    const at = '2026-11-24T15:00:00.000Z'
    const persons = [request(1, at, { legs: [many] as never }), request(2, at, { legs: [many] as never })]
    expect(await find('MANY_PERSONS', persons, 300)).toMatchObject([{ amount: 300 }])
    const denied = [{ coordinate: 'Person.names', kind: 'SCOPES', country: null }] as const
    expect(await find('MANY_DENIALS', [request(1, at, { denied })], 1)).toMatchObject([{ amount: 1 }])
    const hits = [1, 2].map((each) => request(each, at, { coordinates: ['PersonHits.hits'] }))
    expect(await find('PROBING_BY_HITS', hits, 2)).toMatchObject([{ amount: 2, since: at }])
    expect(await find('PROBING_BY_HITS', [...persons, ...hits], 3)).toEqual([])
  })

  it('counts a request for the hits of a list as probing too, and a request for both kinds of hits once', async () => {
    const at = '2026-11-24T15:00:00.000Z'
    const asked = [['PersonListHits.hits'], ['PersonHits.hits', 'PersonListHits.hits'], ['PersonListHits.outcomes']]
    const requests = asked.map((coordinates, each) => request(each, at, { coordinates }))
    expect(await find('PROBING_BY_HITS', requests, 1)).toMatchObject([{ amount: 2, since: at }])
  })
})

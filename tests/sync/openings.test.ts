import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { readAs } from '../../subgraphs/kit/read-as.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { repeats } from '../share.ts'
import { OLD_STATE } from './random-states.ts'
import {
  type CountryTarget,
  createOldFiles,
  empty,
  MAPPING,
  type OldFiles,
  type OldState,
  openCountryTarget,
  readRows,
  syncFiles,
} from './world.ts'

/** A mapping that loses a line, or a source that loses a column: what was closed stays closed until somebody says that it may open. */

/** How many random pairs of states are tried. */
const RUNS = repeats(6)

const NOW = Date.parse('2026-06-15T12:00:00Z')
const WITH_BIRTH = MAPPING.replace(
  '  names: { full: nombre }',
  '  birthDate: { value: "2015-01-01" }\n  names: { full: nombre }',
)

const STATE: OldState = {
  cases: Array.from({ length: 30 }, (_, n) => ({ id: `E-${n}`, status: 'TR', secret: n < 2 })),
  offences: [],
  parts: [
    { case: 'E-3', person: 'P1', role: 'TESTIGO' },
    { case: 'E-4', person: 'P1', role: 'IMPUTADO' },
    { case: 'E-4', person: 'P29', role: 'VICTIMA' },
  ],
  persons: Array.from({ length: 30 }, (_, n) => ({ id: `P${n}`, name: 'Ana Paz', minor: n >= 12 && n < 24 })),
}

/** What task forces can read, each person, part and case as a text. */
async function readOpen(db: Database): Promise<ReadonlySet<string>> {
  const seen: string[] = []
  for (const taskForce of ['coyote', 'jaguar']) {
    const reader = readAs(db, { taskForce, showsProtected: false })
    const rows = await reader.query<{ row: string }>(
      `select 'persons ' || id as row from persons.person union all select 'cases ' || id from cases.case_file`,
    )
    seen.push(...rows.map(({ row }) => `${taskForce} ${row}`))
  }
  return new Set(seen)
}

describe('a run that would open rows', () => {
  let country: CountryTarget
  let old: OldFiles
  beforeAll(async () => {
    country = await openCountryTarget()
    old = await createOldFiles(WITH_BIRTH)
  })
  afterAll(async () => {
    await country.close()
    await old.remove()
  })
  beforeEach(async () => {
    await empty(country.db)
    await writeFile(old.mapping, WITH_BIRTH)
    await old.write(STATE)
    await syncFiles(country.target, old, { now: () => NOW })
  })

  const run = (more: Parameters<typeof syncFiles>[2] = {}) =>
    syncFiles(country.target, old, { now: () => NOW, allowsOpening: false, ...more })

  it.each([
    [
      'the line that protects minors says that nobody is protected',
      / {2}protected: .*\n/,
      '  protected: { value: false }\n',
      { kind: 'persons', why: 'PROTECTION', rows: 12, before: 13, minors: 12 },
    ],
    [
      'the line with the handling codes is deleted',
      / {2}handling: .*\n/,
      '',
      { kind: 'cases', why: 'SHARING', rows: 2, before: 2, minors: 0 },
    ],
    [
      'a witness becomes a suspect by a constant',
      /role: .*/,
      'role: { value: SUSPECT }',
      { kind: 'cases.participants', why: 'PROTECTION', rows: 2, before: 2, minors: 0 },
    ],
    [
      'a set of task forces gets one more',
      'handling: [H1], synthetic: true, sharedWith: ["*"]',
      'handling: [H2], synthetic: true, sharedWith: [jaguar]',
      { kind: 'persons', why: 'SHARING', rows: 30, before: 30, minors: 0 },
    ],
  ])('stops if %s, says how much and what, and changes nothing', async (name, line, instead, expected) => {
    if (name.startsWith('a set')) {
      await writeFile(
        old.mapping,
        WITH_BIRTH.replace('sharedWith: ["*"]', 'sharedWith: [coyote]').replace('[H1]', '[H2]'),
      )
      await run({ allowsOpening: true })
    }
    const [before, open] = [await readRows(country.db), await readOpen(country.db)]
    await writeFile(old.mapping, WITH_BIRTH.replace(line, instead))
    const error = await run().catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'SyncStopped',
      openings: expect.arrayContaining([expect.objectContaining(expected)]),
    })
    expect(await readRows(country.db)).toEqual(before)
    expect(await readOpen(country.db)).toEqual(open)
    const dry = await run({ isDryRun: true })
    expect(dry).toMatchObject({ mustAsk: true, openings: expect.arrayContaining([expect.objectContaining(expected)]) })
    await run({ allowsOpening: true })
    expect((await run()).openings).toEqual([])
  })

  it('goes on if a source opens a few rows by the same mapping, and tells them', async () => {
    await old.write({ ...STATE, cases: STATE.cases.map((each) => ({ ...each, secret: each.id === 'E-1' })) })
    const { openings, mustAsk } = await run()
    expect({ openings, mustAsk }).toEqual({
      openings: [{ kind: 'cases', why: 'SHARING', rows: 1, before: 2, minors: 0, examples: ['NI:E-0'] }],
      mustAsk: false,
    })
  })

  it('stops if a source opens one minor by the same mapping', async () => {
    await old.write({
      ...STATE,
      persons: STATE.persons.map((each) => ({ ...each, minor: each.minor && each.id !== 'P13' })),
    })
    await expect(run()).rejects.toMatchObject({
      openings: [{ kind: 'persons', rows: 1, minors: 1, examples: ['NI:P13'] }],
    })
  })

  it('tells each row that somebody can read afterwards and could not before, whatever the two states are', async () => {
    await fc.assert(
      fc.asyncProperty(OLD_STATE, OLD_STATE, fc.boolean(), async (first, second, keepsLine) => {
        await empty(country.db)
        await writeFile(old.mapping, WITH_BIRTH)
        await old.write(first)
        await run({ allowsOpening: true })
        const before = await readOpen(country.db)
        const known = new Set(
          (
            await country.db.query<{ row: string }>(
              `select 'persons ' || id as row from persons.person union all select 'cases ' || id from cases.case_file`,
            )
          ).map(({ row }) => row),
        )
        await old.write(second)
        if (!keepsLine)
          await writeFile(old.mapping, WITH_BIRTH.replace(/ {2}protected: .*\n/, '  protected: { value: false }\n'))
        const { openings } = await run({ allowsOpening: true })
        const opened = [...(await readOpen(country.db))].filter(
          (row) => !before.has(row) && known.has(row.slice(row.indexOf(' ') + 1)),
        )
        const told = openings.filter(({ kind }) => kind === 'persons' || kind === 'cases')
        // Each of the two task forces sees the row.
        expect(told.reduce((sum, { rows }) => sum + rows, 0) * 2).toBe(opened.length)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('`istmo sync` of a mapping that lost its line «protected»', () => {
  const SERVER = testServerUrl()
  let old: OldFiles
  let home: string
  let database: Awaited<ReturnType<typeof openEmptyDatabase>> | null = null
  beforeAll(async () => {
    old = await createOldFiles(MAPPING)
    home = await mkdtemp(join(tmpdir(), 'istmo-sync-openings-'))
    if (SERVER !== undefined) database = await openEmptyDatabase()
  })
  afterAll(async () => {
    await database?.close()
    await old.remove()
    await rm(home, { recursive: true, force: true })
  })

  function sync(...more: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const place =
      database?.url === undefined ? ['--database-folder', join(home, 'db')] : ['--database-url', database.url]
    const command = join(import.meta.dirname, '../../cli/istmo.js')
    const args = [command, 'sync', old.mapping, ...place, '--development', '--lang', 'en', ...more]
    return new Promise((resolve) => {
      execFile(process.execPath, args, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), text: out + err }),
      )
    })
  }

  async function countReadable(): Promise<number> {
    const db = database?.db ?? (await openDatabase({ folder: join(home, 'db') }))
    try {
      const [row] = await readAs(db, { taskForce: 'coyote', showsProtected: false }).query<{ n: number }>(
        'select count(*)::int as n from persons.person',
      )
      return row?.n ?? 0
    } finally {
      if (database === null) await db.close()
    }
  }

  it('ends with 1, names the minors and the flag, and leaves them unreadable until the flag is given', async () => {
    await old.write(STATE)
    expect(await sync()).toMatchObject({ code: 0 })
    await writeFile(old.mapping, MAPPING.replace(/ {2}protected: .*\n/, ''))
    const stopped = await sync()
    expect(stopped.code).toBe(1)
    expect(stopped.text).toMatch(
      /nothing was changed:\n {2}persons: 12 of 13 would not be protected any more: NI:P12, .*…\n.*--allow-unprotect/,
    )
    expect(await countReadable()).toBe(17)
    const opened = await sync('--allow-unprotect')
    expect([opened.code, opened.text]).toEqual([0, expect.stringContaining('WARNING: others can now read')])
  })
})

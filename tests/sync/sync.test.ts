import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildDroppedIndexes, dropIndexes } from '../../joining/sync/stage-tables.ts'
import { casesModule } from '../../subgraphs/cases/module.ts'
import { findUncovered } from '../../subgraphs/kit/row-watch.ts'
import { createTestExecutor } from '../../subgraphs/kit/testing.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'
import { repeats } from '../share.ts'
import { expectRows } from './oracle.ts'
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

/** How many random pairs of states are tried. `npm run test:full` tries more. */
const RUNS = Number(process.env.ISTMO_SYNC_RUNS ?? repeats(6))

let country: CountryTarget
let old: OldFiles
beforeAll(async () => {
  country = await openCountryTarget()
  old = await createOldFiles()
})
afterAll(async () => {
  await country.close()
  await old.remove()
})
beforeEach(() => empty(country.db))

const STATE: OldState = {
  cases: [
    { id: 'E-1', status: 'TR', secret: false },
    { id: 'E-2', status: 'AC', secret: true },
  ],
  offences: [
    { case: 'E-1', label: 'Robo' },
    { case: 'E-1', label: 'Hurto' },
  ],
  parts: [
    { case: 'E-1', person: 'P1', role: 'IMPUTADO' },
    { case: 'E-1', person: 'P2', role: 'VICTIMA' },
  ],
  persons: [
    { id: 'P1', name: 'Ana Paz', minor: false },
    { id: 'P2', name: 'José Núñez', minor: false },
  ],
}

async function readServed() {
  const list = async (sql: string) => (await country.db.query<{ text: string }>(sql)).map(({ text }) => text).sort()
  return {
    cases: await list("select id || ' ' || coalesce(status, '-') || ' ' || handling[1] as text from cases.case_file"),
    offences: await list("select case_id || ' ' || ordinal || ' ' || national_label as text from cases.offence"),
    parts: await list("select case_id || ' ' || person_id || ' ' || role as text from cases.participant"),
    persons: await list(
      "select p.id || ' ' || n.full_name || ' ' || p.protected as text from persons.person p join persons.person_name n on n.person_id = p.id",
    ),
  }
}

const changesOf = (result: Awaited<ReturnType<typeof syncFiles>>) =>
  Object.fromEntries(
    result.kinds.map(({ kind, created, changed, deleted }) => [kind, [created, changed, deleted]] as const),
  )

describe('a full sync', () => {
  it('serves what a plain program works out of the files, whatever was there before', async () => {
    await fc.assert(
      fc.asyncProperty(OLD_STATE, OLD_STATE, async (before, after) => {
        await empty(country.db)
        await old.write(after)
        await syncFiles(country.target, old)
        const expected = await readRows(country.db)
        expect(await readServed()).toEqual(expectRows(after))
        await empty(country.db)
        await old.write(before)
        await syncFiles(country.target, old)
        await old.write(after)
        await syncFiles(country.target, old)
        expect(await readRows(country.db)).toEqual(expected)
        // The dry run foresees that nothing is left to do, and so does the real one.
        for (const isDryRun of [true, false]) {
          const again = await syncFiles(country.target, old, { isDryRun })
          expect(again.kinds.filter(({ created, changed, deleted }) => created + changed + deleted > 0)).toEqual([])
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('foresees in a dry run what the run then does, and changes nothing in it', async () => {
    await fc.assert(
      fc.asyncProperty(OLD_STATE, OLD_STATE, async (before, after) => {
        await empty(country.db)
        await old.write(before)
        await syncFiles(country.target, old)
        const rows = await readRows(country.db)
        await old.write(after)
        const foreseen = await syncFiles(country.target, old, { isDryRun: true })
        expect(await readRows(country.db)).toEqual(rows)
        const done = await syncFiles(country.target, old)
        const cascaded = (result: typeof done) => result.kinds.map(({ deleted: _, ...rest }) => rest)
        expect(cascaded(foreseen)).toEqual(cascaded(done))
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    )
  })

  it('does not touch a row that is the same, and moves the time of a case only for what may be told of it', async () => {
    await old.write(STATE)
    await syncFiles(country.target, old)
    const times = async () =>
      country.db.query('select id, changed_at::text as at, xmin::text as version from cases.case_file order by id')
    const before = await times()
    await syncFiles(country.target, old)
    expect(await times()).toEqual(before)
    await old.write({ ...STATE, parts: [{ case: 'E-1', person: 'P2', role: 'TESTIGO' }, ...STATE.parts] })
    expect(changesOf(await syncFiles(country.target, old))['cases.participants']).toEqual([1, 0, 0])
    expect(await times()).toEqual(before)
    await old.write({ ...STATE, offences: [...STATE.offences, { case: 'E-2', label: 'Robo' }] })
    await syncFiles(country.target, old)
    const after = await times()
    expect(after[0]).toEqual(before[0])
    expect(after[1]).not.toEqual(before[1])
  })

  it('finds the new names by a search, and leaves everything derived covered', async () => {
    await old.write(STATE)
    await syncFiles(country.target, old)
    await old.write({
      ...STATE,
      persons: [{ id: 'P1', name: 'Rigoberta Xitumul', minor: false }, ...STATE.persons.slice(1)],
    })
    await syncFiles(country.target, old)
    const ask = createTestExecutor(personsModule, country.db, 'NI')
    const { data } = await ask(
      '{ persons(countries: ["NI"], search: { name: "Rigoberta Xitumul" }) { edges { node { id } } } }',
    )
    expect(data).toEqual({ persons: { edges: [{ node: { id: 'NI:P1' } }] } })
    for (const { tables } of [casesModule, personsModule]) {
      if (tables !== undefined) expect(await findUncovered(country.db, tables)).toEqual([])
    }
  })

  it('refuses to leave far less than there was, unless it is allowed', async () => {
    await old.write(STATE)
    await syncFiles(country.target, old)
    const rows = await readRows(country.db)
    await old.write({ ...STATE, persons: [], parts: [] })
    await expect(syncFiles(country.target, old, { allowsShrink: false })).rejects.toMatchObject({
      shrinking: [
        { kind: 'cases.participants', before: 2, gone: 2 },
        { kind: 'persons', before: 2, gone: 2 },
        { kind: 'persons.names', before: 2, gone: 2 },
      ],
    })
    expect(await readRows(country.db)).toEqual(rows)
    await syncFiles(country.target, old)
    expect((await readServed()).persons).toEqual([])
  })

  it('deletes only what the mapping brought, and lets two mappings not overwrite each other', async () => {
    await old.write(STATE)
    await country.db.execute(
      `insert into cases.case_file (id, agency, handling, recorded_at, synthetic) values ('NI:HAND', 'MP', '{H1}', now(), true)`,
    )
    await syncFiles(country.target, old)
    const other = await syncFiles(country.target, old, { name: 'OTRO' })
    expect(other.counts.causes().map(({ section, reason, rows }) => [section, reason.slice(0, 40), rows])).toEqual(
      expect.arrayContaining([['cases', 'expected a record that no other mapping ', 2]]),
    )
    await old.write({ ...STATE, cases: STATE.cases.slice(0, 1) })
    await syncFiles(country.target, old)
    expect((await readServed()).cases.map((text) => text.split(' ')[0])).toEqual(['NI:E-1', 'NI:HAND'])
  })
})

it('builds the index of names after the rows of a first run, as the migrations made it, also after a kill', async () => {
  const { target, db } = country
  const definitions = () =>
    db.query("select indexname, indexdef from pg_indexes where tablename = 'person_name' order by indexname")
  const before = await definitions()
  const names = { name: 'persons.names', table: 'persons.person_name', stage: 'istmo_sync.many' } as const
  await db.execute('create schema istmo_sync; create table istmo_sync.many as select 1 as n')
  await dropIndexes(target, [names], 2)
  expect(await definitions()).toEqual(before)
  await dropIndexes(target, [names], 1)
  expect(await definitions()).toHaveLength(before.length - 1)
  // The run was killed here. The next one builds it, although nothing comes.
  await old.write(STATE)
  await syncFiles(target, old, { isDryRun: true })
  expect(await definitions()).toEqual(before)
  await db.execute('create schema istmo_sync; create table istmo_sync.many as select 1 as n')
  await dropIndexes(target, [names], 1)
  await target.transaction(buildDroppedIndexes)
  expect(await definitions()).toEqual(before)
})

it('says what the law is complete for, and leaves what it does not speak of', async () => {
  const files = await createOldFiles(`${MAPPING}coverage: { statutes: ["0101"] }\n`)
  await files.write(STATE)
  await country.db.execute("insert into legal.coverage values ('ICCS', '*'), ('STATUTES', '*')")
  await syncFiles(country.target, files)
  expect(await country.db.query('select subject, key from legal.coverage order by subject')).toEqual([
    { subject: 'ICCS', key: '*' },
    { subject: 'STATUTES', key: '0101' },
  ])
  await files.remove()
})

describe('the file of refused rows', () => {
  it('names section, line, id, column, value and reason, and only its user can read it', async () => {
    const path = join(old.path, 'refused.csv')
    await writeFile(path, 'of an earlier run', { mode: 0o644 })
    await old.write({
      ...STATE,
      cases: [
        ...STATE.cases,
        { id: 'E-3', status: 'XX', secret: false },
        { id: 'E-4', status: 'FE', secret: true },
        { id: 'E-4', status: 'FE', secret: false },
        { id: 'E-2', status: 'AC', secret: true },
      ],
      parts: [
        ...STATE.parts,
        { case: 'E-3', person: 'P1', role: 'IMPUTADO' },
        { case: 'E-2', person: 'P9', role: 'TESTIGO' },
      ],
    })
    const { counts } = await syncFiles(country.target, old, { refused: path })
    expect(counts.total()).toBe(6)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const lines = (await readFile(path, 'utf8')).trim().split('\r\n')
    expect(lines.map((line) => line.split(',').slice(0, 5).join(','))).toEqual([
      'section,place,id,column,value',
      'cases,4,NI:E-3,estado,XX',
      'cases,5,NI:E-4,id,NI:E-4',
      'cases,6,NI:E-4,id,NI:E-4',
      'cases,7,NI:E-2,id,NI:E-2',
      'cases.participants,4,NI:E-3,case,NI:E-3',
      'cases.participants,5,NI:E-2,person,NI:P9',
    ])
  })

  it('ends the run before anything is changed if it cannot be written', async () => {
    await old.write(STATE)
    await expect(syncFiles(country.target, old, { refused: join(old.path, 'none/refused.csv') })).rejects.toThrow(
      /expected to write the refused rows here; there is no such file or folder \(ENOENT\)/,
    )
    await old.write({ ...STATE, cases: [...STATE.cases, { id: 'E-9', status: 'XX', secret: false }] })
    await expect(syncFiles(country.target, old, { refused: '/dev/full' })).rejects.toThrow(/\(ENOSPC\)/)
    expect((await readServed()).cases).toEqual([])
  })
})

describe('sources that are wrong', () => {
  it.each([
    [
      'a missing column',
      'casos.csv',
      'numero;reservado\nE-1;N\n',
      /cases: expected the column estado; the source has numero, reservado/,
    ],
    [
      'another separator',
      'casos.csv',
      'numero,estado,reservado\nE-1,TR,N\n',
      /expected columns separated by «;»; .* Write delimiter: ","/,
    ],
    ['an empty file', 'casos.csv', '', /expected a first line with the names of the columns; the file is empty/],
    ['a column twice', 'casos.csv', 'numero;estado;estado\n', /came «estado» twice/],
    [
      'Latin letters',
      'personas.csv',
      Buffer.from('persona;nombre;menor\nP1;Ana;N\nP2;Jos\xe9;N\n', 'latin1'),
      /expected utf-8; line 3 has bytes/,
    ],
    ['a quote without an end', 'casos.csv', 'numero;estado;reservado\n"E-1;TR;N\n', /expected CSV; .*quote/i],
  ])('%s', async (_name, file, text, message) => {
    await old.write(STATE)
    await syncFiles(country.target, old)
    const rows = await readRows(country.db)
    await writeFile(join(old.path, file), text)
    await expect(syncFiles(country.target, old)).rejects.toThrow(message)
    expect(await readRows(country.db)).toEqual(rows)
  })

  it('refuses single lines that are no rows, with their numbers', async () => {
    await old.write(STATE)
    await writeFile(join(old.path, 'casos.csv'), 'numero;estado;reservado\nE-1;TR\nE-2;AC;S\nE-3;FE;N;x\n')
    const { counts } = await syncFiles(country.target, old)
    expect(counts.causes().map(({ reason, rows }) => [reason, rows])).toEqual(
      expect.arrayContaining([
        ['expected 3 fields, as in the first line; came 2', 1],
        ['expected 3 fields, as in the first line; came 4', 1],
      ]),
    )
    expect((await readServed()).cases).toEqual(['NI:E-2 CHARGED H3'])
  })
})

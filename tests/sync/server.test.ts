import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DOMAINS } from '../../contract/domain.ts'
import { copyRows, loadRows } from '../../joining/running/copies.ts'
import { openPostgresql } from '../../joining/sources/postgresql.ts'
import type { PlacedRow } from '../../joining/sources/source.ts'
import { buildDroppedIndexes, dropIndexes } from '../../joining/sync/stage-tables.ts'
import { openServerTarget } from '../../joining/sync/target.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { repeats } from '../share.ts'
import { createOldServer, OLD_TABLES, type OldServer, serverMapping } from './old-server.ts'
import {
  type CountryTarget,
  createOldFiles,
  empty,
  type OldFiles,
  openCountryTarget,
  readRows,
  syncFiles,
} from './world.ts'

const SERVER = testServerUrl()

/** How many random changes are tried. */
const RUNS = Number(process.env.ISTMO_SYNC_RUNS ?? repeats(6))

// The embedded database has no server to read from: `.ci/run` runs this file a second time, with one.
if (SERVER === undefined) {
  it('says what is wrong with an address at which nothing listens', async () => {
    await expect(openPostgresql('postgres://reader:secret@127.0.0.1:1/sisej')).rejects.toThrow(
      /^postgres:\/\/127\.0\.0\.1:1\/sisej: expected to connect; came .*ECONNREFUSED.*Is the server running/,
    )
  })
} else {
  let country: CountryTarget
  let old: OldServer
  let files: OldFiles
  beforeAll(async () => {
    country = await openCountryTarget()
    old = await createOldServer(SERVER)
    files = await createOldFiles(serverMapping(old.url))
  })
  afterAll(async () => {
    await country?.close()
    await old?.drop()
    await files?.remove()
  })
  beforeEach(async () => {
    await empty(country.db)
    await old.run(`drop table if exists persona, expediente, delito, parte; ${OLD_TABLES}`)
  })

  /** One change of the old application, with its time. */
  const CHANGE = fc.oneof(
    fc
      .integer({ min: 1, max: 40 })
      .map((n) => `update persona set nombre = nombre || ' Ñ', fec_mod = $t where id_persona = ${n}`),
    fc
      .integer({ min: 1, max: 30 })
      .map((n) => `update expediente set estado = 'FE', fec_mod = $t where num = 'E-${n}'`),
    fc
      .integer({ min: 1, max: 30 })
      .map((n) => `update expediente set estado = 'XX', fec_mod = $t where num = 'E-${n}'`),
    fc.integer({ min: 1, max: 90 }).map((n) => `update parte set calidad = 'VICTIMA', fec_mod = $t where id = ${n}`),
    fc.integer({ min: 1, max: 90 }).map((n) => `update parte set calidad = 'IMPUTADO', fec_mod = $t where id = ${n}`),
    fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }))
      .map(([c, p]) => `insert into parte (num, id_persona, calidad, fec_mod) values ('E-${c}', ${p}, 'TESTIGO', $t)`),
    fc
      .integer({ min: 1, max: 30 })
      .map((n) => `delete from parte where num = 'E-${n}'; update expediente set fec_mod = $t where num = 'E-${n}'`),
    fc
      .integer({ min: 100, max: 999 })
      .map(
        (n) =>
          `insert into expediente values ('E-${n}', '2026-02-01', 'AC', $t) on conflict do nothing; insert into delito values ('E-${n}', 'Hurto')`,
      ),
  )

  describe('an incremental sync', () => {
    it('leaves what a full one does, after any changes that the old application marked', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(CHANGE, { minLength: 1, maxLength: 8 }), async (changes) => {
          await empty(country.db)
          await old.run(`drop table if exists persona, expediente, delito, parte; ${OLD_TABLES}`)
          await syncFiles(country.target, files)
          await old.run(
            changes.map((each, n) => each.replaceAll('$t', `timestamp '2026-03-01' + interval '${n} hours'`)).join(';'),
          )
          const incremental = await syncFiles(country.target, files, { since: 'LAST' })
          expect(incremental.isIncremental).toBe(true)
          const rows = await readRows(country.db)
          await syncFiles(country.target, files)
          expect(rows).toEqual(await readRows(country.db))
        }),
        { numRuns: RUNS },
      )
    })

    it('reads few rows, and says what it cannot know', async () => {
      await syncFiles(country.target, files)
      await old.run(
        "update persona set nombre = 'Otra', fec_mod = '2026-05-01' where id_persona = 3; delete from parte where num = 'E-9'; delete from delito where num = 'E-9'; delete from expediente where num = 'E-9'",
      )
      const result = await syncFiles(country.target, files, { since: { time: '2026-04-01' } })
      expect(result.kinds.find(({ kind }) => kind === 'persons')).toMatchObject({ read: 1, refused: 0 })
      expect(result.kinds.find(({ kind }) => kind === 'persons.names')).toMatchObject({ changed: 1 })
      expect(result.blind).toContain('cases')
      expect(await country.db.query("select from cases.case_file where id = 'NI:E-9'")).toHaveLength(1)
      await syncFiles(country.target, files)
      expect(await country.db.query("select from cases.case_file where id = 'NI:E-9'")).toHaveLength(0)
    })

    it('is refused before a full one, and after the mapping changed', async () => {
      await expect(syncFiles(country.target, files, { since: 'LAST' })).rejects.toThrow(/expected a full run before/)
      await syncFiles(country.target, files)
      const changed = await createOldFiles(serverMapping(old.url).replace('value: OJ', 'value: CSJ'))
      await expect(syncFiles(country.target, changed, { since: 'LAST' })).rejects.toThrow(/it has changed since/)
      await changed.remove()
    })
  })

  describe('a PostgreSQL source', () => {
    it('gives the letters of a LATIN1 database, and one moment for all its tables', async () => {
      const source = await openPostgresql(old.url)
      try {
        const rows = async () => {
          const found: PlacedRow[] = []
          for await (const batch of source.read({ from: 'PERSONA' })) found.push(...batch.rows)
          return found
        }
        expect((await rows())[0]?.row).toEqual({
          id_persona: '1',
          nombre: 'Peña Núñez 1',
          fec_nac: '1970-01-02',
          fec_mod: '2026-01-01 00:00:00',
        })
        await old.run('delete from persona')
        expect(await rows()).toHaveLength(40)
        expect(await source.count({ from: 'persona' })).toBe(40)
        const tables = await source.listTables()
        expect(tables.map(({ name }) => name)).toEqual(['delito', 'expediente', 'parte', 'persona'])
        expect(tables[3]?.keys).toEqual([{ kind: 'PRIMARY', columns: ['id_persona'] }])
        expect(tables[3]?.columns[2]).toEqual({ name: 'fec_nac', type: 'date', kind: 'date', isNullable: true })
      } finally {
        await source.close()
      }
    })

    it.each([
      ['a table that is gone', 'from: persona', 'from: personas', /expected the table personas; .* It has persona/],
      [
        'a column that is gone',
        'birthDate: fec_nac',
        'birthDate: fecha',
        /persons: expected the column fecha; the source has id_persona/,
      ],
      [
        'a select that is wrong',
        'from: delito',
        'from: "select * fro delito"',
        /the select is not SQL as this database reads it/,
      ],
      ['two columns of one name', 'from: persona', 'from: "select *, nombre from persona"', /came nombre twice/],
    ])('%s', async (_name, before, after, message) => {
      const wrong = await createOldFiles(serverMapping(old.url).replace(before, after))
      await expect(syncFiles(country.target, wrong)).rejects.toThrow(message)
      await wrong.remove()
    })

    it.each([
      [
        'several statements',
        'select 1 as n) x; commit; do $$ begin delete from persona; end $$; begin; select * from (select 1 as n',
        /multiple commands/,
      ],
      ['a deletion', 'with gone as (delete from persona returning *) select * from gone', /must be at the top level/],
      [
        'a sequence that it moves',
        "select setval('parte_id_seq', 99) as n",
        /25006.*nothing is ever written to the source/,
      ],
      [
        'a transaction that it opens',
        "select set_config('transaction_read_only', 'off', false) as n",
        /read-write mode/,
      ],
    ])('writes nothing for a select with %s', async (_name, from, message) => {
      const source = await openPostgresql(old.url)
      const read = async () => {
        await source.listColumns(from)
        for await (const { rows } of source.read({ from })) expect(rows).toBeDefined()
      }
      await expect(read()).rejects.toThrow(message)
      await source.close()
      const after = await openPostgresql(old.url)
      expect(await after.count({ from: 'persona' })).toBe(40)
      for await (const { rows } of after.read({ from: 'parte_id_seq' })) expect(rows[0]?.row.last_value).toBe('90')
      await after.close()
    })

    it('names the grant that is missing', async () => {
      await old.run(
        `do $$ begin create role istmo_test_nobody login; exception when duplicate_object then null; end $$;
         grant select on persona, expediente, delito to istmo_test_nobody`,
      )
      const url = new URL(old.url)
      url.username = 'istmo_test_nobody'
      const wrong = await createOldFiles(serverMapping(url.href))
      await expect(syncFiles(country.target, wrong)).rejects.toThrow(
        /expected the table parte|grant select on TABLE to USER/,
      )
      await wrong.remove()
      await old.run('revoke all on all tables in schema public from istmo_test_nobody')
    })

    it('changes nothing if the connection breaks midway', async () => {
      await syncFiles(country.target, files)
      const rows = await readRows(country.db)
      await old.run("update persona set nombre = 'Otra'")
      // The server ends the connection while it reads the fiftieth row.
      const query = 'select parte.*, pg_terminate_backend(case when id = 50 then pg_backend_pid() end) from parte'
      const broken = await createOldFiles(serverMapping(old.url).replace('from: parte', `from: "${query}"`))
      const run = syncFiles(country.target, broken)
      await expect(run).rejects.toThrow(/expected to (read|count) .*(57P01|ECONNRESET|terminated|closed)/i)
      expect(await readRows(country.db)).toEqual(rows)
      await broken.remove()
    })
  })

  it('lets searches see the old rows at once while it loads the first names', async () => {
    const { db, url } = country
    await db.execute(
      `create schema istmo_sync; create table istmo_sync.many as select 'NI:' || n as id from generate_series(1, 10000) n`,
    )
    const loader = await openDatabase({ url })
    try {
      const names = { name: 'persons.names', table: 'persons.person_name', stage: 'istmo_sync.many' } as const
      await dropIndexes(country.target, [names])
      await country.target.transaction(async (within) => {
        await within.execute(
          `insert into persons.person (id, agency, handling, recorded_at, synthetic) select id, 'OJ', '{H1}', now(), true from istmo_sync.many;
           insert into persons.person_name (person_id, ordinal, category, full_name) select id, 1, 'LEGAL', 'Ana Paz' from istmo_sync.many`,
        )
        const search = () =>
          loader.query("set lock_timeout = '2s'").then(() => loader.query('select * from persons.person_name'))
        expect(await search()).toEqual([])
        await buildDroppedIndexes(within)
        expect(await search()).toEqual([])
      })
      expect(await loader.query('select count(*)::int as n from persons.person_name')).toEqual([{ n: 10_000 }])
    } finally {
      await loader.close()
      await db.execute('drop schema istmo_sync cascade')
    }
  })

  it('lets no restore begin while a sync runs', async () => {
    const copy = join(files.path, 'rows')
    const rows = await copyRows(country.db, copy, () => undefined)
    const { db, url = '', close } = await openEmptyDatabase('country')
    const migrations = await loadDomains(DOMAINS)
    const options = { folder: copy, rows, id: 'x'.repeat(22), migrations, onRows: () => undefined }
    const running = await openServerTarget(url, 'NI')
    await expect(loadRows(db, options)).rejects.toThrow(/istmo sync fills this database now/)
    await running.close()
    await loadRows(db, options)
    expect(await db.query("select value from istmo.setting where name = 'country'")).toEqual([{ value: 'NI' }])
    await close()
  })

  it('lets only one sync of a database run, and names the one that does', async () => {
    const { url } = country
    if (url === undefined) throw new Error('expected a database on a server')
    await expect(openServerTarget(url, 'OTRO')).rejects.toThrow(/«istmo sync NI .*» is running since \d{4}-/)
  })

  it('takes over from a run that was ended, and says so', async () => {
    await country.db.execute('create schema istmo_sync; create table istmo_sync.rest ()')
    expect((await syncFiles(country.target, files)).tookOver).toBe(true)
    expect((await syncFiles(country.target, files)).tookOver).toBe(false)
  })

  it('writes down nothing of a password', async () => {
    const url = new URL(old.url)
    url.password = 'geheim'
    await writeFile(files.mapping, serverMapping(url.href))
    const { source, entry } = await syncFiles(country.target, files)
    expect(JSON.stringify([source, entry])).not.toContain('geheim')
    await writeFile(files.mapping, serverMapping(old.url))
  })
}

import { appendFile, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { bindCountry, type MigrationFolder, migrate } from './migrate.ts'
import { openEmptyDatabase } from './testing.ts'

describe('migrations', () => {
  let folder: string
  let things: MigrationFolder
  let database: Awaited<ReturnType<typeof openEmptyDatabase>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-migrate-'))
    things = { domain: 'things', migrations: pathToFileURL(`${folder}/`) }
    await writeFile(
      join(folder, '001-things.sql'),
      'create schema things; create table things.thing (id int primary key);',
    )
    await writeFile(join(folder, '002-more.sql'), 'insert into things.thing values (1);')
    database = await openEmptyDatabase()
  })
  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })

  it('run once each, in order, even if two processes run them at the same time', async () => {
    // On a server the two runners have a pool each. In process they share one connection in turns.
    const other = database.url === undefined ? database.db : await openDatabase({ url: database.url })
    const runs = await Promise.all([migrate(database.db, [things]), migrate(other, [things])])
    if (other !== database.db) await other.close()
    const kit = await readdir(new URL('migrations/', import.meta.url))
    const all = [...kit.map((name) => `kit/${name}`), 'things/001-things.sql', 'things/002-more.sql']
    expect(all).toContain('kit/001-reference.sql')
    expect(runs.flat().sort()).toEqual(all.sort())
    expect(await database.db.query('select id from things.thing')).toEqual([{ id: 1 }])
  })

  it('do nothing the second time', async () => {
    expect(await migrate(database.db, [things])).toEqual([])
  })

  it('run only the later file, and leave no trace of a file that fails', async () => {
    const later = join(folder, '003-later.sql')
    await writeFile(later, 'insert into things.thing values (2); insert into things.thing values (1);')
    await expect(migrate(database.db, [things])).rejects.toThrow(
      /^The migration things\/003-later.sql failed, and changed nothing: «.*duplicate key.*Restore\)/,
    )
    expect(await database.db.query('select id from things.thing')).toEqual([{ id: 1 }])
    await writeFile(later, 'insert into things.thing values (2);')
    expect(await migrate(database.db, [things])).toEqual(['things/003-later.sql'])
  })

  it('reject a database that takes no writes, such as a standby', async () => {
    const refused = Object.assign(new Error('cannot execute CREATE SCHEMA in a read-only transaction'), {
      code: '25006',
    })
    const standby = { ...database.db, transaction: () => Promise.reject(refused) }
    await expect(migrate(standby, [things])).rejects.toThrow(/^Expected a database that takes writes; came «.*standby/)
  })

  it('reject a file that was altered after it had run', async () => {
    const [file, kept] = [join(folder, '001-things.sql'), join(folder, 'kept')]
    await copyFile(file, kept)
    await appendFile(file, '-- a comment is enough')
    await expect(migrate(database.db, [things])).rejects.toThrow('things/001-things.sql was altered')
    await copyFile(kept, file)
    await expect(migrate(database.db, [things])).resolves.toEqual([])
  })

  it('reject a database that has run a migration which this version does not have', async () => {
    await rm(join(folder, '003-later.sql'))
    await expect(migrate(database.db, [things])).rejects.toThrow(
      'things/003-later.sql, which this version does not have',
    )
  })

  it('reject a database of another country', async () => {
    await bindCountry(database.db, 'GT')
    await bindCountry(database.db, 'GT')
    await expect(bindCountry(database.db, 'HN')).rejects.toThrow(
      'Expected a database of HN; this one holds the records of GT',
    )
  })

  it('fold names alike, whatever their letters', async () => {
    const folded = await database.db.query(`select istmo.fold(name) as folded from (values
      ('  Núñez-Ordóñez,  JOSÉ '), ('O''Higgins'), ('Øster Łódź'), ('Straße'), ('Иван Грозный'), ('Peña 2º')) as n(name)`)
    expect(folded.map((row) => (row as { folded: string }).folded)).toEqual([
      'nunez ordonez jose',
      'o higgins',
      'oster lodz',
      'strase',
      'иван грозныи',
      'pena 2o',
    ])
  })
})

describe('a database', () => {
  let database: Awaited<ReturnType<typeof openEmptyDatabase>>
  beforeAll(async () => {
    database = await openEmptyDatabase()
  })
  afterAll(() => database.close())

  it('returns dates and timestamps as text, and big integers as numbers', async () => {
    const [row] = await database.db.query(
      `select date '0044-03-15' as day, null::date as none, '2026-03-14 09:26:53.589+05:30'::timestamptz as moment,
              9007199254740991::bigint as big, array[date '2024-02-29'] as days, array['a', 'b'] as texts`,
    )
    expect(row).toEqual({
      day: '0044-03-15',
      none: null,
      moment: '2026-03-14T03:56:53.589Z',
      big: 9007199254740991,
      days: ['2024-02-29'],
      texts: ['a', 'b'],
    })
  })

  it('rolls a transaction back if its work throws, and remains usable', async () => {
    const { db } = database
    await db.execute('create table kept (id int)')
    const work = db.transaction(async (tx) => {
      await tx.query('insert into kept values ($1)', [1])
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    await Promise.all([1, 2, 3].map((id) => db.transaction((tx) => tx.query('insert into kept values ($1)', [id]))))
    expect(await db.query('select count(*) from kept')).toEqual([{ count: 3 }])
  })

  it('in a folder is open in only one process at a time, and keeps its rows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'istmo-pglite-'))
    try {
      const data = join(folder, 'GT')
      const first = await openDatabase({ folder: data })
      await first.execute('create table kept as select 1 as id')
      await expect(openDatabase({ folder: data })).rejects.toThrow(`open for writing in this process (${process.pid})`)
      await first.close()
      // Older releases wrote their process id to a file. After a kill it may be the id of a process that has nothing to do with it.
      for (const id of [999_999_999, process.pid, process.ppid]) {
        await writeFile(`${data}.pid`, String(id))
        const next = await openDatabase({ folder: data })
        expect(await next.query('select id from kept')).toEqual([{ id: 1 }])
        await next.close()
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('a server that cannot be used', () => {
  it('is named, with the setting, the reason and what to do, and without its password', async () => {
    await expect(openDatabase({ url: 'postgres://istmo:secret@127.0.0.1:1/istmo_ni' })).rejects.toThrow(
      '--database-url (DATABASE_URL): postgres://127.0.0.1:1/istmo_ni: expected to connect; came «connect ECONNREFUSED 127.0.0.1:1» (ECONNREFUSED): nothing listens there.',
    )
  })

  it('is named if the folder of its socket is wrong', async () => {
    await expect(openDatabase({ url: 'postgres:///istmo_ni?host=/no/such/folder&user=istmo' })).rejects.toThrow(
      /^--database-url \(DATABASE_URL\): postgres:\/\/\/istmo_ni\?host=\/no\/such\/folder: expected to connect; .*\(ENOENT\): no server has its socket there/,
    )
  })

  it('says who must own the database, if the user may make no tables', async () => {
    const denied = Object.assign(new Error('permission denied for database istmo_ni'), { code: '42501' })
    const db = { transaction: () => Promise.reject(denied) } as never
    await expect(migrate(db, [])).rejects.toThrow(
      'came «permission denied for database istmo_ni». Make the user its owner: alter database NAME owner to USER',
    )
  })
})

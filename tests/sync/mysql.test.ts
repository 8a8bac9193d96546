import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMysql } from '../../joining/sources/mysql.ts'
import type { PlacedRow, Source } from '../../joining/sources/source.ts'
import { changeMysql } from '../../joining/sources/testing.ts'
import { createOldFiles, empty, openCountryTarget, syncFiles } from './world.ts'

/**
 * MySQL and MariaDB as sources. With a server at `ISTMO_TEST_MYSQL_URL` (a database in which tables can be made), all of it is tried; CI has none,
 * so it tries there only what needs no server.
 */
const SERVER = process.env.ISTMO_TEST_MYSQL_URL

it('says what is wrong with an address at which nothing listens, without its password', async () => {
  const opened = openMysql('mysql://reader:geheim@127.0.0.1:1/sisej')
  await expect(opened).rejects.toThrow(
    /^mysql:\/\/127\.0\.0\.1:1\/sisej: expected to connect; .*ECONNREFUSED.*Is the server running/,
  )
  await expect(opened).rejects.not.toThrow(/geheim/)
})

if (SERVER !== undefined) {
  const TABLES = [
    'drop table if exists parte, expediente, persona',
    'create table persona (id int primary key, nombre varchar(80) character set latin1, nac date, activo tinyint(1), foto blob, bandera bit(1), notas text)',
    'create table expediente (num varchar(20) primary key, estado char(2), creado datetime(3), monto decimal(12,2), fec_mod timestamp not null default current_timestamp)',
    'create table parte (num varchar(20), persona int, calidad varchar(20), foreign key (num) references expediente (num))',
    "insert into persona values (1, 'José Núñez', '1970-02-03', 1, x'00ff', b'1', 'ñandú'), (2, 'Ana', null, 0, null, null, null)",
    "insert into expediente values ('E-1', 'TR', '2020-01-02 03:04:05.678', 1234.50, '2026-01-01 00:00:00')",
    "insert into parte values ('E-1', 1, 'IMPUTADO'), ('E-1', 2, 'VICTIMA')",
  ]
  const change = (statements: readonly string[]) => changeMysql(SERVER, statements)
  const rowsOf = async (source: Source, from: string) => {
    const rows: PlacedRow[] = []
    for await (const batch of source.read({ from })) rows.push(...batch.rows)
    return rows.map(({ row }) => row)
  }
  beforeAll(() => change(TABLES))
  afterAll(() => change(TABLES.slice(0, 1)))

  describe('a MySQL or MariaDB source', () => {
    it('shows nothing for the date that stands for no date', async () => {
      await change([
        "set sql_mode = ''",
        'create table if not exists cero (dia date not null, hora datetime not null, texto varchar(10))',
        "insert into cero values ('0000-00-00', '0000-00-00 00:00:00', '0000-00-00'), ('1975-00-00', '2020-01-02', '')",
      ])
      const source = await openMysql(SERVER)
      try {
        expect(await rowsOf(source, 'cero')).toEqual([
          { dia: null, hora: null, texto: '0000-00-00' },
          // A day that is known by half is not a day, and is refused.
          { dia: '1975-00-00', hora: '2020-01-02 00:00:00', texto: '' },
        ])
      } finally {
        await source.close()
        await change(['drop table cero'])
      }
    })

    it('shows each value as a text, and all tables at one moment', async () => {
      const source = await openMysql(SERVER)
      try {
        expect(await rowsOf(source, 'persona')).toEqual([
          { id: '1', nombre: 'José Núñez', nac: '1970-02-03', activo: '1', foto: '00ff', bandera: '1', notas: 'ñandú' },
          { id: '2', nombre: 'Ana', nac: null, activo: '0', foto: null, bandera: null, notas: null },
        ])
        await change(["insert into persona (id, nombre) values (3, 'Otra')"])
        expect(await rowsOf(source, 'select * from persona')).toHaveLength(2)
        expect(await rowsOf(source, 'expediente')).toEqual([
          {
            num: 'E-1',
            estado: 'TR',
            creado: '2020-01-02 03:04:05.678',
            monto: '1234.50',
            fec_mod: '2026-01-01 00:00:00+00',
          },
        ])
        expect(await source.count({ from: 'persona' })).toBe(2)
      } finally {
        await source.close()
      }
    })

    it('lists tables, columns and keys', async () => {
      const source = await openMysql(SERVER)
      const tables = await source.listTables()
      expect(tables.map(({ name }) => name)).toEqual(['expediente', 'parte', 'persona'])
      expect(tables[1]?.keys).toContainEqual({
        ...{ kind: 'FOREIGN', columns: ['num'], references: { table: 'expediente', columns: ['num'] } },
      })
      expect(tables[2]?.columns[3]).toEqual({ name: 'activo', type: 'tinyint(1)', kind: 'boolean', isNullable: true })
      const columns = await source.listColumns('select num, monto from expediente')
      expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
        ['num', 'text'],
        ['monto', 'number'],
      ])
      await source.close()
    })

    it('fills a country, and takes over what changed', async () => {
      const country = await openCountryTarget()
      const files = await createOldFiles(`
country: NI
source: { sql: "${SERVER}" }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"], recordedAt: { value: "2026-01-01T00:00:00Z" } }
cases:
  from: expediente
  since: fec_mod
  id: num
  status: { column: estado, values: { TR: OPEN, FE: ADJUDICATED } }
  participants:
    from: parte
    case: num
    person: persona
    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM } }
persons:
  from: persona
  id: id
  birthDate: nac
  names: { full: nombre }
`)
      try {
        await empty(country.db)
        await syncFiles(country.target, files)
        await change([
          "update expediente set estado = 'FE', fec_mod = '2026-02-01' where num = 'E-1'",
          'delete from parte where persona = 1',
        ])
        const result = await syncFiles(country.target, files, { since: 'LAST' })
        expect(result.kinds.find(({ kind }) => kind === 'cases.participants')).toMatchObject({ read: 1, deleted: 1 })
        expect(await country.db.query('select id, protected from persons.person order by id')).toEqual([
          { id: 'NI:1', protected: false },
          { id: 'NI:2', protected: true },
          { id: 'NI:3', protected: false },
        ])
        expect(await country.db.query('select status from cases.case_file')).toEqual([{ status: 'ADJUDICATED' }])
      } finally {
        await country.close()
        await files.remove()
      }
    })

    it.each([
      ['nothing of that name', 'personas', /there is no such table or view/],
      ['a wrong select', 'select * fro persona', /the select is not SQL/],
      ['a column that is gone', 'select apellido from persona', /there is no such column/],
    ])('names %s', async (_name, from, message) => {
      const source = await openMysql(SERVER)
      await expect(rowsOf(source, from)).rejects.toThrow(message)
      await source.close()
    })

    it('names a wrong password', async () => {
      const url = new URL(SERVER)
      url.password = 'falsch'
      await expect(openMysql(url.href)).rejects.toThrow(/the user or the password is wrong/)
    })
  })
}

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestDatabase } from '../../subgraphs/kit/testing.ts'
import { SILENT } from '../importers/run-import.ts'
import { openCountryDatabase } from '../importers/testing.ts'
import { loadCountry } from './generate-country.ts'
import { createSettings, type GeneratorSettings } from './settings.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await openCountryDatabase('HN')
})
afterAll(() => database.close())

const load = (given: Partial<GeneratorSettings> = {}) =>
  loadCountry({
    db: database.db,
    settings: createSettings({ country: 'HN', persons: 80, cases: 120, ...given }),
    progress: SILENT,
  })

async function count(from: string): Promise<number> {
  const [row] = await database.db.query<{ n: number }>(`select count(*) as n from ${from}`)
  return row?.n ?? -1
}

it('loads all records into the database, and does nothing the second time with the same settings', async () => {
  const first = await load()
  expect(first.loaded).toBe(true)
  expect(await count('persons.person where synthetic')).toBe(80)
  expect(await count('cases.case_file where synthetic')).toBe(120)
  expect(await count('legal.mla_request where synthetic')).toBe(18)
  expect(await load()).toEqual({ loaded: false, rows: 0 })
})

it('replaces the records of other settings, and does not change real records', async () => {
  await database.db.query(
    `insert into cases.case_file (id, agency, handling, recorded_at, synthetic) values ('HN:REAL-1', 'a', '{}', now(), false)`,
  )
  await database.db.query(`insert into legal.statute (id, body) values ('HN:REAL:1', 'real')`)
  expect((await load({ persons: 40, cases: 30 })).loaded).toBe(true)
  expect(await count('persons.person')).toBe(40)
  expect(await count('cases.case_file where synthetic')).toBe(30)
  expect(await count(`cases.case_file where id = 'HN:REAL-1'`)).toBe(1)
  expect(await count(`legal.statute where id = 'HN:REAL:1'`)).toBe(1)
  expect((await load({ persons: 40, cases: 30, seed: 1 })).loaded).toBe(true)
  expect(await count('persons.person')).toBe(40)
})

it('replaces the records and the law that an older version of the generator made', async () => {
  await load({ persons: 12, cases: 12 })
  await database.db.execute(`
    update istmo.setting set value = '{"version":2,"country":"HN","countries":["GT","HN","SV"],"seed":2026,"persons":12,"cases":12}'
      where name = 'generator';
    insert into legal.statute (id, body) values
      ('HN:CP:225', 'Artículo inventado para demostración: no es la ley de Honduras. Pena de prisión de hasta 468 meses.')`)
  expect((await load({ persons: 12, cases: 12 })).loaded).toBe(true)
  expect(await count(`legal.statute where id = 'HN:CP:225'`)).toBe(0)
  expect(await count(`legal.statute where id = 'HN:CP:192'`)).toBe(1)
  expect(await count(`legal.statute where id = 'HN:REAL:1'`)).toBe(1)
})

it('reports its progress in rows written', async () => {
  const said: number[] = []
  const { rows } = await loadCountry({
    db: database.db,
    settings: createSettings({ country: 'HN', persons: 10, cases: 10 }),
    progress: { report: (_, done) => said.push(done), clear: () => said.push(-1) },
  })
  expect(said.slice(-2)).toEqual([rows, -1])
})

it('does not change the database when it fails half way', async () => {
  const before = await count('persons.person')
  const failing = loadCountry({
    db: database.db,
    settings: createSettings({ country: 'HN', persons: 20, cases: 20 }),
    progress: {
      report: (_, done) => {
        if (done > 100) throw new Error('stopped')
      },
      clear: () => undefined,
    },
  })
  await expect(failing).rejects.toThrow('stopped')
  expect(await count('persons.person')).toBe(before)
})

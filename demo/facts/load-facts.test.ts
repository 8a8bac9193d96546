import { afterAll, beforeAll, expect, it } from 'vitest'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import type { TestDatabase } from '../../subgraphs/kit/testing.ts'
import { importIccs } from '../importers/importers.ts'
import { SILENT } from '../importers/run-import.ts'
import { createScratch, openCountryDatabase, type Scratch } from '../importers/testing.ts'
import { ICCS_FACTS, INSTRUMENTS, PARTICIPATIONS, STATE_CODES } from './facts.ts'
import { loadFacts } from './load-facts.ts'

let database: TestDatabase
let scratch: Scratch

beforeAll(async () => {
  ;[database, scratch] = await Promise.all([openCountryDatabase('UN'), createScratch()])
})
afterAll(async () => {
  await Promise.all([database.close(), scratch.remove()])
})

it('loads the codes for a country, the treaties too for the depositary, and nothing the second time', async () => {
  expect(await loadFacts(database.db, 'GT')).toBe(ICCS_FACTS.length)
  expect(await loadFacts(database.db, 'UN')).toBe(INSTRUMENTS.length + PARTICIPATIONS.length + STATE_CODES.length)
  expect(await loadFacts(database.db, 'UN')).toBe(0)
})

it('says that the treaties are complete for the states that the facts name, and for no other', async () => {
  const keys = await database.db.query<{ key: string }>(
    `select key from legal.coverage where subject = 'PARTICIPATIONS' order by key`,
  )
  expect(keys.map(({ key }) => key)).toEqual(['BZ', 'CR', 'DO', 'GT', 'HN', 'MX', 'NI', 'PA', 'SV'])
})

it('knows when the Convention against Transnational Organized Crime bound GT, HN and SV', async () => {
  const sql = `select country, signed_on, bound_on, action from legal.participation
    where instrument_id = 'UN:XVIII-12' and country in ('GT', 'HN', 'SV') order by country`
  expect(await database.db.query(sql)).toEqual([
    { country: 'GT', signed_on: '2000-12-12', bound_on: '2003-09-25', action: 'RATIFICATION' },
    { country: 'HN', signed_on: '2000-12-14', bound_on: '2003-12-02', action: 'RATIFICATION' },
    { country: 'SV', signed_on: '2000-12-14', bound_on: '2004-03-18', action: 'RATIFICATION' },
  ])
})

it('loads nothing once a publisher’s file was imported', async () => {
  const path = await scratch.write('codes.csv', 'code,level,parent,title_en,title_es\n01,1,,Title,Título\n')
  await importIccs({ db: database.db, source: path, progress: SILENT, country: 'UN' })
  expect(await loadFacts(database.db, 'UN')).toBe(0)
  expect(await database.db.query('select code, title_en from reference.iccs_code')).toEqual([
    { code: '01', title_en: 'Title' },
  ])
})

it('has each code once, together with its parents', () => {
  const codes = ICCS_FACTS.map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  for (const code of codes) {
    const parent = iccsParent(code)
    expect(parent === null ? iccsLevel(code) === 1 : codes.includes(parent)).toBe(true)
  }
})

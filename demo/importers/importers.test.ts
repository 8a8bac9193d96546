import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestDatabase } from '../../subgraphs/kit/testing.ts'
import { ICCS_FACTS, PARTICIPATIONS } from '../facts/facts.ts'
import { loadFacts } from '../facts/load-facts.ts'
import {
  importConvention,
  importFolder,
  importIccs,
  importPanamaHomicides,
  importTreaties,
  PARTICIPATION_FILE,
  UNCAC,
  UNTOC,
} from './importers.ts'
import { SILENT } from './run-import.ts'
import { createScratch, HAS_PUBLISHED_FILES, openCountryDatabase, publishedFile, type Scratch } from './testing.ts'

let database: TestDatabase
let scratch: Scratch

beforeAll(async () => {
  ;[database, scratch] = await Promise.all([openCountryDatabase('PA'), createScratch()])
})
afterAll(async () => {
  await Promise.all([database.close(), scratch.remove()])
})

const options = (source: string) => ({ db: database.db, source, progress: SILENT, country: 'PA' })

async function count(from: string): Promise<number> {
  const [row] = await database.db.query<{ n: number }>(`select count(*) as n from ${from}`)
  return row?.n ?? -1
}

const HOMICIDES = 'tipo_crimen,año,mes,provincia,sexo,rango_de_edad,tipo_de_arma_utilizada\n'
const homicide = (fields: string): string => `${fields},Masculino,30-34,Arma de Fuego\n`

describe('small files', () => {
  it('rejects lines one by one, with their number and the reason, and imports the rest', async () => {
    const path = await scratch.write(
      'homicides.csv',
      HOMICIDES +
        homicide('Homicidio,2019,Febrero,Coclé') +
        'Homicidio,2019,Enero\n' +
        homicide('Hurto,2019,Enero,Coclé') +
        homicide('Homicidio,19,Enero,Coclé') +
        homicide('Homicidio,2019,Brumario,Coclé') +
        homicide('Femicidio,2019,Enero,Atlantis') +
        homicide('Homicidio,2019,"Ene"ro",Coclé') +
        homicide('Femicidio,2019,Diciembre,Comarca Ngäbe-Buglé'),
    )
    const report = await importPanamaHomicides(options(path))
    expect(report).toMatchObject({ taken: 2, rejected: 6, inserted: 4, updated: 0, removed: 0 })
    expect(report.rejections.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8])
    expect(report.rejections.map(({ reason }) => reason)).toEqual([
      'expected 7 fields, as in the first line; came 3',
      expect.stringContaining('tipo_crimen «Hurto»: expected one of'),
      expect.stringContaining('año «19»: expected a text that matches'),
      expect.stringContaining('mes | año «Brumario | 2019»: expected a day that exists, as MMMM YYYY'),
      expect.stringContaining('provincia «Atlantis»: expected one of'),
      'expected a separator behind a closing quote; came something else',
    ])
    // The numbers of the rejected rows of 2019 stay free. The line that is not CSV has no year, so it takes no number.
    expect(
      await database.db.query('select id, subdivision, filed_on, category, synthetic from cases.case_file'),
    ).toEqual([
      { id: 'PA:H2019-1', subdivision: 'PA-2', filed_on: null, category: null, synthetic: false },
      { id: 'PA:H2019-5', subdivision: 'PA-NB', filed_on: null, category: null, synthetic: false },
    ])
    const offences = `select iccs, national_label, committed_from, committed_to from cases.offence order by case_id`
    expect(await database.db.query(offences)).toEqual([
      { iccs: '0101', national_label: 'Homicidio', committed_from: '2019-02-01', committed_to: '2019-02-28' },
      { iccs: '0101', national_label: 'Femicidio', committed_from: '2019-12-01', committed_to: '2019-12-31' },
    ])
  })

  it('follows a file that changed: changes the rows that differ, removes those that are gone, and keeps the rest', async () => {
    const before = HOMICIDES + homicide('Homicidio,2018,Enero,Colón').repeat(3)
    await importPanamaHomicides(options(await scratch.write('before.csv', before)))
    const stamps = 'select id, recorded_at from cases.case_file where id = $1'
    const kept = await database.db.query(stamps, ['PA:H2018-1'])
    const after = HOMICIDES + homicide('Homicidio,2018,Enero,Colón') + homicide('Homicidio,2018,Mayo,Darién')
    const report = await importPanamaHomicides(options(await scratch.write('after.csv', after)))
    expect(report).toMatchObject({ taken: 2, rejected: 0, inserted: 0, updated: 2, removed: 1 })
    expect(await database.db.query(stamps, ['PA:H2018-1'])).toEqual(kept)
    const back = await importPanamaHomicides(options(await scratch.write('back.csv', before)))
    expect(back).toMatchObject({ alreadyTaken: false, inserted: 2, updated: 2, removed: 0 })
  })

  it('imports nothing from a file that breaks half way', async () => {
    const before = await count('cases.case_file')
    const good = homicide('Homicidio,2020,Enero,Colón').repeat(700)
    const path = await scratch.write(
      'broken.csv',
      Buffer.concat([Buffer.from(HOMICIDES + good), Buffer.from([0xe1, 0x0a])]),
    )
    await expect(importPanamaHomicides(options(path))).rejects.toThrow(/expected utf-8; line 702 has bytes/)
    expect(await count('cases.case_file')).toBe(before)
  })

  const wrong: readonly [string, string | Uint8Array, RegExp][] = [
    [
      'a missing column',
      'tipo_crimen,año,mes\nHomicidio,2019,Enero\n',
      /cases: expected the column provincia; the source has tipo_crimen, año, mes/,
    ],
    ['an empty file', '', /the file is empty/],
    ['Latin-1', Buffer.from(HOMICIDES, 'latin1'), /expected utf-8; line 1/],
    ['a quote that is never closed', `${HOMICIDES}"${'x'.repeat(200)}\n`, /expected CSV; Quote Not Closed/],
    ['a quote that swallows too much', `${HOMICIDES}"${'x\n'.repeat(600_000)}`, /expected CSV; Max Record Size/],
  ]
  it.each(wrong)('reports what is wrong with %s', async (name, content, message) => {
    const path = await scratch.write(`${name.replaceAll(' ', '-')}.csv`, content)
    await expect(importPanamaHomicides(options(path))).rejects.toThrow(message)
  })

  it('reports that there is no file', async () => {
    await expect(importIccs(options('/nowhere/iccs.csv'))).rejects.toThrow('expected a file; none can be read there')
  })

  it('lists the first rejections and counts the rest', async () => {
    const path = await scratch.write('many.csv', `code,level,parent,title_en,title_es\n${'xx,1,,a,b\n'.repeat(600)}`)
    const report = await importIccs(options(path))
    expect(report.rejected).toBe(600)
    expect(report.rejections).toHaveLength(20)
    expect(report.rejections[19]).toEqual({ line: 21, reason: 'expected a code of 2 digits at level 1; came «xx»' })
  })

  it('rejects codes without the form of a code, and a code that is in the file twice', async () => {
    const lines = [
      '01,1,,a,b',
      '0101,2,01,a,b',
      '0101,2,01,c,d',
      '0201,2,01,a,b',
      '012,3,01,a,b',
      '03,9,,a,b',
      '04,1,,a,',
    ]
    const path = await scratch.write('codes.csv', `code,level,parent,title_en,title_es\n${lines.join('\n')}\n`)
    const report = await importIccs(options(path))
    expect(report).toMatchObject({ taken: 2, rejected: 5 })
    expect(report.rejections[0]).toEqual({ line: 4, reason: '0101 is in the file twice; the first is imported' })
    const titles = 'select code, title_en from reference.iccs_code order by code'
    expect(await database.db.query(titles)).toEqual([
      { code: '01', title_en: 'a' },
      { code: '0101', title_en: 'a' },
    ])
  })

  it('reads acts of each kind, and rejects a participant that is not a state', async () => {
    const rows = [
      'Panama,13 Dec 2000,18 Aug 2004,',
      'Bahrain,,7 Jun 2004 a,a',
      'Finland,,1 Jun 2004 A,A',
      'France,,1 Jun 2004 AA,AA',
      'Serbia,,1 Jun 2004 d,d',
      'Algeria,,26 Feb 2003 | ,',
      'Chile,1 Feb 2001,,',
      'European Union,12 Dec 2000,21 May 2004 AA,AA',
      'Peru,30 Feb 2001,,',
      'Cuba,,1 Jun 2004 z,z',
    ]
    const treaty = 'XVIII-99,"Convention on Testing. New York, 15 November 2000"'
    const head = 'untc_ref,treaty,participant,signature,binding_act_raw,act_code\n'
    await scratch.write(PARTICIPATION_FILE, head + rows.map((row) => `${treaty},${row}\n`).join(''))
    const path = await scratch.write('index.csv', `untc_ref,treaty\n${treaty}\n`)
    const report = await importTreaties(options(path))
    expect(report.rejections.map(({ line }) => line)).toEqual([9, 10, 11])
    expect(report.rejections[0]?.reason).toMatch(/participant «European Union»: expected the name of a country/)
    expect(report.note).toContain('March 2015')
    expect(
      await database.db.query('select country, signed_on, bound_on, action from legal.participation order by country'),
    ).toEqual([
      { country: 'BH', signed_on: null, bound_on: '2004-06-07', action: 'ACCESSION' },
      { country: 'CL', signed_on: '2001-02-01', bound_on: null, action: null },
      { country: 'DZ', signed_on: null, bound_on: '2003-02-26', action: null },
      { country: 'FI', signed_on: null, bound_on: '2004-06-01', action: 'ACCEPTANCE' },
      { country: 'FR', signed_on: null, bound_on: '2004-06-01', action: 'APPROVAL' },
      { country: 'PA', signed_on: '2000-12-13', bound_on: '2004-08-18', action: 'RATIFICATION' },
      { country: 'RS', signed_on: null, bound_on: '2004-06-01', action: 'SUCCESSION' },
    ])
  })

  it('rejects an article without a heading, a text or a number, and a text with another title', async () => {
    const title = '####United Nations Convention against corruption\n'
    const article = (number: string, heading = '####H\n', text = 'T  t.\n') =>
      `### Article  ${number}  \n\n${heading}\n${text}\n`
    const text =
      `${title}Preamble.\n### CHAPTER  I\n####GENERAL\n` +
      `${article('1')}${article('2', '')}${article('3', '####H\n', '')}${article('x')}${article('1')}${article('4')}` +
      'IN WITNESS WHEREOF, signed.\n####Verdrag\n### Article 9\n####Niet\nNiet.\n'
    const path = await scratch.write('c.md', text)
    const report = await importConvention(UNCAC, options(path))
    expect(report).toMatchObject({ taken: 2, rejected: 4 })
    expect(report.rejections.map(({ reason }) => reason)).toEqual([
      'article 2 has no heading',
      'article 3 has no text',
      'expected an article’s number; came «x»',
      '1 is in the file twice; the first is imported',
    ])
    expect(await database.db.query('select number, heading, body from legal.article order by ordinal')).toEqual([
      { number: '1', heading: 'H', body: 'T t.' },
      { number: '4', heading: 'H', body: 'T t.' },
    ])
    await expect(importConvention(UNTOC, options(path))).rejects.toThrow('Transnational Organized Crime»; came «United')
  })
})

describe.runIf(HAS_PUBLISHED_FILES)('the publishers’ files', () => {
  const files: readonly [string, typeof importIccs, object][] = [
    ['iccs-v1.0-codes-en-es.csv', importIccs, { taken: 320, rejected: 0 }],
    ['un-treaty-index.csv', importTreaties, { taken: 13 + 2186, rejected: 6 }],
    ['untoc-2000-en.md', (given) => importConvention(UNTOC, given), { taken: 41, rejected: 0 }],
    ['uncac-2003-en.md', (given) => importConvention(UNCAC, given), { taken: 71, rejected: 0 }],
    ['pa-homicide-victims-2017-2024.csv', importPanamaHomicides, { taken: 4019, rejected: 0 }],
  ]
  it.each(files)('imports %s, and the second time changes nothing', async (name, run, counts) => {
    const path = publishedFile(name)
    expect(await run(options(path))).toMatchObject({ ...counts, alreadyTaken: false })
    const again = { ...counts, alreadyTaken: true, inserted: 0, updated: 0, removed: 0 }
    expect(await run(options(path))).toMatchObject(again)
  })

  it('says when the Convention against Transnational Organized Crime bound GT, HN and SV', async () => {
    const sql = `select country, bound_on from legal.participation
      where instrument_id = 'UN:XVIII-12' and country in ('GT', 'HN', 'SV') order by country`
    expect(await database.db.query(sql)).toEqual([
      { country: 'GT', bound_on: '2003-09-25' },
      { country: 'HN', bound_on: '2003-12-02' },
      { country: 'SV', bound_on: '2004-03-18' },
    ])
  })

  it('numbers the homicides within their year, and makes no person record for a victim', async () => {
    const sql = `select substring(id from 5 for 4) as year, count(*) as n, max(substring(id from 10)::int) as last
      from cases.case_file group by 1 order by 1`
    const years = await database.db.query<{ year: string; n: number; last: number }>(sql)
    expect(years.map(({ year }) => year)).toEqual(['2017', '2018', '2019', '2020', '2021', '2022', '2023', '2024'])
    for (const { n, last } of years) expect(last).toBe(n)
    expect(await count('persons.person')).toBe(0)
    expect(await count('cases.participant')).toBe(0)
    expect(await count('cases.case_file where synthetic or filed_on is not null')).toBe(0)
  })

  it('imports rows that agree with the project’s own facts, which add nothing to them', async () => {
    const dates = `select instrument_id, country, signed_on, bound_on, action from legal.participation`
    expect(await database.db.query(dates)).toEqual(expect.arrayContaining([...PARTICIPATIONS]))
    const codes = await database.db.query<{ code: string }>('select code from reference.iccs_code')
    const known = codes.map(({ code }) => code)
    expect(known).toEqual(expect.arrayContaining(ICCS_FACTS.map(({ code }) => code)))
    expect(await loadFacts(database.db, 'UN')).toBe(0)
  })

  it('imports the files that a folder has for a country, and leaves out those that it lacks', async () => {
    const path = publishedFile('un-treaty-index.csv')
    const folder = path.slice(0, path.lastIndexOf('/'))
    const reports = await importFolder(folder, { db: database.db, country: 'UN', progress: SILENT })
    expect(reports.map(({ importer, alreadyTaken }) => [importer, alreadyTaken])).toEqual([
      ['iccs', true],
      ['treaties', true],
      ['untoc', true],
      ['uncac', true],
    ])
  })
})

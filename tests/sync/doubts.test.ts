import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeSync } from '../../joining/sync/report.ts'
import { type CountryTarget, createOldFiles, type OldFiles, openCountryTarget, syncFiles } from './world.ts'

/** A real source has documents called SIN CEDULA, birth dates of 1900-01-01 and names read in a wrong encoding: sync takes them and says so. */

const NOW = Date.parse('2026-06-15T12:00:00Z')

const MAPPING = `
country: NI
source: { csv: { file: personas.csv, delimiter: ";" } }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"] }
persons:
  from: personas.csv
  id: persona
  birthDate: nacimiento
  protected: { value: false }
  names: { full: nombre }
  identifiers: { category: { value: NATIONAL_ID }, value: cedula }
`

let country: CountryTarget
let old: OldFiles
beforeAll(async () => {
  country = await openCountryTarget()
  old = await createOldFiles(MAPPING)
})
afterAll(async () => {
  await country.close()
  await old.remove()
})

it('protects who is under 18 by the birth date if the mapping does not say who is protected', async () => {
  await writeFile(old.mapping, MAPPING.replace(/ {2}protected: .*\n/, ''))
  const days = ['2008-06-15', '2008-06-16', '2026-06-15', '', '2099-01-01']
  await writeFile(
    join(old.path, 'personas.csv'),
    `persona;nombre;cedula;nacimiento\n${days.map((day, n) => `P${n};Ana;;${day}`).join('\n')}\n`,
  )
  const { doubts } = await syncFiles(country.target, old, { now: () => NOW })
  expect(doubts).toEqual([])
  const rows = await country.target.query<{ id: string }>('select id from persons.person where protected order by id')
  expect(rows.map(({ id }) => id)).toEqual(['NI:P1', 'NI:P2'])
  await writeFile(old.mapping, MAPPING)
})

it('says in a dry run and in a run how many rows have values that cannot be true, which ones, and what to do', async () => {
  const rows = [
    ...Array.from({ length: 30 }, (_, n) => `P${n};Ana Paz ${String.fromCharCode(97 + n)}uni;SIN CEDULA;1900-01-01`),
    ...Array.from(
      { length: 12 },
      (_, n) => `Q${n};Eva Gil ${String.fromCharCode(97 + n)}eni;123-456;1980-03-${10 + n}`,
    ),
    'R1;José MuÃ±oz;001-290280-0001A;1971-02-03',
    'R2;José Muñoz;001-290280-0002A;2010-02-03',
  ]
  await writeFile(join(old.path, 'personas.csv'), `persona;nombre;cedula;nacimiento\n${rows.join('\n')}\n`)
  expect(await readFile(old.mapping, 'utf8')).toContain('nacimiento')
  for (const isDryRun of [true, false]) {
    const result = await syncFiles(country.target, old, { isDryRun, now: () => NOW })
    expect(result.counts.total()).toBe(0)
    expect(result.doubts.map(({ id, place, rows: count, examples }) => [id, place, count, examples[0]])).toEqual([
      ['MINOR_NOT_PROTECTED', 'persons.person.protected', 1, 'NI:R2'],
      ['BIRTH_DATE_DOUBTFUL', 'persons.person.birth_date', 30, 'NI:P0'],
      ['TEXT_GARBLED', 'persons.person_name.full_name', 1, 'NI:R1 1'],
      ['IDENTIFIER_PLACEHOLDER', 'persons.identifier.value', 30, 'NI:P0 1'],
      ['IDENTIFIER_OF_MANY', 'persons.identifier.value', 12, 'NI:Q0 1'],
    ])
    const shown = { country: 'NI', dryRun: isDryRun, json: false, others: [] }
    const texts = (['en', 'es'] as const).map((lang) => describeSync(result, { ...shown, language: lang }))
    expect(texts[0]).toMatch(/WARNING: persons\.person\.protected: 1 rows are under 18 and not protected.*NI:R2/)
    expect(texts[1]).toMatch(/AVISO: persons\.identifier\.value: 30 filas no tienen ninguna cifra/)
    expect(texts.join()).not.toMatch(/Ana Paz|123-456/)
  }
})

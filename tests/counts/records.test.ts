import { describe, expect, it } from 'vitest'
import { generateCountry } from '../../demo/generator/generate-country.ts'
import { createSettings } from '../../demo/generator/settings.ts'
import { importPanamaHomicides } from '../../demo/importers/importers.ts'
import { SILENT } from '../../demo/importers/run-import.ts'
import { HAS_PUBLISHED_FILES, openCountryDatabase, publishedFile } from '../../demo/importers/testing.ts'
import { type CaseCounts, readTally, selectCounts, type TallyRow } from '../../subgraphs/cases/case-counts.ts'
import { allCells, attack } from './attacker.ts'

/** The attack of attack.test.ts on the demo's records, made up and real. */

const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
const THRESHOLD = 5

/** The tally of a country's made-up cases. */
function madeUpTally(country: string): TallyRow[] {
  const cases = new Map<string, { filedOn: string; codes: Set<string> }>()
  for (const { table, rows } of generateCountry(createSettings({ country }))) {
    for (const row of rows) {
      if (table.name === 'cases.case_file')
        cases.set(String(row.id), { filedOn: String(row.filed_on), codes: new Set() })
      if (table.name === 'cases.offence') cases.get(String(row.case_id))?.codes.add(String(row.iccs))
    }
  }
  return [...cases.values()].map(({ filedOn, codes }) => ({
    year: Number(filedOn.slice(0, 4)),
    month: Number(filedOn.slice(5, 7)),
    codes: [...codes],
    cases: 1,
  }))
}

async function expectSafe(tally: readonly TallyRow[], year: number, under: string): Promise<number> {
  const rows = tally.filter((row) => row.year === year)
  const codes = [...new Set(rows.flatMap((row) => row.codes))].filter((code) => code.startsWith(under))
  const knowledge = { year, codes, months: MONTHS, isOneCodeEach: false, under }
  const found = await attack(knowledge, (args): CaseCounts => selectCounts(rows, THRESHOLD, args))
  let withheld = 0
  for (const cell of allCells(knowledge)) {
    const cases = rows
      .filter(({ month }) => cell.month === null || month === cell.month)
      .filter((row) => row.codes.some((code) => (cell.isOwn ? code === cell.code : code.startsWith(cell.code))))
      .reduce((sum, row) => sum + row.cases, 0)
    const shown = found.shown(cell)
    expect(shown ?? cases, JSON.stringify(cell)).toBe(cases)
    if (shown !== undefined || cases === 0) continue
    withheld += 1
    const { least, greatest } = found.bounds(cell)
    const range = (greatest?.value ?? Number.POSITIVE_INFINITY) - (least?.value ?? 0)
    expect(range, `${JSON.stringify(cell)} has ${cases}`).toBeGreaterThanOrEqual(1)
  }
  return withheld
}

describe('the counts that a country of the demo withholds', () => {
  it.each(['GT', 'HN', 'SV'])('cannot be computed: %s', async (country) => {
    const tally = madeUpTally(country)
    const years = [...new Set(tally.map(({ year }) => year))].sort().slice(-2)
    const withheld: number[] = []
    for (const year of years) for (const section of ['01', '09']) withheld.push(await expectSafe(tally, year, section))
    expect(Math.max(...withheld)).toBeGreaterThan(0)
  })

  it.runIf(HAS_PUBLISHED_FILES)('cannot be computed from Panama’s homicides, whose months are all large', async () => {
    const database = await openCountryDatabase('PA')
    try {
      const source = publishedFile('pa-homicide-victims-2017-2024.csv')
      await importPanamaHomicides({ db: database.db, source, progress: SILENT, country: 'PA' })
      const tally = await readTally(database.db)
      expect(tally.reduce((sum, { cases }) => sum + cases, 0)).toBe(4_019)
      const { counts, withheld } = selectCounts(tally, THRESHOLD, { iccs: '0101', by: 'MONTH' })
      expect([counts.length, withheld]).toEqual([96, false])
      expect(await expectSafe(tally, 2024, '01')).toBe(0)
    } finally {
      await database.close()
    }
  })
})

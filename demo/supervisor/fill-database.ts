import { DOMAINS } from '../../contract/domain.ts'
import { bindCountry, migrate, migrationsOf } from '../../subgraphs/kit/migrate.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { describeMadeUp, type NotedImport } from '../audit-log/note-import.ts'
import { FROM_FILE_ONLY } from '../countries.ts'
import { loadFacts } from '../facts/load-facts.ts'
import { loadCountry } from '../generator/generate-country.ts'
import { createSettings, GENERATOR_DEFAULTS } from '../generator/settings.ts'
import { importFolder } from '../importers/importers.ts'
import { describeReport, type ImportReport, type Progress, summarizeReport } from '../importers/run-import.ts'
import type { Filled } from './fill.ts'
import type { StartOptions } from './options.ts'

/**
 * Fills a country's database as this version and the options say: with tables, with the publishers' files if they are available and
 * the project's own facts if not, and with made-up records for the countries that have them. Does not change what is already there.
 */
export async function fillDatabase(
  db: Database,
  country: string,
  options: StartOptions & { readonly progress: Progress; readonly note?: (noted: NotedImport) => Promise<void> },
): Promise<Filled> {
  const { progress, publicDataDir, persons, cases, seed, note } = options
  // The importers write any domain's tables, whatever the country publishes.
  await migrate(db, migrationsOf(DOMAINS))
  await bindCountry(db, country)
  const reports = publicDataDir === undefined ? [] : await importFolder(publicDataDir, { db, country, progress })
  for (const report of reports) if (!report.alreadyTaken) await note?.(describeReport(report))
  await loadFacts(db, country)
  if (GENERATOR_DEFAULTS.countries.includes(country)) {
    const sizes = { ...(persons !== undefined && { persons }), ...(cases !== undefined && { cases }) }
    const settings = createSettings({ country, ...sizes, ...(seed !== undefined && { seed }) })
    const { loaded, rows } = await loadCountry({ db, settings, progress })
    if (loaded) await note?.(describeMadeUp(country, rows))
  }
  return describe(db, country, reports)
}

interface Counts {
  readonly made_up: number
  readonly real: number
  readonly persons: number
  readonly instruments: number
}

async function describe(db: Database, country: string, reports: readonly ImportReport[]): Promise<Filled> {
  const [counts] = await db.query<Counts>(`
    select (select count(*) from cases.case_file where synthetic) as made_up,
           (select count(*) from cases.case_file where not synthetic) as real,
           (select count(*) from persons.person) as persons,
           (select count(*) from legal.instrument) as instruments`)
  if (counts === undefined) throw new Error('expected one row of counts; came none')
  const parts = [
    of(counts.made_up, 'made-up cases'),
    of(counts.real, 'real cases'),
    of(counts.persons, 'made-up persons'),
    of(counts.instruments, 'treaties'),
    ...reports.map(summarizeReport),
  ].filter((part) => part !== null)
  const hasRecords = !FROM_FILE_ONLY.includes(country) || counts.real > 0
  return { summary: parts.join(', ') || 'no records', hasRecords }
}

function of(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}`
}

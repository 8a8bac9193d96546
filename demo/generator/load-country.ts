import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import type { Progress } from '../importers/progress.ts'
import { insertRows } from '../importers/table.ts'
import { LAW_CARD } from '../law/statutes.ts'
import { generateCountry } from './generate-country.ts'
import { describeSettings, type GeneratorSettings } from './settings.ts'

/** What {@link loadCountry} needs: a migrated database of `settings.country`, all three domains. */
export interface LoadOptions {
  readonly db: Database
  readonly settings: GeneratorSettings
  readonly progress: Progress
}

/** The result. `loaded` is false if the database already held exactly these records. `rows` counts the rows of all tables. */
export interface LoadResult {
  readonly loaded: boolean
  readonly rows: number
}

const SETTING = 'generator'

/** How the texts of made-up law began before version 0.3. */
const LAW_OF_OLDER_VERSIONS = 'Artículo inventado para demostración: no es la ley'

/**
 * Loads a country's made-up records into its database, all or nothing. Removes the records that other settings made, and does not
 * change real records.
 */
export async function loadCountry({ db, settings, progress }: LoadOptions): Promise<LoadResult> {
  const wanted = describeSettings(settings)
  const [held] = await db.query<{ value: string }>('select value from istmo.setting where name = $1', [SETTING])
  if (held?.value === wanted) return { loaded: false, rows: 0 }
  try {
    const result = await db.transaction(async (tx) => {
      await removeMadeUp(tx, settings.country)
      let rows = 0
      for (const batch of generateCountry(settings)) {
        await insertRows(tx, batch.table, batch.rows)
        rows += batch.rows.length
        progress.report(`${settings.country}: made-up records`, rows)
      }
      await tx.query(
        'insert into istmo.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
        [SETTING, wanted],
      )
      return { loaded: true, rows }
    })
    await refreshStatistics(db)
    return result
  } finally {
    progress.clear()
  }
}

async function removeMadeUp(tx: Database, country: string): Promise<void> {
  await tx.execute(`
    delete from cases.case_file where synthetic;
    delete from cases.warrant where synthetic;
    delete from persons.person where synthetic;
    delete from legal.mla_request where synthetic`)
  const sql = 'delete from legal.statute where starts_with(id, $1) and body ~ $2'
  await tx.query(sql, [`${country}:`, `^(${LAW_CARD}|${LAW_OF_OLDER_VERSIONS})`])
}

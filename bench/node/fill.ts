/** Fills the databases of the bench: a country of the demo's generator, and persons to search for by name. */

import { loadFacts } from '../../demo/facts/load-facts.ts'
import { loadCountry } from '../../demo/generator/generate-country.ts'
import { createSettings } from '../../demo/generator/settings.ts'
import { SILENT } from '../../demo/importers/run-import.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import { fillCountry } from '../names/fill-country.ts'
import { TASK_FORCE } from '../trust/dress.ts'
import { COUNTRY, type DatabaseName, SEARCHED_PERSONS } from './operations.ts'
import type { BenchServer } from './postgres.ts'

/** Fills an empty database, whose URL it gets. */
export type Fill = (url: string) => Promise<void>

/** How large the generated country is. */
export const SIZE = { persons: 10_000, cases: 20_000 }

const FILL: Readonly<Record<DatabaseName, Fill>> = {
  istmo_bench_country: (url) => fillGenerated(url, COUNTRY),
  istmo_bench_names: (url) => fillCountry(url, SEARCHED_PERSONS),
}

/** Creates and fills the databases that the server does not have yet. Default: those of bench/node. */
export async function fillDatabases(server: BenchServer, fills: Readonly<Record<string, Fill>> = FILL): Promise<void> {
  const admin = await openDatabase({ url: server.urlOf('postgres') })
  try {
    for (const [name, fill] of Object.entries(fills)) {
      if ((await admin.query('select from pg_database where datname = $1', [name])).length > 0) continue
      // Under another name until it is complete, so that a run that ends early leaves nothing that the next one takes for complete.
      const unfinished = `${name}_unfinished`
      await admin.execute(`drop database if exists ${unfinished} with (force)`)
      await admin.execute(`create database ${unfinished} encoding 'UTF8' template template0`)
      process.stderr.write(`filling ${name}\n`)
      await fill(server.urlOf(unfinished))
      await admin.execute(`alter database ${unfinished} rename to ${name}`)
    }
  } finally {
    await admin.close()
  }
}

/** Fills a database with a country of {@link SIZE} of the demo's generator, and the classification of crimes. */
export async function fillGenerated(url: string, country: string): Promise<void> {
  const db = await openDatabase({ url })
  try {
    await migrate(db, await loadDomains(['cases', 'persons', 'legal']))
    await bindCountry(db, country)
    await loadFacts(db, country)
    await loadCountry({ db, settings: createSettings({ country, ...SIZE }), progress: SILENT })
    // The plain subgraph hides no rows, so the leg must see the same ones.
    for (const table of ['cases.case_file', 'persons.person'])
      await db.query(`update ${table} set shared_with = $1`, [[TASK_FORCE]])
    await db.execute('vacuum analyze')
  } finally {
    await db.close()
  }
}

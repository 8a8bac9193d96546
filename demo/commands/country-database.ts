import { existsSync } from 'node:fs'
import { DOMAINS } from '../../contract/domain.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { UsageError } from '../../service/usage-error.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate, migrationsOf } from '../../subgraphs/kit/migrate.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import type { DemoConfig } from '../config.ts'
import { DEMO_COUNTRIES } from '../countries.ts'
import { createDatabases, databaseOf } from '../supervisor/fill.ts'

/**
 * Opens a country's database of the demo for one piece of work, with the tables of all three domains. The database is in the home
 * folder or on the server of `DATABASE_URL`. Always closes it afterwards.
 * @throws {UsageError} if the country's node has the folder open. The message names the remedy.
 */
export async function withCountryDatabase<T>(
  config: DemoConfig,
  country: string,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = await openFor(config, country)
  try {
    await migrate(db, migrationsOf(DOMAINS))
    await bindCountry(db, country)
    return await work(db)
  } finally {
    await db.close()
  }
}

/** Lists the countries of the demo that have a database, in code order: all on a server, else those with a folder. */
export function countriesWithDatabase(config: DemoConfig): readonly string[] {
  return DEMO_COUNTRIES.filter((country) => {
    const { folder } = databaseOf(config, country)
    return folder === null || existsSync(folder)
  })
}

async function openFor(config: DemoConfig, country: string): Promise<Database> {
  const { url, folder } = databaseOf(config, country)
  if (folder === null) {
    if (config.databaseUrl !== null) await createDatabases(config.databaseUrl, [country])
    return openDatabase({ url: url ?? undefined })
  }
  try {
    return await openDatabase({ folder })
  } catch (cause) {
    if (!(cause instanceof FolderInUseError)) throw cause
    throw new UsageError(
      `${cause.message} While the demo runs, stop the country ` +
        `with «npm run demo:stop -- ${country}», run this command again, and start it with «npm run demo:start -- ${country}».`,
      { cause },
    )
  }
}

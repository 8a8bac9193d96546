import { join } from 'node:path'
import pg from 'pg'
import type { DemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'

/** Where one country's rows are: on a PostgreSQL server, or in a folder of PGlite. One of the two is null. */
export interface CountryDatabase {
  readonly url: string | null
  readonly folder: string | null
}

/** The database of a country: `istmo_gt` on the configured server, else `data/GT` in the home folder. */
export function databaseOf(config: DemoConfig, country: string): CountryDatabase {
  if (config.databaseUrl === null) return { url: null, folder: join(homeIn(config.home).data, country) }
  const url = new URL(config.databaseUrl)
  url.pathname = `/${databaseName(country)}`
  return { url: url.href, folder: null }
}

/** Creates the countries' databases on a PostgreSQL server where they are absent; those that are there stay as they are. */
export async function createDatabases(serverUrl: string, countries: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    for (const name of countries.map(databaseName)) {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${name} encoding 'UTF8' template template0`)
    }
  } finally {
    await client.end()
  }
}

/** The name of a country's database on a server: lower case letters and one underscore, so it needs no quotes. */
export function databaseName(country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) throw new TypeError(`expected a country code; came ${country}`)
  return `istmo_${country.toLowerCase()}`
}

import { join } from 'node:path'
import pg from 'pg'
import type { DemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'

/** The place of one country's rows: a PostgreSQL server, or a folder of PGlite. One of the two members is null. */
export interface CountryDatabase {
  readonly url: string | null
  readonly folder: string | null
}

/** Returns the database of a country: `istmo_gt` on the configured server, or else `data/GT` in the home folder. */
export function databaseOf(config: DemoConfig, country: string): CountryDatabase {
  if (config.databaseUrl === null) return { url: null, folder: join(homeIn(config.home).data, country) }
  const url = new URL(config.databaseUrl)
  url.pathname = `/${databaseName(country)}`
  return { url: url.href, folder: null }
}

/** Creates the countries' databases that do not exist on a PostgreSQL server. Does not change those that exist. */
export async function createDatabases(serverUrl: string, countries: readonly string[]): Promise<void> {
  await withClient(serverUrl, async (client) => {
    for (const name of countries.map(databaseName)) {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${name} encoding 'UTF8' template template0`)
    }
  })
}

/** Connects to a PostgreSQL server for one piece of work. Always closes the connection afterwards. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Returns the name of a country's database on a server. It has only lower case letters and one underscore, so it needs no quotes. */
export function databaseName(country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) throw new TypeError(`expected a country code; came ${country}`)
  return `istmo_${country.toLowerCase()}`
}

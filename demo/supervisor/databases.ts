import { readFile, writeFile } from 'node:fs/promises'
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

const MARKER = 'demo_filled'
const UNDEFINED_TABLE = '42P01'

/**
 * Reads the note of what a country's database was filled from; undefined if there is none, or no database yet. It is a file in PGlite's folder, or a row
 * of `istmo.setting` on a server, so that whoever deletes the database deletes the note too. To read it costs a fraction of what it costs to open an
 * embedded database.
 */
export async function readFillMarker({ url, folder }: CountryDatabase): Promise<string | undefined> {
  try {
    if (url === null) return await readFile(markerFile(folder), 'utf8')
    const sql = 'select value from istmo.setting where name = $1'
    return await withClient(url, async (client) => (await client.query(sql, [MARKER])).rows[0]?.value)
  } catch (error) {
    if (['ENOENT', UNDEFINED_TABLE].includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

/** Writes the note that {@link readFillMarker} reads. */
export async function writeFillMarker({ url, folder }: CountryDatabase, text: string): Promise<void> {
  if (url === null) return writeFile(markerFile(folder), text)
  const sql =
    'insert into istmo.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value'
  await withClient(url, (client) => client.query(sql, [MARKER, text]))
}

function markerFile(folder: string | null): string {
  return join(folder ?? '', 'istmo-filled.json')
}

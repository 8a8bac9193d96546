import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { DOMAINS } from '../../contract/domain.ts'
import type { DemoConfig } from '../config.ts'
import { FROM_FILE_ONLY } from '../countries.ts'
import { GENERATING_CODE } from '../generator/settings.ts'
import { homeIn } from '../home.ts'
import { IMPORT_FILES } from '../importers/importers.ts'
import { digestOfSources } from '../importers/source-digest.ts'
import type { StartOptions } from './options.ts'
import type { Processes } from './processes.ts'

/**
 * Fills a country's database before its node serves it. Each fill is a process of its own, because only one process can open a
 * PGlite folder, and so that the countries are filled on all processors.
 */

const filledSchema = z.strictObject({ summary: z.string(), hasRecords: z.boolean() })

/** What a country's database holds. */
export type Filled = Readonly<z.infer<typeof filledSchema>>

/** A message of the child that fills a database: its progress, or at the end what the database holds. */
export type FillMessage = { readonly progress: string } | { readonly filled: Filled }

/** What {@link fillCountry} needs. */
export interface FillSettings {
  readonly config: DemoConfig
  readonly options: StartOptions
  readonly processes: Processes
  readonly onProgress: (country: string, text: string) => void
}

const markerSchema = z.strictObject({ from: z.string(), filled: filledSchema })

const NOTHING: Filled = { summary: 'no records', hasRecords: false }

/**
 * Fills a country's database as this version and these options say. Does not even open a database that was filled from the same
 * inputs before.
 */
export async function fillCountry(settings: FillSettings, country: string): Promise<Filled> {
  const database = databaseOf(settings.config, country)
  const isAbsent = database.folder !== null && !existsSync(database.folder)
  if (isAbsent && FROM_FILE_ONLY.includes(country) && !hasFile(settings.config, country)) return NOTHING
  const from = await filledFrom(settings)
  const before = parseMarker(await readFillMarker(database), from)
  // An import outside the demo does not change the marker. So if the marker says «no records», the database is read again.
  if (before?.hasRecords) return before
  const filled = await runFill(settings, country)
  await writeFillMarker(database, JSON.stringify({ from, filled }))
  return filled
}

function hasFile({ publicDataDir }: DemoConfig, country: string): boolean {
  if (publicDataDir === null) return false
  return IMPORT_FILES.some(({ owner, file }) => owner === country && existsSync(join(publicDataDir, file)))
}

async function runFill({ config, options, processes, onProgress }: FillSettings, country: string): Promise<Filled> {
  let filled: Filled | undefined
  onProgress(country, 'opening its database')
  await processes.run({
    name: `${country}-fill`,
    args: ['demo/supervisor/fill-main.ts', country, ...optionArguments(options)],
    env: { ISTMO_DATA: config.publicDataDir },
    onMessage: (message) => {
      const said = message as FillMessage
      if ('progress' in said) onProgress(country, said.progress)
      else filled = said.filled
    },
  })
  if (filled === undefined) throw new Error(`${country}-fill ended without a report of what it did`)
  return filled
}

function optionArguments({ persons, cases, seed }: StartOptions): readonly string[] {
  return Object.entries({ persons, cases, seed }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
}

function parseMarker(text: string | undefined, from: string): Filled | undefined {
  if (text === undefined) return undefined
  const marker = markerSchema.safeParse(JSON.parse(text))
  return marker.success && marker.data.from === from ? marker.data.filled : undefined
}

/** The folders whose files decide what a filled database holds. */
const FILLING_CODE = [
  ...GENERATING_CODE,
  'joining/mapping',
  'joining/sources',
  'joining/sync',
  ...['kit', ...DOMAINS].map((room) => `subgraphs/${room}/migrations`),
]

/** The digest of the code that fills a database. One start asks for it once for each country. */
let codeDigest: string | undefined

/** Returns a text of everything that decides what a filled database holds: options, the publishers' files, and the code that fills it. */
async function filledFrom({ config, options }: FillSettings): Promise<string> {
  const files = config.publicDataDir === null ? [] : await stampsIn(config.publicDataDir)
  codeDigest ??= digestOfSources(FILLING_CODE)
  return JSON.stringify({ ...options, code: codeDigest, files })
}

/** Lists the publishers' files by size and time of change: their contents are large. */
async function stampsIn(dir: string): Promise<readonly string[]> {
  if (!existsSync(dir)) return []
  const entries = await readdir(dir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async (name) => {
      const { size, mtimeMs } = await stat(join(dir, name))
      return `${join(dir, name)} ${size} ${Math.trunc(mtimeMs)}`
    }),
  )
}

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

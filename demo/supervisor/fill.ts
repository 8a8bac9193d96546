/**
 * Fills a country's database before its node serves it. Each fill is a process of its own, because only one process can open a
 * PGlite folder, and so that the countries are filled on all processors.
 */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DOMAINS } from '../../contract/domain.ts'
import type { DemoConfig } from '../config.ts'
import { FROM_FILE_ONLY } from '../countries.ts'
import { GENERATING_CODE } from '../generator/settings.ts'
import { IMPORT_FILES } from '../importers/importers.ts'
import { digestOfSources } from '../importers/source-digest.ts'
import { databaseOf, readFillMarker, writeFillMarker } from './databases.ts'
import type { StartOptions } from './options.ts'
import type { Processes } from './processes.ts'

const messageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), text: z.string() }),
  z.strictObject({ kind: z.literal('filled'), summary: z.string(), hasRecords: z.boolean() }),
])

/** A message of the child that fills a database: its progress, or at the end what the database holds. */
export type FillMessage = z.infer<typeof messageSchema>

/** What a country's database holds. */
export type Filled = Pick<Extract<FillMessage, { kind: 'filled' }>, 'summary' | 'hasRecords'>

/** What {@link fillCountry} needs. */
export interface FillSettings {
  readonly config: DemoConfig
  readonly options: StartOptions
  readonly processes: Processes
  readonly onProgress: (country: string, text: string) => void
}

const markerSchema = z.strictObject({
  from: z.string(),
  filled: z.strictObject({ summary: z.string(), hasRecords: z.boolean() }),
})

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
      const said = messageSchema.parse(message)
      if (said.kind === 'progress') onProgress(country, said.text)
      else filled = { summary: said.summary, hasRecords: said.hasRecords }
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

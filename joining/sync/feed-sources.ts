import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Feed, Mapping, SqlSource } from '../mapping/mapping.ts'
import { findMissingColumns } from '../mapping/row-reader.ts'
import { openCsv } from '../sources/csv.ts'
import { DATABASE_URL_FORMS, putPassword, readDatabaseUrl } from '../sources/database-url.ts'
import { openDatabase } from '../sources/databases.ts'
import type { Source } from '../sources/source.ts'
import { fromOf } from './plan-readings.ts'

/** The sources of a mapping's feeds: one database, whose snapshot all feeds read, and a file for each feed of a CSV file. */
export interface FeedSources {
  readonly of: (feed: Feed) => Source
  /** A label for the audit log, without a password. */
  readonly label: string
  readonly close: () => Promise<void>
}

/** The variables of the environment. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Opens what a mapping reads.
 * @throws {SourceError} if a source cannot be opened.
 * @throws {UsageError} if a variable or a file of the password is missing.
 */
export async function openFeedSources(mapping: Mapping, env: Environment): Promise<FeedSources> {
  const folder = dirname(mapping.path)
  const opened = new Map<string, Source>()
  const close = async (): Promise<void> => {
    await Promise.all([...opened.values()].map((source) => source.close()))
  }
  try {
    if (mapping.sql !== null && mapping.feeds.some(({ from }) => from.kind !== 'csv')) {
      opened.set('', await openDatabase(await fillUrl(mapping.sql, folder, env)))
    }
    for (const { from, place } of mapping.feeds) {
      if (from.kind !== 'csv') continue
      const { file, ...form } = from.csv
      opened.set(place, await openCsv({ path: resolve(folder, file), ...form }))
    }
  } catch (error) {
    await close()
    throw error
  }
  const labels = [...new Set([...opened.values()].map(({ label }) => label))]
  return {
    label: labels.join(', ').slice(0, 200) || 'nothing',
    close,
    of({ place }) {
      const source = opened.get(place) ?? opened.get('')
      if (source === undefined) throw new Error(`expected a source of ${place}; none is open`)
      return source
    },
  }
}

/** Fills the variables into the URL of a source, and the password from its file. */
async function fillUrl({ url, passwordFile }: SqlSource, folder: string, env: Environment): Promise<string> {
  const filled = url.replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = env[name]
    if (value === undefined || value === '') {
      throw new UsageError(
        `source: expected the variable ${name} in the environment, which the mapping names; it is not set`,
      )
    }
    return encodeURIComponent(value)
  })
  if (passwordFile === null) return filled
  const path = resolve(folder, passwordFile)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${path}: expected the password of the source; ${describeFileError(cause)}`, { cause })
  })
  const source = readDatabaseUrl(filled)
  if (source === null) throw new UsageError(`source: expected ${DATABASE_URL_FORMS}; came another form`)
  return putPassword(source, text.split(/\r?\n/, 1)[0] ?? '')
}

/**
 * Checks that each column which a mapping reads is there, before anything is read: a missing column is not an empty one.
 * @throws {UsageError} with a line for each.
 */
export async function checkColumns(mapping: Mapping, sources: FeedSources): Promise<void> {
  const messages: string[] = []
  for (const feed of mapping.feeds) {
    const columns = (await sources.of(feed).listColumns(fromOf(feed))).map(({ name }) => name)
    for (const { column, closest } of findMissingColumns(feed, columns)) {
      const meant = closest === undefined ? '' : ` Did you mean ${closest}?`
      // Whoever writes `agency: Fiscalía` means the text.
      const hint = `${meant} A text that is the same in each row is { value: "${column}" }`
      messages.push(
        `${mapping.path}:${feed.line}: ${feed.place}: expected the column ${column}; the source has ${columns.join(', ')}.${hint}`,
      )
    }
  }
  if (messages.length > 0) throw new UsageError(messages.join('\n'))
}

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Feed, Mapping, RecordPlan, SqlSource } from '../mapping/mapping.ts'
import { findMissingColumns } from '../mapping/row-reader.ts'
import { openCsv } from '../sources/csv.ts'
import { DATABASE_URL_FORMS, openDatabase, putPassword, readDatabaseUrl } from '../sources/databases.ts'
import type { ChangedRows, Selection, Source } from '../sources/source.ts'
import type { FilledKind } from './stage-tables.ts'

/**
 * Decides what a run reads. A full run reads everything. An incremental run reads, of each kind of record that has a `since`, the records that
 * changed, or on which a row hangs that changed; and of what hangs on these records everything, so that it sees what is gone there. What it
 * cannot read so, it reads whole.
 */

/** From where an incremental run reads on: by the place of a feed, as the source writes its `since`. */
export type Watermarks = Readonly<Record<string, string>>

/** One feed as a run reads it. */
export interface Reading {
  readonly feed: Feed
  /** Its number in the mapping, from 0. */
  readonly number: number
  readonly selection: Selection
}

/** What a run reads, and which kinds it reads whole. It knows what is gone of these. */
export interface ReadingPlan {
  readonly readings: readonly Reading[]
  readonly whole: ReadonlySet<RecordKindName>
  /** The kinds of records whose `since` is known, and that are read whole nevertheless, because of the way in which their ids are made. */
  readonly sinceUnused: readonly RecordKindName[]
}

/** Plans a run that reads everything. */
export function planFullRun({ feeds }: Pick<Mapping, 'feeds'>, kinds: readonly FilledKind[]): ReadingPlan {
  return { readings: feeds.map(readWhole), whole: new Set(kinds.map(({ name }) => name)), sinceUnused: [] }
}

/** Plans a run that reads what changed since some moment. */
export function planIncrementalRun(
  { feeds }: Pick<Mapping, 'feeds'>,
  kinds: readonly FilledKind[],
  since: Watermarks,
): ReadingPlan {
  const numbered = feeds.map((feed, number) => ({ feed, number }))
  const families = Map.groupBy(numbered, ({ feed }) => familyOf(feed))
  const readings: Reading[] = []
  const changed = new Set<RecordKindName>()
  const sinceUnused: RecordKindName[] = []
  for (const [family, members] of families) {
    const own = planFamily(family, members, since)
    if (own !== null) changed.add(family)
    else if (hasKnownSince(members, since)) sinceUnused.push(family)
    readings.push(...(own ?? members.map(({ feed, number }) => readWhole(feed, number))))
  }
  const whole = kinds.filter(({ name, parent }) => !changed.has(parent?.kind ?? name)).map(({ name }) => name)
  return { readings: readings.sort((a, b) => a.number - b.number), whole: new Set(whole), sinceUnused }
}

/** Whether some of the readings say when a row changed, and it is known for all of these from where to read on. */
function hasKnownSince(members: readonly Member[], since: Watermarks): boolean {
  const marked = members.filter(({ feed }) => feed.since !== null)
  return marked.length > 0 && marked.every(({ feed }) => since[feed.place] !== undefined)
}

interface Member {
  readonly feed: Feed
  readonly number: number
}

/** The kind of the records that a feed is about: that of its own record, or of the record that it hangs on. */
function familyOf({ records }: Feed): RecordKindName {
  const first = records[0] as RecordPlan
  return first.parent?.kind ?? first.kind
}

function readWhole(feed: Feed, number: number): Reading {
  return { feed, number, selection: { from: fromOf(feed) } }
}

/** Returns what the source calls the rows of a feed: a table, a `select`, or a file. */
export function fromOf({ from }: Feed): string {
  if (from.kind === 'csv') return from.csv.file
  return from.kind === 'table' ? from.table : from.query
}

/** Plans the readings of a record and what hangs on it; null if they can only be read whole. */
function planFamily(family: RecordKindName, members: readonly Member[], since: Watermarks): readonly Reading[] | null {
  const parents = members.filter(({ feed }) => feed.records[0]?.kind === family)
  const children = members.filter(({ feed }) => feed.records[0]?.kind !== family)
  const [parent] = parents
  if (parent === undefined || parents.length > 1 || members.some(({ feed }) => feed.from.kind === 'csv')) return null
  const id = columnOf(parent.feed, 'id')
  const keys = new Map(children.map(({ feed }) => [feed.place, columnOf(feed, feed.records[0]?.parent?.column)]))
  if (id === null || [...keys.values()].includes(null)) return null
  if (!hasKnownSince(members, since)) return null

  const changedIn = ({ feed }: Member): readonly ChangedRows[] =>
    feed.since === null ? [] : [{ column: feed.since, since: since[feed.place] ?? '' }]
  const keyOf = ({ feed }: Member): string => keys.get(feed.place) ?? ''
  const changed: readonly ChangedRows[] = [
    ...changedIn(parent),
    ...children
      .filter(({ feed }) => feed.since !== null)
      .map((child) => ({
        column: id,
        among: { from: fromOf(child.feed), column: keyOf(child), changed: changedIn(child) },
      })),
  ]
  const among = { from: fromOf(parent.feed), column: id, changed }
  return [
    { ...parent, selection: { from: fromOf(parent.feed), changed } },
    ...children.map((child) => ({
      ...child,
      selection: { from: fromOf(child.feed), changed: [{ column: keyOf(child), among }] },
    })),
  ]
}

/** The one column of the source that fills a column of the contract as it is; null if more is done with it. */
function columnOf({ records }: Feed, column: string | undefined): string | null {
  const rule = records[0]?.columns.find((each) => each.column === column)?.rule
  if (rule?.kind !== 'read' || rule.text.kind !== 'column') return null
  const isPlain = rule.pattern === null && rule.replace.length === 0 && rule.values === null && rule.default === null
  return isPlain ? rule.text.column : null
}

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

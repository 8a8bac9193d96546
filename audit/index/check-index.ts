import type { Finding } from '../finding.ts'
import { TILE_WIDTH } from '../merkle/tile.ts'
import { findWitnessedPart, type LogReader, type UnreadableEntry, type WitnessedPart } from '../reader/log-reader.ts'
import { createTolerantAssembler, createViewAssembler, findAuthorityCountry, type SeenRow } from './assembler.ts'
import type { IndexDatabase } from './database.ts'
import { ALL } from './entry-row.ts'
import { columnsOf, insertRows, listIndexedLogs, prepareIndex, STORED_COLUMNS } from './store.ts'

/**
 * Compares an index with the log that it was made from, row by row. An index proves nothing, and whoever can write to its database can delete
 * or alter rows; the answers of a search then differ from the log. The check reads the log again and holds each row to it. It holds as many rows
 * in memory as the index waits for the parts of an entry, and not more with a larger log.
 */

/** How many findings are in the report. Further ones are only counted. */
const MAX_FINDINGS = 100

/** How many rows one query reads. */
const PAGE_ROWS = 1_000

/** A row may come out of the log so many entries after its place, because its request waits for its continuations. */
const MAX_LATE = 10_000

/** The options of {@link checkIndex}. */
export interface CheckIndexOptions {
  /** Whether wrong rows are replaced by those that the log gives. */
  readonly isRepairing?: boolean
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of a check. The index agrees with the log if `findings` is empty. */
export interface IndexCheck {
  /** How many entries of the log the index knows, and how many the log has. The check compares the entries that the index knows. */
  readonly known: number
  readonly size: number
  readonly findings: readonly Finding[]
  /** How many more findings there were, which are not in the list. */
  readonly further: number
  /** How many rows were replaced, added or removed. */
  readonly repaired: number
}

type Columns = Readonly<Record<string, unknown>>

/** The place of a row: an entry has one row for everybody who sees all, and one for each country that it concerns. */
interface RowPlace {
  readonly position: number
  readonly viewer: string
}

/** Checks the rows of one log. Rejects with the errors of the reader and of the database. */
export async function checkIndex(
  db: IndexDatabase,
  reader: LogReader,
  { isRepairing = false, onProgress }: CheckIndexOptions = {},
): Promise<IndexCheck> {
  await prepareIndex(db)
  const log = reader.log.name
  const { size } = reader.head.checkpoint
  const followed = (await listIndexedLogs(db)).find((each) => each.log === log)
  const known = followed?.size ?? 0
  const findings: Finding[] = []
  let [further, repaired] = [0, 0]
  const report: Report = async (where, expected, came, repair) => {
    if (findings.length < MAX_FINDINGS) findings.push({ kind: 'INDEX', where, expected, came })
    else further++
    if (!isRepairing || repair === undefined) return
    await repair()
    repaired++
  }
  if (known > size) await report(log, `at most the ${size} entries of the log`, `${known}`)
  const stored = createStoredRows(db, log)
  const compare = async (seen: SeenRow): Promise<void> => {
    const place = { position: seen.row.position, viewer: seen.viewer ?? ALL }
    const repair = () => replaceRow(db, log, place, seen)
    const came = await stored.take(place)
    if (came === undefined) return report(formatPlace(place), 'a row of this entry', 'none', repair)
    const wrong = findDifferences(columnsOf(seen), came)
    if (wrong.length > 0) await report(formatPlace(place), `${wrong.join(', ')} of the entry`, 'something else', repair)
  }
  const reportAdded = async (places: readonly RowPlace[]): Promise<void> => {
    for (const place of places) {
      const repair = () => replaceRow(db, log, place, undefined)
      await report(formatPlace(place), 'no row', 'a row that the log does not give', repair)
    }
  }
  const unreadable: UnreadableEntry[] = []
  const viewed = createViewAssembler(log, await findAuthorityCountry(reader))
  const assembler = createTolerantAssembler(viewed, (entry) => void unreadable.push(entry))
  for await (const entry of reader.entries()) {
    if (entry.index >= known) break
    for (const row of assembler.push(entry)) await compare(row)
    if (entry.index % PAGE_ROWS !== 0) continue
    await reportAdded(stored.leftBefore(entry.index - MAX_LATE))
    onProgress?.(entry.index, known)
  }
  for (const row of assembler.waiting()) await compare(row)
  await reportAdded(await stored.rest())
  await checkNotes(db, reader, unreadable, report)
  if (followed?.witnessed) await checkWitnessed(db, reader, { known, claimed: followed.witnessed }, report)
  const strangers = await countStrangers(db)
  if (strangers > 0) await report('rows of logs that the index does not follow', 'none', `${strangers}`)
  return { known, size, findings, further, repaired }
}

/** Takes a finding, and repairs what is wrong if it can be repaired and should be. */
type Report = (where: string, expected: string, came: string, repair?: () => Promise<void>) => Promise<void>

/** Compares the notes of entries that cannot be read with those that the check could not read. */
async function checkNotes(
  db: IndexDatabase,
  reader: LogReader,
  unreadable: readonly UnreadableEntry[],
  report: Report,
): Promise<void> {
  const log = reader.log.name
  for (const { index, reason } of await findUnnoted(db, log, unreadable)) {
    await report(`entry ${index}`, 'a note that this entry cannot be read', 'none', async () => {
      await db.query('insert into unreadable values ($1, $2, $3)', [log, index, reason])
    })
  }
  const found = new Set(unreadable.map(({ index }) => index))
  for (const index of await findOvernoted(db, reader, found)) {
    await report(`entry ${index}`, 'no note that this entry cannot be read', 'one', async () => {
      await db.query('delete from unreadable where log = $1 and position = $2', [log, index])
    })
  }
}

/** Compares what the index claims of witnesses, of the entries that it knows, with what the log shows. */
async function checkWitnessed(
  db: IndexDatabase,
  reader: LogReader,
  { known, claimed }: { readonly known: number; readonly claimed: WitnessedPart },
  report: Report,
): Promise<void> {
  const log = reader.log.name
  const now = await findWitnessedPart(reader)
  const wrong = findOverclaim(claimed, now)
  if (wrong !== undefined)
    await report(`${log}, what is cosigned`, ...wrong, () => replaceWitnessed(db, log, known, now))
}

function formatPlace({ position, viewer }: RowPlace): string {
  return viewer === ALL ? `entry ${position}` : `entry ${position} as ${viewer} sees it`
}

/** Reads the rows of a log in the order of their places, page by page, and hands each out once. */
function createStoredRows({ query }: IndexDatabase, log: string) {
  const rows = new Map<string, RowPlace & { readonly columns: Columns }>()
  // A row with a place below zero must be found too.
  let last: RowPlace = { position: Number.MIN_SAFE_INTEGER, viewer: '' }
  let isAtEnd = false

  const readPage = async (): Promise<void> => {
    const page = await query<Columns>(
      `select ${STORED_COLUMNS}, at from entries where log = $1 and (position, viewer) > ($2, $3)
       order by position, viewer limit ${PAGE_ROWS}`,
      [log, last.position, last.viewer],
    )
    for (const columns of page) {
      last = { position: Number(columns.position), viewer: String(columns.viewer) }
      rows.set(keyOf(last), { ...last, columns })
    }
    isAtEnd = page.length < PAGE_ROWS
  }

  return {
    async take(place: RowPlace): Promise<Columns | undefined> {
      while (place.position >= last.position && !isAtEnd) await readPage()
      const row = rows.get(keyOf(place))
      rows.delete(keyOf(place))
      return row?.columns
    },
    /** Returns the places of rows before `position` that nobody took, and forgets them. */
    leftBefore(position: number): readonly RowPlace[] {
      const left = [...rows.values()].filter((each) => each.position < position)
      for (const each of left) rows.delete(keyOf(each))
      return left
    },
    async rest(): Promise<readonly RowPlace[]> {
      const left: RowPlace[] = [...rows.values()]
      while (!isAtEnd) {
        rows.clear()
        await readPage()
        left.push(...rows.values())
      }
      return left
    },
  }
}

function keyOf({ position, viewer }: RowPlace): string {
  return `${position} ${viewer}`
}

/** Names the columns that differ. `at` is the time once more, in the type by which the database sorts. */
function findDifferences(expected: Columns, came: Columns): readonly string[] {
  const all: Columns = { ...expected, at: expected.time }
  return Object.keys(all).filter((name) => JSON.stringify(all[name]) !== JSON.stringify(came[name]))
}

async function replaceRow(
  db: IndexDatabase,
  log: string,
  { position, viewer }: RowPlace,
  seen: SeenRow | undefined,
): Promise<void> {
  await db.transaction(async (within) => {
    await within.query('delete from entries where log = $1 and position = $2 and viewer = $3', [log, position, viewer])
    if (seen !== undefined) await insertRows(within, [seen])
  })
}

/** Finds the entries that cannot be read although the index does not say so: its answers would look complete. */
async function findUnnoted(
  { query }: IndexDatabase,
  log: string,
  unreadable: readonly UnreadableEntry[],
): Promise<readonly UnreadableEntry[]> {
  if (unreadable.length === 0) return []
  const rows = await query<{ position: number }>('select position from unreadable where log = $1', [log])
  const noted = new Set(rows.map(({ position }) => position))
  return unreadable.filter(({ index }) => !noted.has(index))
}

/** Finds the entries that the index says nobody can read, although they can be read. */
async function findOvernoted(
  { query }: IndexDatabase,
  { log, prunings }: LogReader,
  unreadable: ReadonlySet<number>,
): Promise<readonly number[]> {
  const rows = await query<{ position: number }>('select position from unreadable where log = $1 order by position', [
    log.name,
  ])
  const isGone = (position: number): boolean => prunings.isPruned(Math.floor(position / TILE_WIDTH))
  return rows.map(({ position }) => position).filter((position) => !unreadable.has(position) && !isGone(position))
}

/** How far the clocks of witnesses may differ, in milliseconds: a cosignature that came late may be of an earlier time. */
const CLOCKS_MS = 600_000

/** Says what the index claims of witnesses beyond what the log shows: a search would be sure of what nobody cosigned. Undefined if it does not. */
function findOverclaim(
  claimed: WitnessedPart,
  now: WitnessedPart,
): readonly [expected: string, came: string] | undefined {
  if (now.isDemanded && !claimed.isDemanded)
    return ['a quorum of witnesses, as the trust policy demands', 'none demanded']
  if (!now.isDemanded) return undefined
  if (claimed.size > now.size) return [`at most ${now.size} cosigned entries`, `${claimed.size}`]
  if (claimed.timeMs === null || claimed.timeMs <= (now.timeMs ?? 0) + CLOCKS_MS) return undefined
  return [`a quorum until ${formatTime(now.timeMs)}`, formatTime(claimed.timeMs)]
}

function formatTime(timeMs: number | null): string {
  return timeMs === null ? 'no time' : new Date(timeMs).toISOString()
}

async function replaceWitnessed(
  { query }: IndexDatabase,
  log: string,
  known: number,
  now: WitnessedPart,
): Promise<void> {
  await query('update followed set needs_quorum = $2, witnessed = $3, witnessed_ms = $4 where log = $1', [
    ...[log, now.isDemanded, Math.min(known, now.size), now.timeMs],
  ])
}

/** Counts the rows under names that the index does not follow. A search would find them, and no log could be held against them. */
async function countStrangers({ query }: IndexDatabase): Promise<number> {
  const [row] = await query<{ count: number }>(
    'select count(*)::int as count from entries where log not in (select log from followed)',
  )
  return row?.count ?? 0
}

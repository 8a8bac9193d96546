import { join } from 'node:path'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { MAX_REQUEST_AGE_MS } from '../../service/audit-log/inbox.ts'
import { appendEntry, checkOwnLog, hasOwnEntry, type OwnLogPlace } from '../../service/audit-log/own-log.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Reading, Watermarks } from './plan-readings.ts'
import type { Statements } from './target.ts'

/** What the database remembers of a mapping (subgraphs/kit/migrations/005-sync.sql). */
export interface SyncState {
  /** Its number. */
  readonly id: number
  readonly sha256: string
  /** When the last full run, and the last run of any kind, took its snapshot: RFC 3339. Null: there was none. */
  readonly fullAt: string | null
  readonly lastAt: string | null
  readonly since: Watermarks
  /** By kind of record: how many rows the last full run took. */
  readonly counts: Readonly<Record<string, number>>
  /** An entry that the audit log may not have yet. */
  readonly entry: PendingEntry | null
}

/** An entry of the audit log that stands in the database from the moment at which the rows change, until the log has it. */
export interface PendingEntry {
  readonly id: string
  readonly members: Readonly<Record<string, unknown>>
}

/** What a run leaves behind. */
export type NewState = Omit<SyncState, 'id'>

const COLUMNS = `id, sha256, to_char(full_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "fullAt",
  to_char(last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastAt", since, counts, entry`

/** Reads what the database knows of a mapping, and makes its row at the first time. */
export async function readState(target: Statements, name: string, sha256: string): Promise<SyncState> {
  await target.write('insert into istmo.sync_mapping (name, sha256) values ($1, $2) on conflict (name) do nothing', [
    name,
    sha256,
  ])
  const [row] = await target.query<SyncState>(`select ${COLUMNS} from istmo.sync_mapping where name = $1`, [name])
  if (row === undefined) throw new Error(`expected the row of ${name} in istmo.sync_mapping; it is gone`)
  return row
}

/** Whether the database knows a mapping. */
export async function isKnownMapping(target: Statements, name: string): Promise<boolean> {
  return (await target.query('select from istmo.sync_mapping where name = $1', [name])).length > 0
}

/** Forgets a mapping that {@link readState} made the row of, and that never ran. */
export async function forgetMapping(target: Statements, name: string): Promise<void> {
  await target.write('delete from istmo.sync_mapping where name = $1 and last_at is null', [name])
}

/** Writes what a run leaves behind, in the transaction of its rows. */
export async function writeState(target: Statements, id: number, state: NewState): Promise<void> {
  await target.write(
    `update istmo.sync_mapping set sha256 = $2, full_at = $3, last_at = $4, since = $5, counts = $6, entry = $7 where id = $1`,
    [
      id,
      state.sha256,
      state.fullAt,
      state.lastAt,
      JSON.stringify(state.since),
      JSON.stringify(state.counts),
      state.entry === null ? null : JSON.stringify(state.entry),
    ],
  )
}

/** Keeps an entry in place of the one that waits. */
export async function keepEntry(target: Statements, id: number, entry: PendingEntry): Promise<void> {
  await target.write('update istmo.sync_mapping set entry = $2 where id = $1', [id, JSON.stringify(entry)])
}

/** Forgets the entry, because the audit log has it. */
export async function forgetEntry(target: Statements, id: number): Promise<void> {
  await target.write('update istmo.sync_mapping set entry = null where id = $1', [id])
}

/** A mapping that filled this database under another name. */
export interface OtherMapping {
  readonly name: string
  readonly lastAt: string | null
  readonly records: number
}

/** Lists the other mappings that still own records. A mapping whose file was renamed is one of them. */
export async function listOthers(target: Statements, id: number): Promise<readonly OtherMapping[]> {
  return target.query<OtherMapping>(
    `select m.name, to_char(m.last_at at time zone 'UTC', 'YYYY-MM-DD') as "lastAt",
       (select count(*)::int from istmo.synced_record r where r.mapping = m.id) as records
     from istmo.sync_mapping m where m.id <> $1 and exists (select from istmo.synced_record r where r.mapping = m.id) order by m.name`,
    [id],
  )
}

/** Makes the records of another mapping those of this one. Returns how many they were. */
export async function adoptRecords(target: Statements, id: number, name: string): Promise<number> {
  return target.write(
    'update istmo.synced_record set mapping = $1 where mapping = (select id from istmo.sync_mapping where name = $2)',
    [id, name],
  )
}

/**
 * How far before the last change an incremental run begins, in milliseconds: a transaction of the old application may have written its time long
 * before it became visible. To read a row again costs little, because an unchanged row is not touched.
 */
const OVERLAP_MS = 15 * 60_000

/** Finds, while rows are read, up to where each feed was read. */
export interface WatermarkFinder {
  readonly see: (reading: Reading, value: string | null | undefined) => void
  /** The marks from which the next incremental run reads, by the place of the feed. A feed without a row keeps its mark. */
  readonly marks: () => Watermarks
}

/** Creates a finder. @param before the marks of the last run. */
export function createWatermarkFinder(before: Watermarks): WatermarkFinder {
  const highest = new Map<string, string>()
  return {
    see({ feed }, value) {
      if (feed.since === null || value === null || value === undefined || value === '') return
      const known = highest.get(feed.place)
      if (known === undefined || isLater(value, known)) highest.set(feed.place, value)
    },
    marks() {
      const later = [...highest].map(([place, value]): readonly [string, string] => {
        const moved = moveBack(value)
        const known = before[place]
        return [place, known !== undefined && isLater(known, moved) ? known : moved]
      })
      return { ...before, ...Object.fromEntries(later) }
    },
  }
}

/** Whether one value of a `since` is later than another: numbers by their size, times in the form `YYYY-MM-DD …` by their text. */
export function isLater(value: string, than: string): boolean {
  const numbers = [value, than].map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN))
  const [a = Number.NaN, b = Number.NaN] = numbers
  return Number.isNaN(a) || Number.isNaN(b) ? value > than : a > b
}

const TIME = /^(\d{4}-\d\d-\d\d)([ T])(\d\d:\d\d:\d\d)(?:\.\d+)?(.*)$/

/** Moves a time or a day back by the overlap, in its own form. Leaves numbers as they are. */
export function moveBack(value: string): string {
  const time = TIME.exec(value)
  if (time !== null) {
    const [, day, between, clock, zone] = time
    const iso = new Date(Date.parse(`${day}T${clock}Z`) - OVERLAP_MS).toISOString()
    return `${iso.slice(0, 10)}${between}${iso.slice(11, 19)}${zone}`
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return value
  return new Date(Date.parse(`${value}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

/** Whether a run can compare values of this form: a time or a day that begins with its year, or a number. */
export function isComparable(value: string): boolean {
  return TIME.test(value) || /^\d{4}-\d\d-\d\d$/.test(value) || /^-?\d+(\.\d+)?$/.test(value)
}

/**
 * Checks that the audit log will take the entry of a run, before the run changes rows.
 * @throws {UsageError} if the key is not that of the log, or the log cannot be written.
 */
export async function checkAuditLog(place: OwnLogPlace): Promise<void> {
  try {
    await checkOwnLog(place)
  } catch (cause) {
    throw new UsageError(`--audit-log-dir, --audit-log-key: ${(cause as Error).message}. No row was changed`, { cause })
  }
}

/**
 * Writes the entry that an earlier run left behind, unless the log has it. The process that owns the log takes no id that is older than seven days, so
 * such an entry gets another id.
 * @param keep stores the entry with its other id, before the log has it: so a run that is killed writes no third one.
 */
export async function notePending(
  place: OwnLogPlace,
  entry: PendingEntry,
  keep: (renewed: PendingEntry) => Promise<void>,
  now: () => number,
): Promise<void> {
  if (await hasOwnEntry(place, entry.id)) return
  const isOld = now() - (uuidV7Time(entry.id) ?? 0) > MAX_REQUEST_AGE_MS
  const due = isOld ? { ...entry, id: createUuidV7(now()) } : entry
  if (isOld) await keep(due)
  await noteSync(place, due, null, now)
}

/**
 * Writes an entry into the country's audit log, and stores the mapping beside it. The same entry is written only once, whenever the process was
 * killed. Rejects if the log does not take it.
 * @param document the text whose SHA-256 the entry has; null if only an earlier run knew it, which then stored it before.
 */
export async function noteSync(
  place: OwnLogPlace,
  { id, members }: PendingEntry,
  document: string | null,
  now: () => number,
): Promise<void> {
  if (document !== null) await (await createKeeper(join(place.log, 'kept')))(document)
  await appendEntry(place, { members: members as never }, { now, id })
}

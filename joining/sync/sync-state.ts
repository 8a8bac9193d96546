import type { Watermarks } from './plan-readings.ts'
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

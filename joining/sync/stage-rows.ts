import type { Language } from '../../contract/language.ts'
import { isMinor } from '../doubtful-values.ts'
import type { Cell, Mapping, ReadRow, RecordPlan, Refusal } from '../mapping/mapping.ts'
import { createRowReader } from '../mapping/row-reader.ts'
import type { SourceBatch } from '../sources/source.ts'
import type { FeedSources, Reading } from './plan-readings.ts'
import type { RefusalCounts, RefusedSink } from './refusals.ts'
import { type FilledKind, isRecord, PLACE_COLUMNS, REFUSAL_TABLE } from './stage-tables.ts'
import type { WatermarkFinder } from './sync-state.ts'
import type { SyncTarget } from './target.ts'

/** How many rows wait before they are loaded. */
const LOAD_ROWS = 10_000

/** What {@link stageRows} needs. */
export interface Staging {
  readonly mapping: Mapping
  readonly kinds: readonly FilledKind[]
  readonly sources: FeedSources
  readonly target: SyncTarget
  readonly refused: RefusedSink
  readonly counts: RefusalCounts
  readonly marks: WatermarkFinder
  /** When the run began, RFC 3339. */
  readonly startedAt: string
  readonly language: Language
  /** Called after each batch with the number of rows that were read of this feed. */
  readonly onRead: (reading: Reading, rows: number) => void
}

/** Reads the feeds of a run as streams, and loads their rows into the staging tables. No more than some batches are in memory. */
export async function stageRows(readings: readonly Reading[], staging: Staging): Promise<void> {
  const loader = createLoader(staging)
  for (const reading of readings) await stageFeed(reading, staging, loader)
  await loader.finish()
}

async function stageFeed(reading: Reading, staging: Staging, loader: Loader): Promise<void> {
  const { mapping, sources, counts, marks, startedAt, language, onRead } = staging
  const { feed, selection, number } = reading
  const reader = createRowReader(mapping, feed, { startedAt, language })
  let read = 0
  for await (const batch of sources.of(feed).read(selection)) {
    await noteUnreadable(batch, reading, staging)
    for (const { place, row } of batch.rows) {
      if (feed.since !== null) marks.see(reading, row[feed.since])
      const made = reader.read(row)
      if ('refused' in made) await noteRefused(made, place, reading, staging, loader)
      else for (const [part, each] of made.rows.entries()) loader.add(each.record, each.values, [number, place, part])
    }
    read += batch.rows.length + batch.unreadable.length
    counts.read(feed.records[0]?.kind, batch.rows.length + batch.unreadable.length)
    onRead(reading, read)
    await loader.loadFull()
  }
}

async function noteUnreadable(
  { unreadable }: SourceBatch,
  { feed }: Reading,
  { refused, counts }: Staging,
): Promise<void> {
  for (const { place, reason } of unreadable) {
    await refused.write({ section: feed.place, place, id: null, column: null, value: null, reason })
    counts.refuse(feed.records[0]?.kind, { section: feed.place, column: null, reason })
  }
}

async function noteRefused(
  { refused: refusal, record }: Extract<ReadRow, { readonly refused: Refusal }>,
  place: number,
  { feed, number }: Reading,
  { refused, counts, kinds }: Staging,
  loader: Loader,
): Promise<void> {
  const { id, column, value, reason } = refusal
  await refused.write({ section: refusal.place, place, id, column, value, reason })
  counts.refuse(feed.records[0]?.kind, { section: refusal.place, column, reason })
  const kind = kinds.find(({ name }) => name === feed.records[0]?.kind)
  if (kind === undefined || !isRecord(kind) || id === null) return
  // What is refused now is not served any more, whatever an earlier run took.
  loader.addRefusal([kind.name, id, record === null, number, place])
  // Its record is staged for as long as records are compared: it may contradict that of another row.
  if (record !== null) loader.add(record.record, record.values, [number, place, 0])
}

/** Gathers rows for the staging tables. A table is loaded while the next rows are made. */
type Loader = ReturnType<typeof createLoader>

function createLoader({ kinds, target, startedAt }: Staging) {
  const wait = (table: string, own: readonly string[], more: readonly string[]) => {
    return { table, own, columns: [...own, ...more], rows: [] as (readonly Cell[])[] }
  }
  const waiting = new Map(kinds.map(({ name, stage, columns }) => [name, wait(stage, columns, PLACE_COLUMNS)]))
  const refusals = wait(REFUSAL_TABLE, [], ['kind', 'id', 'is_own', 'feed', 'place'])
  let running: Promise<void> = Promise.resolve()
  const load = async (least: number): Promise<void> => {
    for (const each of [...waiting.values(), refusals]) {
      if (each.rows.length < least) continue
      const { rows } = each
      each.rows = []
      // One load at a time; the rows of the next one are made meanwhile.
      await running
      running = target.load(each.table, each.columns, rows)
      running.catch(() => undefined)
    }
  }
  return {
    add(record: RecordPlan, values: Readonly<Record<string, Cell>>, place: readonly Cell[]): void {
      const table = waiting.get(record.kind)
      if (table === undefined) throw new Error(`expected a kind that the mapping fills; came ${record.kind}`)
      table.rows.push([...table.own.map((column) => cellOf(values, column, startedAt)), ...place])
    },
    addRefusal: (row: readonly Cell[]) => void refusals.rows.push(row),
    loadFull: () => load(LOAD_ROWS),
    async finish(): Promise<void> {
      await load(1)
      await running
    },
  }
}

/** A mapping that does not say who is protected protects minors, by their days of birth. Every other column that it does not fill is empty. */
function cellOf(values: Readonly<Record<string, Cell>>, column: string, startedAt: string): Cell {
  const born = values.birth_date
  return values[column] ?? (column === 'protected' ? isMinor(startedAt.slice(0, 10), born ? String(born) : null) : null)
}

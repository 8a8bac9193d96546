import type { Language } from '../../contract/language.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { checkStage } from './check-stage.ts'
import {
  type DoubtfulRows,
  type FutureTimes,
  findAssumedZone,
  findDoubts,
  findFutureTimes,
  findOpenings,
  findShrinking,
  isSameMapping,
  mustAsk,
  type Opening,
  type Shrinking,
} from './guards.ts'
import { applyStage, type Changes, foreseeChanges, type KindResult, type MergedRun, numberRows } from './merge.ts'
import {
  checkColumns,
  type FeedSources,
  openFeedSources,
  planFullRun,
  planIncrementalRun,
  type Reading,
  type ReadingPlan,
  type Watermarks,
} from './plan-readings.ts'
import {
  createRefusalCounts,
  openRefusedFile,
  type RefusalCounts,
  type RefusedSink,
  reportStageRefusals,
} from './refusals.ts'
import { stageRows } from './stage-rows.ts'
import {
  analyzeStage,
  createStage,
  dropIndexes,
  dropStage,
  type FilledKind,
  findStage,
  listFilledKinds,
} from './stage-tables.ts'
import {
  createWatermarkFinder,
  isComparable,
  type PendingEntry,
  readState,
  type SyncState,
  type WatermarkFinder,
  writeState,
} from './sync-state.ts'
import type { SyncTarget } from './target.ts'

/** What a run is asked to do. */
export interface SyncRequest {
  readonly mapping: Mapping
  /** The name under which the database knows the mapping. */
  readonly name: string
  /** A migrated database of the mapping's country. */
  readonly target: SyncTarget
  /** From where an incremental run reads: where the last run ended, or a time as the source writes it. Null: a full run. */
  readonly since: 'LAST' | { readonly time: string } | null
  readonly isDryRun: boolean
  readonly allowsShrink: boolean
  /** Whether rows may become readable for whom they were closed. */
  readonly allowsOpening: boolean
  /** The path of the file of refused rows, or who takes them. */
  readonly refused: string | RefusedSink | undefined
  readonly by: string | undefined
  readonly legalBasis: readonly string[]
  readonly language: Language
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  readonly progress: SyncProgress
}

/** Where a run tells how far it is. */
export interface SyncProgress {
  /** `total` is null if nobody knows it. */
  readonly read: (section: string, rows: number, total: number | null) => void
  readonly step: (step: 'CHECK' | 'WRITE') => void
}

/** What a run did, or would do. */
export interface SyncResult {
  readonly kinds: readonly KindResult[]
  readonly counts: RefusalCounts
  /** Whether a run that was killed had left something behind. */
  readonly tookOver: boolean
  readonly isIncremental: boolean
  /** The kinds whose deletions an incremental run cannot know. */
  readonly blind: readonly RecordKindName[]
  /** The kinds whose `since` an incremental run could not use. */
  readonly sinceUnused: readonly RecordKindName[]
  /** The label of the source. */
  readonly source: string
  /** The entry that the log must get; null for a dry run. */
  readonly entry: PendingEntry | null
  readonly shrinking: readonly Shrinking[]
  /** What the run opened, or would open. */
  readonly openings: readonly Opening[]
  /** Whether these openings need a person's leave. */
  readonly mustAsk: boolean
  /** Values of the staged rows that cannot be true of a person. */
  readonly doubts: readonly DoubtfulRows[]
  /** The time zone in which times were read that say none; null if there was nothing to assume. */
  readonly zone: string | null
  /** Rows with times that have not come yet. */
  readonly futureTimes: readonly FutureTimes[]
}

/** A run would leave far less than there was, or would open rows that are closed, so nothing was changed. */
export class SyncStopped extends Error {
  override readonly name = 'SyncStopped'
  readonly shrinking: readonly Shrinking[]
  readonly openings: readonly Opening[]
  constructor({ shrinking = [], openings = [] }: Partial<Pick<SyncResult, 'shrinking' | 'openings'>>) {
    super('the run would leave far less than there was, or open rows that are closed')
    this.shrinking = shrinking
    this.openings = openings
  }
}

/** What a run works with. */
interface Run {
  readonly request: SyncRequest
  readonly plan: ReadingPlan
  readonly kinds: readonly FilledKind[]
  readonly sources: FeedSources
  readonly startedAt: string
  /** What the database remembers of the mapping. */
  readonly state: SyncState
  readonly counts: RefusalCounts
  readonly marks: WatermarkFinder
}

/**
 * Fills the tables of a country from what a mapping reads. Readers see the rows as they were before, or as they are afterwards.
 * @throws {UsageError} if the mapping reads columns that are not there, or the run cannot be incremental.
 * @throws {SourceError} if a source cannot be read. Nothing is changed then.
 * @throws {SyncStopped} if far less would be left, protection would be withdrawn, or rows would be shared with others.
 */
export async function runSync(request: SyncRequest): Promise<SyncResult> {
  const { mapping, name, target, env, now } = request
  const startedAt = new Date(now()).toISOString()
  const state = await readState(target, name, mapping.sha256)
  const kinds = listFilledKinds(mapping)
  const plan = planRun(request, kinds, state)
  const sources = await openFeedSources(mapping, env)
  try {
    await checkColumns(mapping, sources)
    const tookOver = await findStage(target)
    const [counts, marks] = [createRefusalCounts(), createWatermarkFinder(state.since)]
    try {
      const run = { request, plan, kinds, sources, startedAt, state, counts, marks }
      return { ...(await runStaged(run)), tookOver }
    } finally {
      // If the database is gone, the next run does it.
      await dropStage(target).catch(() => undefined)
    }
  } finally {
    await sources.close()
  }
}

async function runStaged(run: Run): Promise<Omit<SyncResult, 'tookOver'>> {
  const { request, plan, kinds, sources, state, counts } = run
  const { mapping, target } = request
  await createStage(target, kinds)
  await readAll(run)
  const futureTimes = await findFutureTimes(target, kinds)
  const numbered: FilledKind[] = []
  for (const kind of kinds) numbered.push(await numberRows(target, kind, mapping))
  const done = await finish(run, { mapping: state.id, whole: plan.whole, kinds: numbered })
  const isIncremental = request.since !== null
  return {
    ...done,
    counts,
    isIncremental,
    blind: isIncremental ? kinds.map(({ name }) => name).filter((name) => !plan.whole.has(name)) : [],
    source: sources.label,
    zone: findAssumedZone(mapping),
    futureTimes,
    sinceUnused: plan.sinceUnused,
  }
}

/** Reads everything into the staging tables, and refuses there what only the whole can tell. */
async function readAll(run: Run): Promise<void> {
  const { request, plan, kinds, sources, state, counts } = run
  const { mapping, target, language, progress } = request
  const refused = typeof request.refused === 'object' ? request.refused : await openRefusedFile(request.refused)
  try {
    const totals = new Map<Reading, number | null>()
    for (const reading of plan.readings) totals.set(reading, await sources.of(reading.feed).count(reading.selection))
    const onRead = (reading: Reading, rows: number): void =>
      progress.read(reading.feed.place, rows, totals.get(reading) ?? null)
    await stageRows(plan.readings, { ...run, mapping, target, language, refused, onRead })
    progress.step('CHECK')
    await analyzeStage(target, kinds)
    await checkStage(target, { country: mapping.country, kinds, whole: plan.whole, mapping: state.id })
    await reportStageRefusals(target, { kinds, feeds: mapping.feeds, language, counts, refused })
  } finally {
    await refused.close()
  }
}

type Finished = Pick<SyncResult, 'kinds' | 'entry' | 'shrinking' | 'openings' | 'mustAsk' | 'doubts'>

/** Changes the rows, or says what would change. */
async function finish(run: Run, merged: MergedRun): Promise<Finished> {
  const { request, state, startedAt, counts, marks, sources } = run
  const { target, isDryRun, allowsShrink, allowsOpening, mapping, progress } = request
  progress.step('WRITE')
  const shrinking = await findShrinking(target, merged, state)
  const today = startedAt.slice(0, 10)
  const openings = await findOpenings(target, merged, today)
  const found = { shrinking, openings, mustAsk: mustAsk(openings, isSameMapping(state, mapping)) }
  if (isDryRun) {
    const { changes, kinds } = await foreseeChanges(target, merged)
    const doubts = await findDoubts(target, kinds, today)
    return { kinds: describeKinds(merged, changes, counts), entry: null, ...found, doubts }
  }
  if (shrinking.length > 0 && !allowsShrink) throw new SyncStopped({ shrinking })
  if (found.mustAsk && !allowsOpening) throw new SyncStopped({ openings })
  await dropIndexes(target, merged.kinds)
  return target.transaction(async (within) => {
    const taken = await countTaken(within, merged, state)
    const applied = await applyStage(within, merged, mapping.coverage)
    const kinds = describeKinds(merged, applied.changes, counts)
    const isFull = request.since === null
    const span = isFull ? null : { since: state.lastAt ?? startedAt, until: startedAt }
    const entry = makeEntry(request, sources.label, kinds, span)
    const fullAt = isFull ? startedAt : state.fullAt
    const { sha256 } = mapping
    await writeState(within, state.id, {
      sha256,
      fullAt,
      lastAt: startedAt,
      since: marks.marks(),
      counts: taken,
      entry,
    })
    return { kinds, entry, ...found, doubts: await findDoubts(within, applied.kinds, today) }
  })
}

/** Counts the rows that a run takes of each kind that it read whole. */
async function countTaken(
  target: Pick<SyncTarget, 'query'>,
  { kinds, whole }: MergedRun,
  { counts }: SyncState,
): Promise<Readonly<Record<string, number>>> {
  const taken: Record<string, number> = { ...counts }
  for (const { name, stage } of kinds.filter((kind) => whole.has(kind.name))) {
    const [row] = await target.query<{ n: number }>(`select count(*)::int as n from ${stage}`)
    taken[name] = row?.n ?? 0
  }
  return taken
}

function describeKinds({ kinds }: MergedRun, changes: Changes, counts: RefusalCounts): readonly KindResult[] {
  return kinds.map(({ name }) => {
    const { created = 0, changed = 0, deleted = 0 } = changes.get(name) ?? {}
    return { kind: name, read: counts.readOf(name), refused: counts.refusedOf(name), created, changed, deleted }
  })
}

/**
 * Makes the entry of a run: `import` for a full one, `sync` for one that took changes over (contract/audit-log/operator-entries.ts).
 * @param span of an incremental run, RFC 3339; null for a full run.
 */
function makeEntry(
  { mapping, by, legalBasis, now }: SyncRequest,
  source: string,
  kinds: readonly KindResult[],
  span: { readonly since: string; readonly until: string } | null,
): PendingEntry {
  const members = {
    kind: span === null ? 'import' : 'sync',
    country: mapping.country,
    source,
    mapping: mapping.sha256,
    legalBasis,
    ...span,
    rows: kinds.map(({ kind: type, refused: rejected, ...counts }) => ({ type, ...counts, rejected })),
    by: by === undefined ? osUser() : { name: by, source: 'OPTION' },
    result: kinds.some(({ refused }) => refused > 0) ? 'PARTLY' : 'DONE',
  }
  return { id: createUuidV7(now()), members }
}

/** Decides what is read. @throws {UsageError} if an incremental run has nothing to begin from. */
function planRun({ mapping, since }: SyncRequest, kinds: readonly FilledKind[], state: SyncState): ReadingPlan {
  if (since === null) return planFullRun(mapping, kinds)
  if (state.fullAt === null) {
    throw new UsageError(
      '--since: expected a full run before; this mapping has had none. Run the command without --since first',
    )
  }
  if (state.sha256 !== mapping.sha256) {
    throw new UsageError(
      '--since: expected the mapping of the last run; it has changed since, so every row may have. Run the command without --since',
    )
  }
  if (mapping.feeds.every((feed) => feed.since === null)) {
    throw new UsageError(
      '--since: expected a section with «since: COLUMN» in the mapping; it has none. Run the command without --since',
    )
  }
  const marks = since === 'LAST' ? state.since : marksOf(mapping, since.time)
  const unfit = Object.entries(marks).find(([, value]) => !isComparable(value))
  if (unfit !== undefined) {
    throw new UsageError(
      `--since: expected ${unfit[0]}.since to be a date, a time or a number as the source writes it; came «${unfit[1]}». ` +
        'Convert the column in a select, or run the command without --since',
    )
  }
  return planIncrementalRun(mapping, kinds, marks)
}

function marksOf({ feeds }: Mapping, time: string): Watermarks {
  return Object.fromEntries(feeds.filter(({ since }) => since !== null).map(({ place }) => [place, time]))
}

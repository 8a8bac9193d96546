import type { Language } from '../../contract/language.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { applyStage, type Changes, foreseeChanges } from './apply-stage.ts'
import { dropIndexes } from './build-indexes.ts'
import { checkStage } from './check-stage.ts'
import { checkColumns, type FeedSources, openFeedSources } from './feed-sources.ts'
import { type DoubtfulRows, findDoubts } from './find-doubts.ts'
import { findOpenings, isSameMapping, mustAsk, type Opening } from './guard-opening.ts'
import { findShrinking, type Shrinking } from './guard-shrink.ts'
import { type FutureTimes, findAssumedZone, findFutureTimes } from './judge-times.ts'
import type { KindResult } from './kind-result.ts'
import { type FilledKind, listFilledKinds } from './kinds.ts'
import type { KindChange, MergedRun } from './merge.ts'
import { makeEntry, type NotedRows } from './note-sync.ts'
import { numberRows } from './number-rows.ts'
import { planFullRun, planIncrementalRun, type Reading, type ReadingPlan, type Watermarks } from './plan-readings.ts'
import { createRefusalCounts, type RefusalCounts } from './refusal-counts.ts'
import { openRefusedFile, type RefusedSink } from './refused-file.ts'
import { reportStageRefusals } from './stage-refusals.ts'
import { stageRows } from './stage-rows.ts'
import { analyzeStage, createStage, dropStage, findStage } from './stage-tables.ts'
import { type PendingEntry, readState, type SyncState, writeState } from './sync-state.ts'
import type { SyncTarget } from './target.ts'
import { createWatermarkFinder, isComparable } from './watermarks.ts'

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

/** A run would leave far less than there was. */
export class ShrinkError extends Error {
  override readonly name = 'ShrinkError'
  readonly shrinking: readonly Shrinking[]
  constructor(shrinking: readonly Shrinking[]) {
    super('the run would leave far less than there was')
    this.shrinking = shrinking
  }
}

/** A run would open rows that are closed. */
export class OpeningError extends Error {
  override readonly name = 'OpeningError'
  readonly openings: readonly Opening[]
  constructor(openings: readonly Opening[]) {
    super('the run would open rows that are closed')
    this.openings = openings
  }
}

/**
 * Fills the tables of a country from what a mapping reads. Readers see the rows as they were before, or as they are afterwards.
 * @throws {UsageError} if the mapping reads columns that are not there, or the run cannot be incremental.
 * @throws {SourceError} if a source cannot be read. Nothing is changed then.
 * @throws {ShrinkError} if far less would be left.
 * @throws {OpeningError} if protection would be withdrawn, or rows would be shared with others.
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
    try {
      return { ...(await runStaged(request, { plan, kinds, sources, startedAt, state })), tookOver }
    } finally {
      // If the database is gone, the next run does it.
      await dropStage(target).catch(() => undefined)
    }
  } finally {
    await sources.close()
  }
}

interface Planned {
  readonly plan: ReadingPlan
  readonly kinds: readonly FilledKind[]
  readonly sources: FeedSources
  readonly startedAt: string
  readonly state: SyncState
}

async function runStaged(request: SyncRequest, planned: Planned): Promise<Omit<SyncResult, 'tookOver'>> {
  const { mapping, target } = request
  const { plan, kinds, sources, startedAt, state } = planned
  await createStage(target, kinds)
  const counts = createRefusalCounts()
  const marks = createWatermarkFinder(state.since)
  const refused = typeof request.refused === 'object' ? request.refused : await openRefusedFile(request.refused)
  try {
    await readAll(request, { ...planned, counts, marks, refused })
  } finally {
    await refused.close()
  }
  const futureTimes = await findFutureTimes(target, kinds)
  const numbered: FilledKind[] = []
  for (const kind of kinds) numbered.push(await numberRows(target, kind, mapping))
  const run: MergedRun = { mapping: state.id, whole: plan.whole, kinds: numbered }
  const done = await finish(request, run, { startedAt, state, counts, since: marks.marks(), source: sources.label })
  const isIncremental = request.since !== null
  const blind = isIncremental ? kinds.filter((kind) => !plan.whole.has(kind.name)).map((kind) => kind.name) : []
  return {
    ...done,
    counts,
    isIncremental,
    blind,
    source: sources.label,
    zone: findAssumedZone(mapping),
    futureTimes,
    sinceUnused: plan.sinceUnused,
  }
}

interface Reader extends Planned {
  readonly counts: RefusalCounts
  readonly marks: ReturnType<typeof createWatermarkFinder>
  readonly refused: RefusedSink
}

/** Reads everything into the staging tables, and refuses there what only the whole can tell. */
async function readAll(request: SyncRequest, reader: Reader): Promise<void> {
  const { mapping, target, language, progress } = request
  const { plan, kinds, sources, state } = reader
  const totals = new Map<Reading, number | null>()
  for (const reading of plan.readings) totals.set(reading, await sources.of(reading.feed).count(reading.selection))
  await stageRows(plan.readings, {
    mapping,
    target,
    language,
    ...reader,
    onRead: (reading, rows) => progress.read(reading.feed.place, rows, totals.get(reading) ?? null),
  })
  progress.step('CHECK')
  await analyzeStage(target, kinds)
  await checkStage(target, { country: mapping.country, kinds, whole: plan.whole, mapping: state.id })
  await reportStageRefusals(target, {
    kinds,
    feeds: mapping.feeds,
    language,
    counts: reader.counts,
    refused: reader.refused,
  })
}

interface Facts {
  readonly startedAt: string
  readonly state: SyncState
  readonly counts: RefusalCounts
  readonly since: Watermarks
  readonly source: string
}

type Finished = Pick<SyncResult, 'kinds' | 'entry' | 'shrinking' | 'openings' | 'mustAsk' | 'doubts'>

/** Changes the rows, or says what would change. */
async function finish(request: SyncRequest, run: MergedRun, facts: Facts): Promise<Finished> {
  const { target, isDryRun, allowsShrink, allowsOpening, mapping, progress } = request
  progress.step('WRITE')
  const shrinking = await findShrinking(target, run, facts.state)
  const today = facts.startedAt.slice(0, 10)
  const openings = await findOpenings(target, run, today)
  const found = { shrinking, openings, mustAsk: mustAsk(openings, isSameMapping(facts.state, mapping)) }
  if (isDryRun) {
    const { changes, kinds: staged } = await foreseeChanges(target, run)
    const kinds = describeKinds(run.kinds, changes, facts.counts)
    return { kinds, entry: null, ...found, doubts: await findDoubts(target, staged, today) }
  }
  if (shrinking.length > 0 && !allowsShrink) throw new ShrinkError(shrinking)
  if (found.mustAsk && !allowsOpening) throw new OpeningError(openings)
  await dropIndexes(target, run.kinds)
  return target.transaction(async (within) => {
    const taken = await countTaken(within, run, facts.state)
    const { changes, kinds: staged } = await applyStage(within, run, mapping.coverage)
    const kinds = describeKinds(run.kinds, changes, facts.counts)
    const entry = makeRunEntry(request, facts, kinds)
    await writeState(within, facts.state.id, {
      sha256: mapping.sha256,
      fullAt: request.since === null ? facts.startedAt : facts.state.fullAt,
      lastAt: facts.startedAt,
      since: facts.since,
      counts: taken,
      entry,
    })
    return { kinds, entry, ...found, doubts: await findDoubts(within, staged, today) }
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

function describeKinds(kinds: readonly FilledKind[], changes: Changes, counts: RefusalCounts): readonly KindResult[] {
  const none: KindChange = { created: 0, changed: 0, deleted: 0 }
  return kinds.map(({ name }) => ({
    kind: name,
    read: counts.readOf(name),
    refused: counts.refusedOf(name),
    ...(changes.get(name) ?? none),
  }))
}

function makeRunEntry(request: SyncRequest, facts: Facts, kinds: readonly KindResult[]): PendingEntry {
  const { mapping, by, legalBasis, since, now } = request
  const rows: readonly NotedRows[] = kinds.map(({ kind, read, created, changed, deleted, refused }) => ({
    type: kind,
    read,
    created,
    changed,
    deleted,
    rejected: refused,
  }))
  const from = since === null ? null : (facts.state.lastAt ?? facts.startedAt)
  return makeEntry(createUuidV7(now()), {
    country: mapping.country,
    source: facts.source,
    mapping: mapping.sha256,
    by,
    legalBasis,
    rows,
    span: from === null ? null : { since: from, until: facts.startedAt },
  })
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

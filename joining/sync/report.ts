import type { Language } from '../../contract/language.ts'
import type { Say } from '../../contract/words.ts'
import { type BarStream, createProgressBar, type ProgressBar } from '../../service/progress-bar.ts'
import { showText } from '../../service/show-text.ts'
import type { DoubtfulRows, FutureTimes, Opening, Shrinking } from './guards.ts'
import type { KindResult } from './merge.ts'
import type { SyncProgress, SyncResult } from './run-sync.ts'
import type { OtherMapping } from './sync-state.ts'
import { syncWords } from './words.ts'

/** How many reasons for refusals are printed. */
const MAX_CAUSES = 20

/** What {@link describeSync} needs besides the result. */
export interface ReportSettings {
  readonly country: string
  readonly dryRun: boolean
  readonly json: boolean
  readonly refused?: string | undefined
  readonly others: readonly OtherMapping[]
  readonly language: Language
}

/** Describes a run for a person, or as one line of JSON. It has counts and reasons, and no value of a row. */
export function describeSync(result: SyncResult, settings: ReportSettings): string {
  return settings.json ? describeAsJson(result, settings) : describeAsText(result, settings)
}

function describeAsText(result: SyncResult, settings: ReportSettings): string {
  const { country, dryRun, refused: file, others, language } = settings
  const { kinds, counts, isIncremental, blind, source, shrinking, openings, doubts, zone, sinceUnused } = result
  const say = syncWords(language)
  const causes = counts.causes()
  const lines = result.tookOver ? [say('tookOver')] : []
  lines.push(say(dryRun ? 'would' : 'done', { source, country, changesOnly: isIncremental ? say('changesOnly') : '' }))
  lines.push(...kinds.map((kind) => describeKind(kind, say)))
  const rows = count(counts.total())
  if (counts.total() > 0)
    lines.push(file === undefined ? say('refused', { rows }) : say('refusedInFile', { rows, file }))
  for (const { section, column, reason, rows: many } of causes.slice(0, MAX_CAUSES))
    lines.push(`  ${count(many)} × ${section}${column === null ? '' : `, ${column}`}: ${reason}`)
  if (causes.length > MAX_CAUSES) lines.push(say('moreCauses', { causes: count(causes.length - MAX_CAUSES) }))
  if (zone !== null) lines.push(say('zone', { zone, other: otherZone(zone) }))
  lines.push(...result.futureTimes.map((found) => describeFutureTimes(found, zone, say)))
  lines.push(...doubts.map((doubt) => describeDoubt(doubt, say)))
  if (blind.length > 0) lines.push(say('blind', { kinds: blind.join(', ') }))
  if (sinceUnused.length > 0) lines.push(say('sinceUnused', { kinds: sinceUnused.join(', ') }))
  if (dryRun && shrinking.length > 0) lines.push(say('wouldShrink'))
  const state = dryRun ? (result.mustAsk ? 'WOULD_STOP' : 'WOULD_OPEN') : 'OPENED'
  if (openings.length > 0) lines.push(describeOpenings(openings, state, say))
  for (const { name, records, lastAt } of others) {
    const lastRun = lastAt === null ? '' : say('lastRun', { lastAt })
    lines.push(say('others', { name, records: count(records), lastRun }))
  }
  return `${showText(lines.join('\n'))}\n`
}

/** Writes a number of rows. */
export function count(rows: number): string {
  return rows.toLocaleString('en-GB')
}

function describeKind({ kind, read, refused, created, changed, deleted }: KindResult, say: Say): string {
  const lineRead = read === 0 ? '' : say('lineRead', { read: count(read), refused: count(refused) })
  const changes = { created: count(created), changed: count(changed), deleted: count(deleted) }
  return say('line', { kind, ...changes, read: lineRead })
}

/** Returns a zone in which a source may have written its times, if it is not this one. */
function otherZone(zone: string): string {
  return zone === 'UTC' ? 'America/Guatemala' : 'UTC'
}

/** `zone`: in which times were read that say none; null if each said its own. */
function describeFutureTimes({ kind, field, rows, hours }: FutureTimes, zone: string | null, say: Say): string {
  const found = { kind, field, rows: count(rows), hours: count(hours) }
  if (zone === null) return say('futureTimes', found)
  return say('futureTimesInZone', { ...found, zone, other: otherZone(zone) })
}

function describeDoubt({ id, place, rows, examples }: DoubtfulRows, say: Say): string {
  return say(`doubts.${id}`, { place, rows: count(rows), examples: listExamples(examples, rows) })
}

function listExamples(examples: readonly string[], rows: number): string {
  return `${examples.join(', ')}${rows > examples.length ? ', …' : ''}`
}

/** Says that far less would be left, so that nothing was changed. */
export function describeShrinking(found: readonly Shrinking[], say: Say): string {
  const lines = found.map(({ kind, before, gone }) =>
    say('shrinkingLine', { kind, before: count(before), gone: count(gone) }),
  )
  return say('shrinking', { lines: lines.join('\n') })
}

/** Says what a run opened, or would open. `STOPPED`: nothing was changed because of it. */
export function describeOpenings(
  found: readonly Opening[],
  state: 'STOPPED' | 'WOULD_STOP' | 'WOULD_OPEN' | 'OPENED',
  say: Say,
): string {
  const lines = found.map(({ kind, why, rows, before, minors, examples }) =>
    say(`opening.${why}`, {
      kind,
      rows: count(rows),
      before: count(before),
      minors: minors === 0 ? '' : say('minors', { minors: count(minors) }),
      examples: listExamples(examples, rows),
    }),
  )
  return say(`openings.${state}`, { lines: lines.join('\n') })
}

function describeAsJson(result: SyncResult, { country, dryRun, others }: ReportSettings): string {
  const { kinds, counts, isIncremental, source, shrinking, openings, doubts, zone, futureTimes, sinceUnused } = result
  return `${JSON.stringify({
    country,
    source,
    isDryRun: dryRun,
    isIncremental,
    kinds,
    refused: counts.total(),
    causes: counts.causes(),
    shrinking,
    openings,
    doubts,
    deletionsUnknown: result.blind,
    others,
    zone,
    futureTimes,
    sinceUnused,
  })}\n`
}

/** Shows on a terminal how far a run is: a bar for each section that is read. It writes nothing if `stream` is not a terminal. */
export function createSyncProgress(stream: BarStream, say: Say): SyncProgress & { readonly clear: () => void } {
  let shown: { readonly label: string; readonly bar: ProgressBar } | undefined
  const show = (label: string): ProgressBar => {
    if (shown?.label !== label) {
      shown?.bar.clear()
      shown = { label, bar: createProgressBar(stream, label) }
    }
    return shown.bar
  }
  return {
    // Without a total, the rows that were read are all that is known.
    read: (section, rows, total) => show(say('reading', { section })).report(rows, total ?? rows),
    step: (step) => show(say(step === 'CHECK' ? 'checking' : 'writing')).report(0, 1),
    clear() {
      shown?.bar.clear()
      shown = undefined
    },
  }
}

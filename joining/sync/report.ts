import { showText } from '../../service/show-text.ts'
import type { SyncResult } from './run-sync.ts'
import type { OtherMapping } from './sync-state.ts'
import type { SyncWords } from './words.ts'

/** How many reasons for refusals are printed. */
const MAX_CAUSES = 20

/** What {@link describeSync} needs besides the result. */
export interface ReportSettings {
  readonly country: string
  readonly dryRun: boolean
  readonly json: boolean
  readonly refused?: string | undefined
  readonly others: readonly OtherMapping[]
  readonly words: SyncWords
}

/** Describes a run for a person, or as one line of JSON. It has counts and reasons, and no value of a row. */
export function describeSync(result: SyncResult, settings: ReportSettings): string {
  return settings.json ? describeAsJson(result, settings) : describeAsText(result, settings)
}

function describeAsText(result: SyncResult, { country, dryRun, refused, others, words }: ReportSettings): string {
  const {
    kinds,
    counts,
    tookOver,
    isIncremental,
    blind,
    source,
    shrinking,
    openings,
    doubts,
    zone,
    futureTimes,
    sinceUnused,
  } = result
  const causes = counts.causes()
  const lines = [
    ...(tookOver ? [words.tookOver] : []),
    words.head(country, source, dryRun, isIncremental),
    ...kinds.map(words.line),
    ...(counts.total() > 0 ? [words.refused(counts.total(), refused)] : []),
    ...causes
      .slice(0, MAX_CAUSES)
      .map(({ section, column, reason, rows }) => words.cause(section, column, reason, rows)),
    ...(causes.length > MAX_CAUSES ? [words.moreCauses(causes.length - MAX_CAUSES)] : []),
    ...(zone === null ? [] : [words.zone(zone)]),
    ...futureTimes.map((found) => words.futureTimes(found, zone)),
    ...doubts.map(words.doubt),
    ...(blind.length > 0 ? [words.blind(blind)] : []),
    ...(sinceUnused.length > 0 ? [words.sinceUnused(sinceUnused)] : []),
    ...(dryRun && shrinking.length > 0 ? [words.wouldShrink] : []),
    ...(openings.length > 0
      ? [words.openings(openings, dryRun ? (result.mustAsk ? 'WOULD_STOP' : 'WOULD_OPEN') : 'OPENED')]
      : []),
    ...others.map(({ name, records, lastAt }) => words.others(name, records, lastAt)),
  ]
  return `${showText(lines.join('\n'))}\n`
}

function describeAsJson(result: SyncResult, { country, dryRun, others }: ReportSettings): string {
  const { kinds, counts, isIncremental, source, shrinking, openings, doubts, blind, zone, futureTimes, sinceUnused } =
    result
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
    deletionsUnknown: blind,
    others,
    zone,
    futureTimes,
    sinceUnused,
  })}\n`
}

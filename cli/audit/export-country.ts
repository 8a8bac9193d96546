/** Selects what one country may have of a gateway's log, and what proves that nothing of it is missing. */
import { createViewAssembler } from '../../audit/index/country-view.ts'
import { type EntryFilter, matches } from '../../audit/index/filter.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { type CountryPart, isCountryPart, tellsOnlyOf } from '../../contract/audit-log/country-part.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo } from './command.ts'

/** What a country gets. */
export interface CountrySelection {
  readonly country: string
  /** The filter without the country. */
  readonly filter: EntryFilter
  /** Whether entries of version 1 that tell of other countries too are in it. */
  readonly hasWholeOldEntries: boolean
}

/** What {@link surveyCountry} finds out in a first reading of the log. */
export interface CountrySurvey {
  /** The ids of the matching entries. */
  readonly wanted: ReadonlySet<string>
  /** The numbers of the country's parts in the range of times. If there are none, `last` is one less than `first`. */
  readonly first: number
  readonly last: number
  /**
   * The indexes of the country's parts just before and behind the range, of the newest entry with counts, and of the newest start of one of several
   * workers.
   */
  readonly before: number | undefined
  readonly after: number | undefined
  readonly counting: number | undefined
  readonly started: number | undefined
}

/** Reads the log once, and finds what matches. */
export async function surveyCountry(
  reader: LogReader,
  { country, filter }: CountrySelection,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<CountrySurvey> {
  const assembler = createViewAssembler(reader.log.name)
  const wanted = new Set<string>()
  const own = createRange(filter)
  let [counting, started]: [number | undefined, number | undefined] = [undefined, undefined]
  const take = (rows: ReturnType<typeof assembler.waiting>): void => {
    for (const { viewer, row } of rows) if (viewer === country && matches(row, filter)) wanted.add(row.id)
  }
  const bar = createProgressBar(io.err, 'read', io.now)
  try {
    for await (const placed of reader.entries()) {
      bar.report(placed.index, reader.head.checkpoint.size)
      take(assembler.push(placed))
      const entry = parseEntry(placed.bytes)
      if (isCountryPart(entry) && entry.country === country) own.push(entry, placed.index)
      if ('counts' in entry) counting = placed.index
      if (entry.kind === 'start') started = entry.v === 3 ? placed.index : undefined
    }
  } finally {
    bar.clear()
  }
  take(assembler.waiting())
  return { wanted, counting, started, ...own.range() }
}

/**
 * Collects the numbers of a country's parts in a range of times. The numbers of the range have no gap, also if the gateway's clock was set
 * back: whatever lies between the first and the last part of that time belongs to it.
 */
function createRange({ from = '', until = '~' }: EntryFilter) {
  let [first, last]: [number | undefined, number] = [undefined, 0]
  // A part may still belong to the range if a later part does, so both candidates move on.
  let [before, beforeSeq, after]: [number | undefined, number, number | undefined] = [undefined, 0, undefined]
  return {
    push({ time, seq }: CountryPart, index: number): void {
      if (time >= from && time < until) {
        first ??= seq
        last = seq
        after = undefined
      } else if (first !== undefined || time >= until) after ??= index
      else [before, beforeSeq] = [index, seq]
    },
    range: () => ({
      first: first ?? beforeSeq + 1,
      last: first === undefined ? beforeSeq : last,
      before,
      after,
    }),
  }
}

/** Yields the entries that the country gets, in the order of the log. `onWithheld` is called for each that it does not get. */
export async function* selectForCountry(
  reader: LogReader,
  selection: CountrySelection & Pick<CountrySurvey, 'wanted' | 'first' | 'last'> & { readonly isExtract: boolean },
  onWithheld: () => void,
): AsyncGenerator<PlacedEntry> {
  const { country, wanted, hasWholeOldEntries } = selection
  // A request and its parts of no country wait for the country's own part, which says whether they are in the range.
  let common: PlacedEntry[] = []
  for await (const placed of reader.entries()) {
    const entry = parseEntry(placed.bytes)
    if (entry.kind === 'request' && entry.v === 2) common = [placed]
    else if (entry.kind === 'continuation' && entry.v === 2 && entry.country === null) common.push(placed)
    else if (isCountryPart(entry)) {
      if (entry.country !== country || !isSelected(entry, selection)) continue
      yield* common
      common = []
      yield placed
    } else if (isWanted(entry, wanted)) {
      if (hasWholeOldEntries || tellsOnlyOf(entry, country)) yield placed
      else onWithheld()
    }
  }
}

function isSelected(
  { of, seq }: CountryPart,
  { wanted, isExtract, first, last }: Parameters<typeof selectForCountry>[1],
): boolean {
  return isExtract ? wanted.has(of) : seq >= first && seq <= last
}

function isWanted(entry: Entry, wanted: ReadonlySet<string>): boolean {
  // An entry with counts concerns each country. The newest one is in the statement.
  if ('counts' in entry) return false
  return wanted.has(entry.id) || ('of' in entry && wanted.has(entry.of))
}

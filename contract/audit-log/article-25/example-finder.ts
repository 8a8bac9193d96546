import type { Entry, EntryOf } from '../entry.ts'
import { COVERAGE, type CoverageRow } from './coverage-table.ts'

/** How many requests wait for their continuations at once. The log writes them close together. */
const MAX_WAITING = 10_000

/** The newest example of each kind of processing in a log. */
export type Examples = ReadonlyMap<CoverageRow, Entry>

/** Collects examples from entries in their order. */
export interface ExampleFinder {
  readonly add: (entry: Entry) => void
  readonly found: () => Examples
}

/** Creates a finder of examples. */
export function createExampleFinder(): ExampleFinder {
  const found = new Map<CoverageRow, Entry>()
  const requests = new Map<string, { entry?: Entry; readonly countries: Set<string> }>()
  const note = (entry: Entry, countries: ReadonlySet<string>): void => {
    for (const row of COVERAGE) if (row.isOf(entry, countries)) found.set(row, entry)
  }
  return {
    add(entry) {
      if (entry.kind !== 'request' && entry.kind !== 'continuation') return note(entry, new Set())
      const id = entry.kind === 'request' ? entry.id : entry.of
      const request = requests.get(id) ?? { countries: new Set<string>() }
      requests.delete(id)
      requests.set(id, request)
      for (const country of answeredBy(entry)) request.countries.add(country)
      if (entry.kind === 'request') request.entry = entry
      if (request.entry !== undefined) note(request.entry, request.countries)
      const [oldest] = requests.keys()
      if (requests.size > MAX_WAITING && oldest !== undefined) requests.delete(oldest)
    },
    found: () => found,
  }
}

/** Lists the countries that answered in the legs of an entry. */
function answeredBy({ legs }: Pick<EntryOf<'request'>, 'legs'>): readonly string[] {
  return legs.flatMap(({ country, reach }) => (country !== null && reach === 'ANSWERED' ? [country] : []))
}

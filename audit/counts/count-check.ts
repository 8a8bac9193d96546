import type { Finding } from '../finding.ts'
import type { PlacedEntry } from '../verify/read-entries.ts'
import { type Counts, readCountedMembers } from './counted-members.ts'

/** Checks the numbers of countries' parts in a complete log, entry by entry. */
export interface CountCheck {
  /** Takes the next entry of the log. Returns what is wrong with its numbers. */
  readonly push: (entry: PlacedEntry) => readonly Finding[]
  /** Returns the `seq` of each country's last part so far. */
  readonly counts: () => Counts
}

/**
 * Creates a check that begins with any entry of a log. Beginning with the first entry, it expects each country's parts to count from 1
 * without gaps. Beginning later, it takes the first number of a country that it sees as right, and behind entries that were pruned it begins
 * again. An entry with counts must state the numbers of the parts before it.
 */
export function createCountCheck(): CountCheck {
  const known = new Map<string, number>()
  // Whether a country that is not known yet has had no part: so at the beginning of the log, and after an entry with counts.
  let isComplete = false
  let next: number | undefined

  const pushPart = (where: string, { country, seq }: { readonly country: string; readonly seq: number }) => {
    const before = known.get(country) ?? (isComplete ? 0 : seq - 1)
    known.set(country, seq)
    return seq === before + 1 ? [] : [{ kind: 'COUNT', where, ...describeJump(country, before, seq) } as const]
  }

  const pushCounts = (where: string, counts: Counts): readonly Finding[] => {
    const countries = new Set([...known.keys(), ...(isComplete ? Object.keys(counts) : [])])
    const findings = [...countries].sort().flatMap((country): readonly Finding[] => {
      const [expected, came] = [known.get(country) ?? 0, counts[country] ?? 0]
      if (expected === came) return []
      return [{ kind: 'COUNT', where, expected: `${country} ${expected}, as counted`, came: `${country} ${came}` }]
    })
    for (const [country, count] of Object.entries(counts)) known.set(country, count)
    isComplete = true
    return findings
  }

  return {
    push({ index, bytes }) {
      if (index === 0 && next === undefined) isComplete = true
      // A shard begins with 0, and its numbers go on. Before any other entry that does not follow, entries were pruned.
      if (next !== undefined && index !== next && index !== 0) {
        known.clear()
        isComplete = false
      }
      next = index + 1
      const { part, counts } = readCountedMembers(bytes)
      const where = `entry ${index}`
      return [
        ...(part === undefined ? [] : pushPart(where, part)),
        ...(counts === undefined ? [] : pushCounts(where, counts)),
      ]
    },
    counts: () => Object.fromEntries(known),
  }
}

function describeJump(country: string, before: number, seq: number): Pick<Finding, 'expected' | 'came'> {
  const came =
    seq > before + 1 ? `${country} ${seq}: ${formatMissing(country, before + 1, seq - 1)}` : `${country} ${seq} again`
  return { expected: `${country} ${before + 1}`, came }
}

/** Says for people which parts of a country are missing. */
export function formatMissing(country: string, first: number, last: number): string {
  return first === last ? `${country} ${first} is missing` : `${country} ${first} to ${last} are missing`
}

import type { Finding } from '../finding.ts'
import { TILE_WIDTH } from '../merkle/tile.ts'
import { type PlacedEntry, readBundle } from '../verify/read-log.ts'
import type { LogSource } from '../verify/source.ts'

/** Checks the numbers of countries' parts in a complete log, entry by entry. */
export type CountCheck = ReturnType<typeof createCountCheck>

/**
 * Creates a check that begins with any entry of a log. Beginning with the first entry, it expects each country's parts to count from 1
 * without gaps. Beginning later, it takes the first number of a country that it sees as right, and behind entries that were pruned it begins
 * again. An entry with counts must state the numbers of the parts before it.
 */
export function createCountCheck() {
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
    /** Takes the next entry of the log. Returns what is wrong with its numbers. */
    push({ index, bytes }: PlacedEntry) {
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
    /** Returns the `seq` of each country's last part so far. */
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

/**
 * What the counts of a log need of an entry (docs/design/audit-log.md, Parts of countries). Only entries of the kinds that are named here count:
 * others have members of the same names with another meaning, such as the `seq` of who signed a suspension.
 */

const PART_KIND = 'continuation'
const COUNTING_KINDS = ['start', 'heartbeat', 'stop']

/** The `seq` of each country's last part, by country code. */
export type Counts = Readonly<Record<string, number>>

/** The members of an entry that count. */
export interface CountedMembers {
  /** The country's part with its number; undefined if the entry is not a part of a country. */
  readonly part: { readonly country: string; readonly seq: number } | undefined
  /** The counts that the entry states; undefined if it states none. */
  readonly counts: Counts | undefined
}

const NOTHING: CountedMembers = { part: undefined, counts: undefined }

/** How RFC 8785 writes the members. In a text, the quotes are escaped, so most entries need not be parsed. */
const MARKS = [Buffer.from('"seq":'), Buffer.from('"counts":')]

/** Reads the members from the bytes of an entry. An entry that is not JSON has none: others report it. */
export function readCountedMembers(bytes: Uint8Array): CountedMembers {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!MARKS.some((mark) => buffer.includes(mark))) return NOTHING
  const { kind, country, seq, counts } = parseObject(buffer)
  return {
    part: kind === PART_KIND && typeof country === 'string' && isCount(seq) ? { country, seq } : undefined,
    counts: COUNTING_KINDS.some((each) => each === kind) && isCounts(counts) ? counts : undefined,
  }
}

function parseObject(buffer: Buffer): {
  readonly kind?: unknown
  readonly country?: unknown
  readonly seq?: unknown
  readonly counts?: unknown
} {
  try {
    return Object(JSON.parse(buffer.toString('utf8'))) as object
  } catch {
    return {}
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function isCounts(value: unknown): value is Counts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isCount)
}

/**
 * Reads the counts of a log: backwards, from its end to the last entry that states them, or to the beginning of a log that has none.
 * @param size the size of the log's published tree.
 * @param readBefore reads the counts of what came before the log: of the shard before it. By default there is nothing.
 * @throws {LogDamagedError} if a bundle is missing or malformed.
 */
export async function readCounts(
  source: LogSource,
  size: number,
  readBefore: () => Promise<Counts> = async () => ({}),
): Promise<Counts> {
  const found = new Map<string, number>()
  for (let bundle = Math.ceil(size / TILE_WIDTH) - 1; bundle >= 0; bundle--) {
    for (const bytes of (await readBundle(source, bundle, size)).toReversed()) {
      const { part, counts } = readCountedMembers(bytes)
      // Read backwards, the first number of a country is its last one.
      if (part !== undefined && !found.has(part.country)) found.set(part.country, part.seq)
      if (counts !== undefined) return { ...counts, ...Object.fromEntries(found) }
    }
  }
  return { ...(await readBefore()), ...Object.fromEntries(found) }
}

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

import type { Finding } from '../finding.ts'
import { TILE_WIDTH } from '../merkle/tile.ts'
import type { Policy } from '../note/policy.ts'
import { parseTlogProof } from '../note/tlog-proof.ts'
import type { LogSource } from './source.ts'
import { verifyReceipt } from './verify-receipt.ts'

/**
 * Prunings of a log (C2SP tlog-tiles, Pruning): the bundles of old entries were deleted, and the hashes stay. Each pruning is an entry of the
 * log, written before the first bundle went. Its proof is a file below `prunings`: a C2SP tlog-proof with the entry in the line `extra`.
 * The entry says how far bundles may be missing, so that a reader accepts no other missing bundle.
 */

/** The kind of a pruning's entry. */
export const PRUNE_KIND = 'prune'

/** The most prunings of one log. Readers stop there. */
const MAX_PRUNINGS = 10_000

/** A pruning whose entry is in a tree that the log signed. */
export interface Pruning {
  /** The index of the entry of the pruning. */
  readonly index: number
  readonly id: string
  /** When the entry was written, RFC 3339. */
  readonly time: string
  /** Entries that are older than this were to go, RFC 3339. */
  readonly before: string
  /** Bundles that end at this index or before it may be missing. */
  readonly minimumIndex: number
  /** The entries below it that stay, in ranges: `until` is not included. */
  readonly held: readonly { readonly from: number; readonly until: number }[]
  /** The checkpoint of the proof, as a note. */
  readonly checkpoint: string
}

/** All prunings of a log. */
export interface Prunings {
  /** Oldest first. */
  readonly all: readonly Pruning[]
  /** Whether the bundle may be missing. `index` is that of the bundle, not of an entry. */
  readonly isPruned: (bundle: number) => boolean
  /** The largest minimum index; 0 if the log was never pruned. */
  readonly minimumIndex: number
}

/** The prunings of a log that was never pruned. */
export const NO_PRUNINGS: Prunings = { all: [], isPruned: () => false, minimumIndex: 0 }

/** Returns the path of a pruning below the log's folder. `count` is the number of prunings before it. */
export function pruningPath(count: number): string {
  return `prunings/${count}`
}

/**
 * Reads the prunings of a log, and checks that each one's entry is in a tree which the log signed.
 * @param origin the log's name
 * @param report called for a pruning that is not valid. It does not count: its bundles are then missing without a reason.
 */
export async function readPrunings(
  source: LogSource,
  origin: string,
  policy: Policy,
  report: (finding: Finding) => void = () => undefined,
): Promise<Prunings> {
  const all: Pruning[] = []
  for (let count = 0; count < MAX_PRUNINGS; count++) {
    const bytes = await source.read(pruningPath(count))
    if (bytes === undefined) break
    const read = parsePruning(Buffer.from(bytes).toString('utf8'), origin, policy)
    if (typeof read === 'string') {
      const expected = 'the proof of an entry with a pruning of this log'
      report({ kind: 'MALFORMED', where: pruningPath(count), expected, came: read })
    } else all.push(read)
  }
  if (all.length === 0) return NO_PRUNINGS
  // What one pruning held, a later one may have released.
  const isPruned = (bundle: number): boolean => all.some((pruning) => allows(pruning, bundle))
  return { all, isPruned, minimumIndex: Math.max(...all.map(({ minimumIndex }) => minimumIndex)) }
}

/** Whether a pruning lets a bundle go: it ends at the minimum index or before it, and none of its entries is held. */
export function allows({ minimumIndex, held }: Pick<Pruning, 'minimumIndex' | 'held'>, bundle: number): boolean {
  const [from, until] = [bundle * TILE_WIDTH, (bundle + 1) * TILE_WIDTH]
  return until <= minimumIndex && !held.some((range) => range.from < until && range.until > from)
}

/** Says what was pruned, when and by which entry, for people: one line for each pruning. */
export function describePrunings({ all }: Prunings): readonly string[] {
  return all.map(({ minimumIndex, time, index, id, held }) => {
    const stays = held.length === 0 ? '' : `, except ${held.length} ranges that are held`
    return `bundles before entry ${minimumIndex} were pruned on ${time} by entry ${index}, ${id}${stays}`
  })
}

function parsePruning(proof: string, origin: string, policy: Policy): Pruning | string {
  try {
    const { extra, index, checkpoint } = parseTlogProof(proof)
    if (extra === undefined) return 'a proof without its entry'
    const { findings, checked } = verifyReceipt(proof, extra, policy)
    if (findings.length > 0) return 'a proof that does not hold'
    if (checked?.checkpoint.origin !== origin) return 'a proof of another log'
    const entry = Object(JSON.parse(Buffer.from(extra).toString('utf8'))) as Readonly<Record<string, unknown>>
    const { id, time, before, minimumIndex } = entry
    const held = readRanges(entry.held)
    const isWhole = entry.kind === PRUNE_KIND && [id, time, before].every(isText)
    if (!isWhole || !isCount(minimumIndex) || held === undefined) return 'another entry'
    // An entry that names itself as pruned, or entries that came after it, was not written before the pruning.
    if (minimumIndex > index) return 'a pruning of entries behind its own entry'
    return { index, id: String(id), time: String(time), before: String(before), minimumIndex, held, checkpoint }
  } catch (error) {
    return (error as Error).message
  }
}

function readRanges(value: unknown): Pruning['held'] | undefined {
  if (!Array.isArray(value)) return undefined
  const ranges = value.map((each) => Object(each) as { readonly from?: unknown; readonly until?: unknown })
  return ranges.every(({ from, until }) => isCount(from) && isCount(until)) ? (ranges as Pruning['held']) : undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

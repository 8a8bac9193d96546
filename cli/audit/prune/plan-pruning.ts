import { TILE_WIDTH } from '../../../audit/merkle/tile-path.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { createProgressBar } from '../../../service/progress-bar.ts'
import type { AuditIo } from '../command.ts'
import { membersOf } from '../readable-entries.ts'

/** What a pruning will delete and keep. */
export interface PrunePlan {
  /** Bundles that end here or before go, except the held ones. A multiple of 256. */
  readonly minimumIndex: number
  /** The held entries below it, in ranges of complete bundles: `until` is not included. */
  readonly held: readonly { readonly from: number; readonly until: number }[]
  /** The held ids that the log has. */
  readonly heldIds: ReadonlySet<string>
  /** The texts of the content store that remaining entries name, or that are in force. */
  readonly named: ReadonlySet<string>
}

/** What must stay. */
export interface Kept {
  /** Entries younger than this stay, in milliseconds since 1970. */
  readonly beforeMs: number
  /** The ids of entries that stay with their bundles, because of a legal hold. */
  readonly holds: ReadonlySet<string>
  /** The texts of the content store. */
  readonly texts: ReadonlySet<string>
}

interface Bundle {
  isOld: boolean
  isHeld: boolean
  readonly names: Set<string>
}

/** The kinds of entries that say what is in force from then on, until the next one. */
const IN_FORCE: readonly unknown[] = ['graph', 'publication', 'node-start', 'node-rules']

/** Reads the whole log, and plans which bundles go. An entry's time decides, and one young entry keeps its bundle and all behind it. */
export async function planPruning(reader: LogReader, kept: Kept, io: Pick<AuditIo, 'err' | 'now'>): Promise<PrunePlan> {
  const bundles = new Map<number, Bundle>()
  const inForce = new Map<string, readonly string[]>()
  const heldIds = new Set<string>()
  const bar = createProgressBar(io.err, 'plan', io.now)
  for await (const placed of reader.entries()) {
    bar.report(placed.index, reader.head.checkpoint.size)
    const members = membersOf(placed.bytes)
    const at = Math.floor(placed.index / TILE_WIDTH)
    const bundle = bundles.get(at) ?? { isOld: true, isHeld: false, names: new Set() }
    bundles.set(at, bundle)
    if (!(Date.parse(String(members.time)) < kept.beforeMs)) bundle.isOld = false
    for (const id of [members.id, members.of, members.requestId].filter((each) => kept.holds.has(String(each)))) {
      bundle.isHeld = true
      heldIds.add(String(id))
    }
    const names = namesIn(placed, kept.texts)
    for (const name of names) bundle.names.add(name)
    if (IN_FORCE.includes(members.kind)) inForce.set(`${members.kind} ${members.country} ${members.domain}`, names)
  }
  bar.clear()
  const minimumIndex = findMinimum(bundles, reader)
  const isGoing = (at: number): boolean => (at + 1) * TILE_WIDTH <= minimumIndex && bundles.get(at)?.isHeld !== true
  const remaining = [...bundles].flatMap(([at, { names }]) => (isGoing(at) ? [] : [...names]))
  const held = [...bundles].filter(([at, { isHeld }]) => isHeld && (at + 1) * TILE_WIDTH <= minimumIndex)
  return {
    minimumIndex,
    held: joinRanges(held.map(([at]) => at)),
    heldIds,
    named: new Set([...remaining, ...[...inForce.values()].flat()]),
  }
}

/** Finds how far all bundles are complete and old. Bundles that were pruned before count as old. */
function findMinimum(bundles: ReadonlyMap<number, Bundle>, { head, prunings }: LogReader): number {
  const complete = Math.floor(head.checkpoint.size / TILE_WIDTH)
  for (let at = 0; at < complete; at++) {
    const bundle = bundles.get(at)
    if (bundle === undefined ? !prunings.isPruned(at) : !bundle.isOld) return at * TILE_WIDTH
  }
  return complete * TILE_WIDTH
}

function joinRanges(bundles: readonly number[]): PrunePlan['held'] {
  const ranges: { from: number; until: number }[] = []
  for (const at of [...bundles].sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last?.until === at * TILE_WIDTH) last.until += TILE_WIDTH
    else ranges.push({ from: at * TILE_WIDTH, until: (at + 1) * TILE_WIDTH })
  }
  return ranges
}

function namesIn({ bytes }: PlacedEntry, texts: ReadonlySet<string>): readonly string[] {
  const found =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/(?<=")[0-9a-f]{64}(?=")/g) ?? []
  return found.filter((name) => texts.has(name))
}

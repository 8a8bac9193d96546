import { refuse } from '../finding.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { expectLeaf } from './expect-leaf.ts'
import { decodeFrames, type Frame } from './frames.ts'
import { type LogState, type Repair, signTree } from './state.ts'

/**
 * Brings the tree up to the end of the journal. What the journal has of published entries must be the same; what it has beyond was
 * acknowledged, or was about to be, and is kept. Each commit's checkpoint is signed anew: Ed25519 gives the same bytes.
 */
export async function replayJournal(state: LogState): Promise<readonly Repair[]> {
  const repairs: Repair[] = []
  const names = [...(await state.storage.list('journal'))].sort()
  const before = state.tree.size()
  for (const [at, name] of names.entries()) {
    const torn = await replayFile(state, `journal/${name}`, at === names.length - 1)
    if (torn !== undefined) repairs.push(torn)
  }
  const replayed = state.tree.size() - before
  if (replayed > 0) {
    const what = `${replayed} entries beyond the published checkpoint are taken from the journal`
    repairs.push({ kind: 'REPLAYED', where: `entries from ${before} on`, what })
  }
  return repairs
}

async function replayFile(state: LogState, path: string, isLast: boolean): Promise<Repair | undefined> {
  const bytes = (await state.storage.read(path)) ?? new Uint8Array()
  const { records, length, strayAt } = decodeFrames(bytes)
  if (strayAt !== undefined || (!isLast && length < bytes.length)) {
    refuse('MALFORMED', path, 'whole records', `a broken one at byte ${length}, and whole ones behind it`)
  }
  const [first] = records
  if (first !== undefined && journalPath(first.first) !== path) refuse('GAP', path, journalPath(first.first), path)
  for (const record of records) await replayRecord(state, record, path)
  state.journal.push({ path, first: first?.first ?? state.tree.size(), length })
  if (length === bytes.length) return undefined
  return { kind: 'TORN_JOURNAL', where: path, what: `${bytes.length - length} bytes of a torn write are dropped` }
}

async function replayRecord(state: LogState, { first, entries }: Frame, path: string): Promise<void> {
  const { tree, tail, signer } = state
  if (first > tree.size()) refuse('GAP', path, `entry ${tree.size()}`, `entry ${first}`)
  for (const [at, entry] of entries.entries()) {
    const index = first + at
    if (index < tree.size()) {
      const tile = await tree.readTile({ level: 0, index: Math.floor(index / 256), width: (index % 256) + 1 })
      expectLeaf(entry, index, tile.node(0, index % 256), path)
    } else {
      tree.push(hashLeaf(entry))
      tail.entries.push(entry)
    }
  }
  if (first + entries.length > state.latest.size) {
    state.latest = signTree(tree, signer)
    state.unrecorded.push(state.latest)
  }
}

/** The path of the journal file that begins with entry `first`; names sort as their numbers do. */
export function journalPath(first: number): string {
  return `journal/${String(first).padStart(16, '0')}`
}

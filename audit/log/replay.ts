import { throwDamaged } from '../finding.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { expectLeaf } from './expect-leaf.ts'
import { decodeFrames, type Frame } from './frames.ts'
import { type LogState, type Repair, signTree } from './state.ts'

/**
 * Adds the journal's entries to the tree. Entries of the journal that are already published must be the same ones. The log
 * acknowledged the further entries, or was about to, so the tree takes them. Signs the checkpoint of each commit again: Ed25519
 * is deterministic, so the bytes are the same.
 * @throws {LogDamagedError} if the journal is damaged or does not continue where the log ends.
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
    const what = `took ${replayed} entries beyond the published checkpoint from the journal`
    repairs.push({ kind: 'REPLAYED', where: `entries from ${before} on`, what })
  }
  return repairs
}

async function replayFile(state: LogState, path: string, isLast: boolean): Promise<Repair | undefined> {
  const bytes = (await state.storage.read(path)) ?? new Uint8Array()
  const { frames, length, strayAt } = decodeFrames(bytes)
  if (strayAt !== undefined || (!isLast && length < bytes.length)) {
    throwDamaged('MALFORMED', path, 'complete frames', `a broken one at byte ${length}, and complete ones behind it`)
  }
  const [first] = frames
  if (first !== undefined && journalPath(first.first) !== path)
    throwDamaged('GAP', path, journalPath(first.first), path)
  for (const frame of frames) await replayFrame(state, frame, path)
  state.journal.push({ path, first: first?.first ?? state.tree.size(), length })
  if (length === bytes.length) return undefined
  return { kind: 'TORN_JOURNAL', where: path, what: `dropped ${bytes.length - length} bytes of a torn write` }
}

async function replayFrame(state: LogState, { first, entries }: Frame, path: string): Promise<void> {
  const { tree, tail, signer } = state
  if (first > tree.size()) throwDamaged('GAP', path, `entry ${tree.size()}`, `entry ${first}`)
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
    state.checkpointsForHistory.push(state.latest)
  }
}

/** Returns the path of the journal file that begins with entry `first`. The names sort like the numbers. */
export function journalPath(first: number): string {
  return `journal/${String(first).padStart(16, '0')}`
}

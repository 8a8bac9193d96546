import { formatBase64 } from '../note/base64.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'

/**
 * The two entries that join shards, as far as the log needs to know them (contract/audit-log/operator-entries.ts has their form). A shard ends with
 * an entry that names the next origin. The next shard begins with an entry that names the final checkpoint of the one before.
 */

/** The members with which the owner of a log begins each entry. */
export interface NewEntry {
  readonly v: 1
  readonly id: string
  readonly time: string
}

/** The end of a shard. */
export interface ShardEnd {
  readonly kind: 'shard-end'
  readonly origin: string
  readonly next: string
}

/** The beginning of a shard. `root` is in Base 64, and `checkpoint` is a note. */
export interface ShardStart {
  readonly kind: 'shard-start'
  readonly origin: string
  readonly previous: {
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly checkpoint: string
  }
}

/** Builds the last entry of a shard. */
export function buildShardEnd(base: NewEntry, origin: string, next: string): object {
  return { ...base, kind: 'shard-end', origin, next }
}

/** Builds the first entry of a shard, from the final checkpoint of the shard before it. Throws a NoteError if that is not a checkpoint. */
export function buildShardStart(base: NewEntry, origin: string, checkpoint: string): object {
  const { origin: before, size, root } = parseCheckpoint(parseNote(checkpoint).text)
  return {
    ...base,
    kind: 'shard-start',
    origin,
    previous: { origin: before, size, root: formatBase64(root), checkpoint },
  }
}

/** Reads an entry that ends or begins a shard. Returns undefined if it is neither. */
export function readShardEntry(bytes: Uint8Array): ShardEnd | ShardStart | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  if (!text.includes('"kind":"shard-')) return undefined
  try {
    const entry = Object(JSON.parse(text)) as Partial<ShardEnd & ShardStart & { kind: string }>
    const { kind, origin, next, previous } = entry
    if (typeof origin !== 'string') return undefined
    if (kind === 'shard-end') return typeof next === 'string' ? { kind, origin, next } : undefined
    if (kind !== 'shard-start' || !isPrevious(previous)) return undefined
    return { kind, origin, previous }
  } catch {
    return undefined
  }
}

function isPrevious(value: unknown): value is ShardStart['previous'] {
  const { origin, size, root, checkpoint } = Object(value) as Partial<Record<keyof ShardStart['previous'], unknown>>
  const areTexts = [origin, root, checkpoint].every((each) => typeof each === 'string')
  return areTexts && typeof size === 'number'
}

/**
 * The header `Istmo-Checkpoints` (docs/design/audit-log.md, Witnesses). A gateway and a node show each other the latest checkpoints that
 * they know of audit logs: a list of RFC 9651 with one byte sequence for each checkpoint, which is a C2SP signed note. Whoever sees two
 * that contradict each other has found a split view. The header stands on a few legs only, and is never required.
 */
export const CHECKPOINTS_HEADER = 'Istmo-Checkpoints'

/** The most checkpoints in one header. */
const MAX_CHECKPOINTS = 3

/** The longest checkpoint in a header, in bytes: without cosignatures it has a few hundred. */
const MAX_CHECKPOINT_BYTES = 1_024

/** Formats notes as the value of the header. Leaves out those that are too long, and those after the third. */
export function formatCheckpointsHeader(notes: readonly string[]): string | undefined {
  const short = notes.filter((note) => Buffer.byteLength(note) <= MAX_CHECKPOINT_BYTES).slice(0, MAX_CHECKPOINTS)
  if (short.length === 0) return undefined
  return short.map((note) => `:${Buffer.from(note).toString('base64')}:`).join(', ')
}

/** Parses the value of the header. Returns the notes, unverified; those that are too long or of another form are left out. */
export function parseCheckpointsHeader(value: string): readonly string[] {
  const longest = MAX_CHECKPOINTS * (4 * Math.ceil(MAX_CHECKPOINT_BYTES / 3) + 4)
  if (value.length > longest) return []
  return value.split(',').flatMap((item) => {
    const base64 = /^:([A-Za-z0-9+/]*={0,2}):$/.exec(item.trim())?.[1]
    return base64 === undefined ? [] : [Buffer.from(base64, 'base64').toString('utf8')]
  })
}

import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo } from './command.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Finds an entry by its id, or by its index in the log. Resolves to undefined if the log does not have it, and to the first part of an
 * entry that was split into parts.
 * @throws {TypeError} if `wanted` is neither an id nor an index.
 */
export async function findEntry(
  reader: LogReader,
  wanted: string,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<PlacedEntry | undefined> {
  const { size } = reader.head.checkpoint
  if (/^\d{1,15}$/.test(wanted)) return Number(wanted) < size ? reader.entry(Number(wanted)) : undefined
  if (!UUID.test(wanted)) throw new TypeError(`expected an entry’s id (a UUID) or its index; came ${wanted}`)
  const bar = createProgressBar(io.err, 'look', io.now)
  const member = Buffer.from(`"id":"${wanted}"`)
  try {
    for await (const entry of reader.entries()) {
      bar.report(entry.index, size)
      if (Buffer.from(entry.bytes).includes(member) && idOf(entry.bytes) === wanted) return entry
    }
    return undefined
  } finally {
    bar.clear()
  }
}

function idOf(bytes: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(bytes).toString('utf8')) as { id?: unknown }).id
  } catch {
    return undefined
  }
}

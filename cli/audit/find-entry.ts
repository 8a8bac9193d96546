import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo } from './command.ts'
import { membersOf } from './readable-entries.ts'

/** SHA-256 of a file, as `sha256sum` prints it. */
const FILE_DIGEST = /^[0-9a-f]{64}$/

/** How many ids of legs a message names. */
const NAMED_LEGS = 5

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Finds an entry by its id, by its index in the log, or by the SHA-256 of the exported file that it is of. Resolves to undefined if the log does not have it, and to the first part of an
 * entry that was split into parts.
 * @throws {TypeError} if `wanted` is none of these.
 */
export async function findEntry(
  reader: LogReader,
  wanted: string,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<PlacedEntry | undefined> {
  const { size } = reader.head.checkpoint
  if (/^\d{1,15}$/.test(wanted)) return Number(wanted) < size ? reader.entry(Number(wanted)) : undefined
  const name = UUID.test(wanted) ? 'id' : FILE_DIGEST.test(wanted) ? 'digest' : null
  if (name === null)
    throw new TypeError(`expected an entry’s id (a UUID), its index or the SHA-256 of an exported file; came ${wanted}`)
  const bar = createProgressBar(io.err, 'look', io.now)
  const member = Buffer.from(`"${name}":"${wanted}"`)
  try {
    for await (const entry of reader.entries()) {
      bar.report(entry.index, size)
      if (Buffer.from(entry.bytes).includes(member) && membersOf(entry.bytes)[name] === wanted) return entry
    }
    return undefined
  } finally {
    bar.clear()
  }
}

/**
 * Says that a log does not have an entry. In a country's log, each leg has an id of its own, and `who-saw` prints the request's: so if the log has legs of
 * such a request, it names them.
 */
export async function wordMissingEntry(reader: LogReader, wanted: string): Promise<string> {
  const text = `DOES NOT HOLD: ${reader.log.name} has no entry ${wanted} among its ${reader.head.checkpoint.size}.`
  const legs = UUID.test(wanted) ? await findLegs(reader, wanted) : []
  if (legs.length === 0) return text
  const named = legs.slice(0, NAMED_LEGS).join(', ')
  const rest = legs.length > NAMED_LEGS ? ` and ${legs.length - NAMED_LEGS} more` : ''
  return `${text}\nThis is the id of a request at the gateway. The log has what the country did for it. Name one of: ${named}${rest}.`
}

async function findLegs(reader: LogReader, request: string): Promise<readonly string[]> {
  const legs: string[] = []
  const member = Buffer.from(`"requestId":"${request}"`)
  for await (const { bytes } of reader.entries()) {
    if (!Buffer.from(bytes).includes(member)) continue
    const { kind, requestId, id } = membersOf(bytes)
    if (kind === 'leg' && requestId === request) legs.push(String(id))
  }
  return legs
}

import {
  type Assembler,
  createAssembler,
  createTolerantAssembler,
  createViewAssembler,
  findAuthorityCountry,
} from '../audit/index/assembler.ts'
import type { EntryRow } from '../audit/index/entry-row.ts'
import { type LogReader, type ParsedEntry, readParsed, type UnreadableEntry } from '../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../audit/verify/read-log.ts'
import { type Entry, type EntryOf, parseEntry, UnreadableEntryError } from '../contract/audit-log/entry.ts'
import { parseJson } from '../contract/json-value.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import type { AuditIo } from './command.ts'

/** How many unreadable entries a command names. It counts the others. */
const NAMED = 10

/** Counts the entries of a log that a command cannot read. */
type UnreadableCount = ReturnType<typeof countUnreadable>

/** Creates a count for one log. */
export function countUnreadable(log: string, { err }: Pick<AuditIo, 'err'>) {
  const named: UnreadableEntry[] = []
  let count = 0
  return {
    add: (entry: UnreadableEntry) => {
      count++
      if (named.length < NAMED) named.push(entry)
    },
    /** How many there are so far. */
    count: () => count,
    /** Writes to the error stream which entries were skipped. Writes nothing if there are none. */
    tell: () => {
      if (count === 0) return
      err.write(`${log}: skipped ${count === 1 ? 'one entry' : `${count} entries`} that cannot be read\n`)
      for (const { index, reason } of named) err.write(`  entry ${index}: ${reason}\n`)
      if (count > named.length) err.write(`  and ${count - named.length} more\n`)
    },
  }
}

/**
 * Yields the entries of a log that can be read, each parsed, and adds the others to `unreadable`. The caller calls `unreadable.tell()` at
 * the end, when no progress bar is on the screen.
 */
export async function* readableEntries(
  reader: Pick<LogReader, 'entries'>,
  unreadable: Pick<UnreadableCount, 'add'>,
  from = 0,
): AsyncGenerator<ParsedEntry<Entry>> {
  for await (const read of readParsed(reader, parseEntry, from)) {
    if ('reason' in read) unreadable.add(read)
    else yield read
  }
}

/** Parses an entry. Returns null for one that cannot be read, which `verify` names. */
export function parseIfReadable(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes)
  } catch (error) {
    if (error instanceof UnreadableEntryError) return null
    throw error
  }
}

/** The members of an entry that are looked at before, or without, knowing its form. */
export type LooseMembers = Readonly<
  Partial<Record<'id' | 'of' | 'requestId' | 'time' | 'kind' | 'country' | 'domain' | 'digest', unknown>>
>

/** Returns the members of an entry, whatever they are; none if its bytes do not hold a JSON object. */
export function membersOf(bytes: Uint8Array): LooseMembers {
  return Object(parseJson(Buffer.from(bytes).toString('utf8'))) as LooseMembers
}

/**
 * Reads each entry of a log as a row, in the order in which the entries are complete: a request waits for its continuations. Skips entries
 * that cannot be read, and names them on the error stream.
 * @param unreadable counts the skipped entries, for an answer that must not be «none» then
 */
export function readRows(
  reader: LogReader,
  io: Pick<AuditIo, 'err' | 'now'>,
  unreadable?: UnreadableCount,
): AsyncGenerator<EntryRow> {
  return readAssembled(createAssembler(reader.log.name), reader, io, unreadable)
}

/** Reads the rows that concern a country, as its auditors see them. Skips unreadable entries as {@link readRows} does. */
export async function* readRowsSeenBy(
  country: string,
  reader: LogReader,
  io: Pick<AuditIo, 'err' | 'now'>,
): AsyncGenerator<EntryRow> {
  const viewed = createViewAssembler(reader.log.name, await findAuthorityCountry(reader))
  for await (const { viewer, row } of readAssembled(viewed, reader, io)) {
    if (viewer === country) yield row
  }
}

async function* readAssembled<Row>(
  strict: Assembler<Row>,
  reader: LogReader,
  io: Pick<AuditIo, 'err' | 'now'>,
  unreadable = countUnreadable(reader.log.name, io),
): AsyncGenerator<Row> {
  const bar = createProgressBar(io.err, 'read', io.now)
  const assembler = createTolerantAssembler(strict, unreadable.add)
  try {
    for await (const entry of reader.entries()) {
      bar.report(entry.index, reader.head.checkpoint.size)
      yield* assembler.push(entry)
    }
    yield* assembler.waiting()
  } finally {
    bar.clear()
    unreadable.tell()
  }
}

/** Formats a row for people as one line. It leaves out what is unknown. */
export function formatRow(row: EntryRow): string {
  const who = [row.agency ?? row.actorCountry, row.role, row.actorRef?.slice(0, 10)].filter(isPresent).join(' ')
  const why = [row.purpose, row.taskForce].filter(isPresent).join(' ')
  const where = row.countries.length > 0 ? `→ ${row.countries.join(' ')}` : ''
  const what = [row.operation, row.denied.length > 0 ? `denied ${row.denied.join(' ')}` : null]
    .filter(isPresent)
    .join(' ')
  const parts = [
    row.time,
    row.id,
    row.kind,
    row.outcome === 'NOTED' ? '' : row.outcome,
    who,
    why,
    where,
    what,
    row.codes.join(' '),
  ]
  return parts.filter((part) => part !== '').join('  ')
}

function isPresent(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== ''
}

/** How far from a request to look for its continuations, in entries. They are written together with the request. */
const WITHIN = 10_000

/** A continuation with its place in the log. */
export interface PlacedContinuation {
  readonly index: number
  readonly entry: EntryOf<'continuation'>
}

/**
 * Finds the continuations of the request at `index`, in the order of their parts. Rejects if one of them is not in the log, because
 * the request's entry is then incomplete.
 */
export async function findContinuations(
  reader: LogReader,
  index: number,
  { id, v, continuations }: EntryOf<'request'>,
): Promise<readonly PlacedContinuation[]> {
  const found: PlacedContinuation[] = []
  if (continuations === 0) return found
  // Those of version 1 may also be before the request, because all were appended at once. Those of version 2 are behind it.
  const from = v === 1 ? Math.max(0, index - WITHIN) : index + 1
  for await (const placed of readParsed(reader, parseEntry, from)) {
    const entry = 'entry' in placed ? placed.entry : undefined
    if (entry?.kind === 'continuation' && entry.of === id) found.push({ index: placed.index, entry })
    if (found.length === continuations || placed.index > index + WITHIN) break
  }
  if (found.length === continuations) return found.sort((one, other) => one.entry.part - other.entry.part)
  throw new Error(`expected the ${continuations} continuations of the entry; the log has ${found.length} of them`)
}

/** SHA-256 of a file, as `sha256sum` prints it. */
const FILE_DIGEST = /^[0-9a-f]{64}$/

/** The form of an entry’s id. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

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

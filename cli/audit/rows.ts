import { type Assembler, createAssembler } from '../../audit/index/assembler.ts'
import { createViewAssembler } from '../../audit/index/country-view.ts'
import type { EntryRow } from '../../audit/index/entry-row.ts'
import { findAuthorityCountry } from '../../audit/index/log-owner.ts'
import { createTolerantAssembler } from '../../audit/index/tolerant-assembler.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo } from './command.ts'
import { countUnreadable, type UnreadableCount } from './readable-entries.ts'

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

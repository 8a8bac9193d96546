import { createAssembler, type EntryRow } from '../../audit/index/entry-row.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo } from './command.ts'

/** Every entry of a log as a row, requests with their continuations, in the order in which they are whole. */
export async function* rowsOf(reader: LogReader, io: Pick<AuditIo, 'err' | 'now'>): AsyncGenerator<EntryRow> {
  const bar = createProgressBar(io.err, 'read', io.now)
  const assembler = createAssembler(reader.log.name)
  try {
    for await (const entry of reader.entries()) {
      bar.report(entry.index, reader.head.checkpoint.size)
      yield* assembler.push(entry)
    }
    yield* assembler.waiting()
  } finally {
    bar.clear()
  }
}

/** A row for people: one line, what is not known left out. */
export function lineOf(row: EntryRow): string {
  const who = [row.agency ?? row.actorCountry, row.role, row.actorRef?.slice(0, 10)].filter(isSaid).join(' ')
  const why = [row.purpose, row.taskForce].filter(isSaid).join(' ')
  const where = row.countries.length > 0 ? `→ ${row.countries.join(' ')}` : ''
  const what = [row.operation, row.denied.length > 0 ? `denied ${row.denied.join(' ')}` : null].filter(isSaid).join(' ')
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

function isSaid(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== ''
}

/** What a run refuses: counted, written into a file, and read from where the database judged it. */
import { type FileHandle, open } from 'node:fs/promises'
import type { Language } from '../../contract/language.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { guardCell } from '../decisions/decisions.ts'
import type { Feed } from '../mapping/mapping.ts'
import type { StageReason } from './check-stage.ts'
import { type FilledKind, REFUSAL_TABLE } from './stage-tables.ts'
import type { Statements } from './target.ts'
import { syncWords } from './words.ts'

/** Why rows were refused, without their values: this may be shown on a terminal and in a log. */
export interface RefusalCause {
  /** The section of the mapping: `cases.participants`. */
  readonly section: string
  readonly column: string | null
  readonly reason: string
}

/** Counts what a run read and refused. */
export type RefusalCounts = ReturnType<typeof createRefusalCounts>

/** The most causes that are told apart. A reason that names values could make as many as there are rows. */
const MAX_CAUSES = 1_000

/** Creates counts of zero. */
export function createRefusalCounts() {
  const read = new Map<string, number>()
  const refused = new Map<string, number>()
  const causes = new Map<string, RefusalCause & { rows: number }>()
  const add = (counts: Map<string, number>, kind: string | undefined, rows: number): void => {
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + rows)
  }
  return {
    /** `kind` is that of the feed's own record. */
    read: (kind: RecordKindName | undefined, rows: number) => add(read, kind, rows),
    refuse(kind: RecordKindName | undefined, cause: RefusalCause, rows = 1): void {
      add(refused, kind, rows)
      const key = JSON.stringify([cause.section, cause.column, cause.reason])
      const known = causes.get(key)
      if (known !== undefined) known.rows += rows
      else if (causes.size < MAX_CAUSES) causes.set(key, { ...cause, rows })
    },
    readOf: (kind: RecordKindName) => read.get(kind) ?? 0,
    refusedOf: (kind: RecordKindName) => refused.get(kind) ?? 0,
    total: () => [...refused.values()].reduce((sum, rows) => sum + rows, 0),
    /** The causes, the most frequent first. */
    causes: (): readonly (RefusalCause & { readonly rows: number })[] =>
      [...causes.values()].sort((a, b) => b.rows - a.rows),
  }
}

/** A row that was refused, as the file of refused rows has it. */
export interface RefusedRow extends RefusalCause {
  /** The line of the CSV file, or the number of the row in the order in which it was read. */
  readonly place: number
  readonly id: string | null
  /** A value of the source: perhaps personal data. */
  readonly value: string | null
}

/** Where refused rows go. */
export interface RefusedSink {
  readonly write: (row: RefusedRow) => Promise<void>
  readonly close: () => Promise<void>
}

const HEAD = ['section', 'place', 'id', 'column', 'value', 'reason']

/** How much text is gathered before it is written, in characters. */
const BUFFER_LENGTH = 65_536

/** The file of refused rows cannot be written. */
export class RefusedFileError extends Error {
  override readonly name = 'RefusedFileError'
}

/**
 * Creates the file of refused rows: CSV in UTF-8, which only the user who runs this can read, because it has values of the old database. A file that is
 * there is replaced. Without a path, nothing is written.
 * @throws {RefusedFileError} here and from `write` and `close`, if the file cannot be written, such as on a full disk.
 */
export async function openRefusedFile(path: string | undefined): Promise<RefusedSink> {
  if (path === undefined) return { write: async () => undefined, close: async () => undefined }
  const guard = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch((cause: unknown) => {
      const message = `${path}: expected to write the refused rows here; ${describeFileError(cause)}`
      throw new RefusedFileError(message, { cause })
    })
  const file: FileHandle = await guard(open(path, 'w', 0o600))
  await guard(file.chmod(0o600))
  let buffer = `${HEAD.join(',')}\r\n`
  const flush = async (): Promise<void> => {
    const text = buffer
    buffer = ''
    if (text !== '') await guard(file.writeFile(text))
  }
  return {
    async write({ section, place, id, column, value, reason }) {
      buffer += `${[section, String(place), id, column, value, reason].map(formatField).join(',')}\r\n`
      if (buffer.length > BUFFER_LENGTH) await flush()
    },
    async close() {
      try {
        await flush()
        await guard(file.sync())
      } finally {
        await file.close()
      }
    },
  }
}

/** Writes a field as RFC 4180 has it. A value that a spreadsheet would run as a formula gets a sign before it. */
function formatField(text: string | null): string {
  if (text === null) return ''
  const cell = guardCell(text)
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** How many refusals are read at once. */
const BATCH_ROWS = 5_000

interface Found {
  readonly kind: RecordKindName
  readonly id: string | null
  readonly col: string
  readonly value: string | null
  readonly reason: StageReason
  readonly feed: number
  readonly place: number
}

/** Writes what the checks in the database refused into the file of refused rows, and counts it. */
export async function reportStageRefusals(
  target: Statements,
  run: {
    readonly kinds: readonly FilledKind[]
    readonly feeds: readonly Feed[]
    readonly language: Language
    readonly counts: RefusalCounts
    readonly refused: RefusedSink
  },
): Promise<void> {
  const say = syncWords(run.language)
  let after: readonly [number, number, string] = [-1, -1, '']
  for (;;) {
    // A row is refused once for each reason and column.
    const rows = await target.query<Found>(
      `select distinct on (feed, place, kind) kind, id, col, value, reason, feed, place from ${REFUSAL_TABLE}
       where reason is not null and (feed, place, kind) > ($1::int, $2::bigint, $3::text)
       order by feed, place, kind, col limit ${BATCH_ROWS}`,
      after,
    )
    for (const { kind, id, col, value, reason, feed, place } of rows) {
      const section = run.feeds[feed]?.place ?? kind
      const cause = { section, column: nameColumn(run.kinds, kind, feed, col), reason: say(`reasons.${reason}`) }
      await run.refused.write({ ...cause, place, id, value })
      run.counts.refuse(run.feeds[feed]?.records[0]?.kind ?? kind, cause)
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = [last.feed, last.place, last.kind]
  }
}

/** Names a column of ours as the mapping does: `person` for `person_id`. */
function nameColumn(kinds: readonly FilledKind[], kind: RecordKindName, feed: number, column: string): string {
  const plans = kinds.find(({ name }) => name === kind)?.plans ?? []
  const own = plans.filter((each) => each.feed === feed).flatMap(({ plan }) => plan.columns)
  return own.find((each) => each.column === column)?.field ?? column
}

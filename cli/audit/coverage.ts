import {
  COVERAGE,
  type CoverageRow,
  QUESTIONS,
  type Question,
} from '../../contract/audit-log/article-25/coverage-table.ts'
import type { Examples } from '../../contract/audit-log/article-25/example-finder.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { DESK_LOG_OPTIONS, noteReading, openDeskLog, type ReaderLine } from './desk/note-reading.ts'
import { findExamples } from './find-examples.ts'

/** `istmo audit coverage`: shows which entry answers what the law asks of a log, with an example of each cell. */
export const coverageCommand = defineAudit(
  {
    name: 'coverage',
    description: 'show which entry answers what the law asks of a log, with examples from a log',
    options: {
      ...DESK_LOG_OPTIONS,
      log: {
        ...DESK_LOG_OPTIONS.log,
        isRequired: false,
        meaning: 'the log of the examples; without it, the page’s samples',
      },
    },
    notes: {
      'Exit codes': { 0: 'the table is printed', 1: 'the log is damaged', 2: 'the log could not be read' },
    },
  },
  async (line, io) => {
    const examples: Examples = line.log === undefined ? new Map() : await readExamples({ ...line, log: line.log }, io)
    const rows = COVERAGE.map((row) => describeRow(row, examples.get(row)))
    return { verdict: 'HOLDS', text: rows.map(formatRow).join('\n\n'), json: { rows } }
  },
)

async function readExamples(
  line: ReaderLine & { readonly log: string; readonly policy: readonly string[] },
  io: AuditIo,
): Promise<Examples> {
  const reader = await openDeskLog(line)
  const examples = await findExamples(reader.entries())
  const reading = { channel: 'COVERAGE', country: null, entries: examples.size, logs: [reader.log.name] } as const
  await noteReading(line, reading, io)
  return examples
}

interface ShownRow {
  readonly operation: string
  readonly entries: string
  /** The id and the kind of the example; null if it is the sample. */
  readonly example: { readonly id: string; readonly kind: string } | null
  readonly cells: readonly { readonly question: Question; readonly members: string; readonly value: string }[]
  readonly gaps: readonly string[]
}

function describeRow({ operation, entries, cells, gaps }: CoverageRow, example: Entry | undefined): ShownRow {
  const questions = Object.keys(QUESTIONS) as Question[]
  return {
    operation,
    entries,
    example: example === undefined ? null : { id: example.id, kind: example.kind },
    cells: questions.map((question) => {
      const { members, read, sample } = cells[question]
      return { question, members, value: (example === undefined ? sample : read(example)) || '–' }
    }),
    gaps,
  }
}

function formatRow({ operation, entries, example, cells, gaps }: ShownRow): string {
  const from = example === null ? 'sample' : `${example.kind} ${example.id}`
  return [
    `${operation.toUpperCase()}: ${entries.replaceAll('`', '')}`,
    `  example: ${from}`,
    ...cells.map(({ question, members, value }) => {
      return `  ${QUESTIONS[question].padEnd(15)} ${value}  (${members.replaceAll('`', '')})`
    }),
    ...gaps.map((gap) => `  gap: ${gap.replaceAll('`', '')}`),
  ].join('\n')
}

/** The crosswalk: which code persons decided for each national label. The mapping of a country reads it. */
import { iccsLevel } from '../../contract/iccs.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readAnswer, readDay, readPersonName } from '../decisions/decider.ts'
import { formatLine, readTable, type Table, type TableRow } from '../decisions/read-table.ts'

/** The code of one label, as a person decided it. */
export interface DecidedLabel {
  readonly label: string
  readonly code: string
  readonly decidedBy: string
  /** `YYYY-MM-DD`. */
  readonly decidedOn: string
}

/** What a file of decisions has. */
export interface Decisions {
  /** Each label once, in the order of the file. */
  readonly decided: readonly DecidedLabel[]
  /** The labels that no person has decided yet. */
  readonly open: readonly string[]
}

/** The columns of the file that `istmo iccs suggest` writes and a person completes. */
export const PROPOSAL_COLUMNS = [
  'label',
  'count',
  'code',
  'title',
  'score',
  'reason',
  'decided',
  'decidedBy',
  'decidedOn',
] as const

/** The columns of the crosswalk: `label` and `iccs` are what a mapping reads. */
export const CROSSWALK_COLUMNS = ['label', 'iccs', 'decidedBy', 'decidedOn'] as const

/** How many wrong rows a message names. */
const MAX_TOLD = 20

/** A day as spreadsheets show it. Nobody can tell its day from its month. */
const SPREADSHEET_DAY = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/

/** How decisions are read. */
export interface DecisionOptions {
  /** The codes of the classification. */
  readonly known: ReadonlySet<string>
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/**
 * Reads the proposals that persons have decided. In the column `decided`, `yes` takes the code of the row, a code takes that code, `no` says that
 * the row's code is wrong, and an empty cell decides nothing.
 * @throws {UsageError} that names each wrong row with its line, what was expected and what came. Then nothing of the file counts.
 */
export async function readDecisions(path: string, options: DecisionOptions): Promise<Decisions> {
  const table = await readTable(path, ['label', 'code', 'decided', 'decidedBy', 'decidedOn'])
  return collect(path, table, (row) => readDecision(row, options))
}

/**
 * Reads a crosswalk. Each row is a decision.
 * @throws {UsageError} as {@link readDecisions}.
 */
export async function readCrosswalk(path: string, options: DecisionOptions): Promise<Decisions> {
  const table = await readTable(path, CROSSWALK_COLUMNS)
  return collect(path, table, ({ fields }) => {
    const cells = { code: fields.iccs ?? '', by: fields.decidedBy ?? '', on: fields.decidedOn ?? '' }
    return toDecided(fields.label ?? '', 'iccs', cells, options)
  })
}

/** Formats a crosswalk, sorted by label. */
export function formatCrosswalk(decided: readonly DecidedLabel[]): string {
  const sorted = [...decided].sort((a, b) => (a.label < b.label ? -1 : 1))
  const lines = sorted.map(({ label, code, decidedBy, decidedOn }) => formatLine([label, code, decidedBy, decidedOn]))
  return [formatLine(CROSSWALK_COLUMNS), ...lines].join('')
}

/** What one row says; a text says what is wrong with it. */
type ReadRow = DecidedLabel | 'open' | { readonly wrong: string }

function collect(path: string, { rows }: Table, read: (row: TableRow) => ReadRow): Decisions {
  const wrong: string[] = []
  const decided = new Map<string, { readonly row: DecidedLabel; readonly line: number }>()
  const labels = new Set<string>()
  for (const row of rows) {
    const { line, fields } = row
    const label = fields.label ?? ''
    labels.add(label)
    const found = label === '' ? { wrong: 'label: expected a label; came nothing' } : read(row)
    if (found === 'open') continue
    const before = decided.get(label)
    if ('wrong' in found) wrong.push(`line ${line}: ${found.wrong}`)
    else if (before !== undefined && before.row.code !== found.code) {
      wrong.push(
        `line ${line}: expected one code for «${label}»; line ${before.line} decides ${before.row.code}, and this one ${found.code}`,
      )
    } else if (before === undefined) decided.set(label, { row: found, line })
  }
  if (wrong.length > 0) {
    const more = wrong.length > MAX_TOLD ? [`… and ${wrong.length - MAX_TOLD} more`] : []
    throw new UsageError([`${path}: nothing was taken over`, ...wrong.slice(0, MAX_TOLD), ...more].join('\n'))
  }
  return {
    decided: [...decided.values()].map(({ row }) => row),
    open: [...labels].filter((label) => !decided.has(label)),
  }
}

function readDecision({ fields }: TableRow, options: DecisionOptions): ReadRow {
  const { label = '', code = '', decided = '', decidedBy = '', decidedOn = '' } = fields
  const answer = readAnswer(decided)
  if (answer === 'undecided' || answer === 'no') return 'open'
  if (answer === null && !/^\d+$/u.test(decided)) {
    return { wrong: `decided: expected yes, no, a code, or nothing; came «${decided}»` }
  }
  const [column, chosen] = answer === 'yes' ? ['code', code] : ['decided', decided]
  return toDecided(label, column, { code: chosen, by: decidedBy, on: decidedOn }, options)
}

function toDecided(
  label: string,
  column: string,
  { code, by, on }: { readonly code: string; readonly by: string; readonly on: string },
  { known, nowMs }: DecisionOptions,
): ReadRow {
  const fault = findCodeFault(code, known)
  if (fault !== null) return { wrong: `${column}: ${fault}` }
  const name = readPersonName(by)
  if (name === null)
    return {
      wrong: `decidedBy: expected the name of the person who decided; came ${by === '' ? 'nothing' : `«${by}»`}`,
    }
  const day = readDay(on, nowMs)
  if (day === null) {
    const came = on === '' ? 'nothing' : `«${on}»`
    const remedy = SPREADSHEET_DAY.test(on) ? '. A spreadsheet has changed its form: make the column text' : ''
    return {
      wrong: `decidedOn: expected the day of the decision as YYYY-MM-DD, and not in the future; came ${came}${remedy}`,
    }
  }
  return { label, code, decidedBy: name, decidedOn: day }
}

function findCodeFault(code: string, known: ReadonlySet<string>): string | null {
  if (known.has(code)) return null
  const padded = `0${code}`
  if (known.has(padded)) {
    return `expected a code of the classification; came ${code}. A spreadsheet took the zero away: write ${padded}, in a column of the format text`
  }
  const isForm = /^\d+$/u.test(code) && iccsLevel(code) !== null
  return `expected a code of the classification; came ${code === '' ? 'nothing' : `«${code}»`}${isForm ? ', which ICCS does not have' : ''}`
}

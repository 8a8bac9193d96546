import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import { TEXT } from '../../service/command-texts.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import {
  type CommandPlace,
  DATABASE_OPTIONS,
  type DatabasePlace,
  formatLine,
  readAnswer,
  readDay,
  readPersonName,
  readTable,
  type Table,
  type TableRow,
} from '../decisions/decisions.ts'

/** The codes of the classification, from a publisher's file or from a node's database. */

/** One code of the classification. */
export interface IccsCode {
  /** 2, 4, 5 or 6 digits. */
  readonly code: string
  readonly titleEn: string
  readonly titleEs: string
}

/** A text of a code, in Spanish or English. An inclusion or an exclusion has items with semicolons between them. */
export interface ClassificationText {
  readonly code: string
  readonly kind: 'DESCRIPTION' | 'INCLUSION' | 'EXCLUSION'
  readonly text: string
}

/** The name of the publisher's texts, beside {@link LIST_NAME}. */
export const TEXTS_NAME = 'iccs-v1.0-texts-en-es.csv'

/** The name of the publisher's list in the folder of `--data`. */
export const LIST_NAME = 'iccs-v1.0-codes-en-es.csv'

/**
 * Reads the list of codes, as `istmo import iccs` takes it: with the columns `code`, `title_en` and `title_es`.
 * @param path the file, or the folder that has it as `iccs-v1.0-codes-en-es.csv`
 * @throws {UsageError} if there is no such file, or a line has another form. The message names the line.
 */
export async function readClassificationFile(path: string): Promise<readonly IccsCode[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(path, LIST_NAME) : path
  const { rows } = await readTable(file, ['code', 'title_en', 'title_es'])
  const codes = rows.map(({ line, fields: { code = '', title_en = '', title_es = '' } }) => {
    if (/^\d+$/u.test(code) && iccsLevel(code) !== null) return { code, titleEn: title_en, titleEs: title_es }
    throw new UsageError(
      `${file}, line ${line}: expected a code of 2, 4, 5 or 6 digits; came «${code}». A spreadsheet may have taken the zero before it away`,
    )
  })
  return checkCodes(file, codes)
}

/**
 * Reads the descriptions, inclusions and exclusions of the classification.
 * @param path the folder of the list, or the list itself
 * @returns none if the file of texts is not beside the list
 * @throws {UsageError} if the file has another form.
 */
export async function readClassificationTexts(path: string): Promise<readonly ClassificationText[]> {
  const file = join(basename(path).endsWith('.csv') ? dirname(path) : path, TEXTS_NAME)
  const isThere = await stat(file).then(
    () => true,
    () => false,
  )
  if (!isThere) return []
  const { rows } = await readTable(file, ['code', 'kind', 'language', 'text'])
  return rows.flatMap(({ fields: { code = '', kind: name = '', text = '' } }) => {
    const kind = (['DESCRIPTION', 'INCLUSION', 'EXCLUSION'] as const).find((each) => each === name.toUpperCase())
    return kind === undefined ? [] : [{ code, kind, text }]
  })
}

/**
 * Reads the list of codes of a node: the table behind `iccsClasses`.
 * @throws {UsageError} if it is empty.
 */
export async function readClassificationTable(db: Pick<Database, 'query'>): Promise<readonly IccsCode[]> {
  const rows = await db.query<{ code: string; title_en: string; title_es: string }>(
    'select code, title_en, title_es from reference.iccs_code order by code',
  )
  return checkCodes(
    'reference.iccs_code',
    rows.map(({ code, title_en, title_es }) => ({ code, titleEn: title_en, titleEs: title_es })),
  )
}

function checkCodes(place: string, codes: readonly IccsCode[]): readonly IccsCode[] {
  if (codes.length === 0) throw new UsageError(`${place}: expected the codes of ICCS; there are none`)
  const known = new Set(codes.map(({ code }) => code))
  if (known.size < codes.length) throw new UsageError(`${place}: expected each code once; one is there twice`)
  const orphan = codes.find(({ code }) => code.length > 2 && !known.has(iccsParent(code) ?? ''))
  if (orphan !== undefined) {
    throw new UsageError(
      `${place}: expected the code above ${orphan.code} too; the list lacks ${iccsParent(orphan.code)}`,
    )
  }
  return codes
}

/** The options that say where the list of codes is. */
export const CLASSIFICATION_OPTIONS = { data: TEXT, ...DATABASE_OPTIONS } as const

/**
 * Reads the list of codes from the place that a command line names.
 * @throws {UsageError} if it names none or several, or if there is no list.
 */
export async function readClassification(
  { data, ...place }: DatabasePlace & { readonly data: string | undefined },
  withDatabase: CommandPlace['withDatabase'],
): Promise<readonly IccsCode[]> {
  if (data === undefined) {
    if (place.databaseUrl !== undefined || place.databaseFolder !== undefined)
      return withDatabase(place, readClassificationTable)
    throw new UsageError(
      'expected the list of codes: --data, or the node’s --database-url or --database-folder; came none',
    )
  }
  return readClassificationFile(data)
}

/** The national labels of a file, each once, with how often it stands there. */

/** A label, and how many charges have it. */
export interface CountedLabel {
  readonly label: string
  readonly count: number
}

/** The names under which registers have the column, the likeliest first. */
const USUAL_NAMES = [
  'label',
  'etiqueta',
  'delito',
  'glosa',
  'offence',
  'offense',
  'descripcion',
  'descripción',
] as const

/** The columns that say how often a label stands in a register. */
const COUNTS = ['count', 'cantidad', 'total', 'casos'] as const

/**
 * Reads the labels of a CSV file. A label that stands in several rows counts once for each, or as often as the column `count` says.
 * @param column the column with the labels; without it, the one with a usual name
 * @returns the most frequent label first.
 * @throws {UsageError} if there is no such column, or a count is not a whole number.
 */
export async function readLabels(path: string, column?: string): Promise<readonly CountedLabel[]> {
  const { head, rows } = await readTable(path, column === undefined ? [] : [column])
  const labels = column ?? head.find((name) => USUAL_NAMES.some((usual) => usual === name.toLowerCase()))
  if (labels === undefined) {
    throw new UsageError(
      `${path}, line 1: expected a column label; came ${head.join(', ')}. Name the column with --column`,
    )
  }
  const counted = head.find((name) => COUNTS.some((usual) => usual === name.toLowerCase()))
  const counts = new Map<string, number>()
  for (const { line, fields } of rows) {
    const label = fields[labels] ?? ''
    if (label === '') continue
    const cell = counted === undefined ? '1' : (fields[counted] ?? '')
    if (!/^\d{1,12}$/u.test(cell)) {
      throw new UsageError(`${path}, line ${line}: ${counted}: expected a whole number; came «${cell}»`)
    }
    counts.set(label, (counts.get(label) ?? 0) + Number(cell))
  }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
}

/** The crosswalk: which code persons decided for each national label. The mapping of a country reads it. */

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

import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import { TEXT } from '../../service/command-texts.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { type CommandPlace, DATABASE_OPTIONS, type DatabasePlace } from '../decisions/own-database.ts'
import { readTable } from '../decisions/read-table.ts'

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

/** The codes of the classification, from a publisher's file or from a node's database. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** One code of the classification. */
export interface IccsCode {
  /** 2, 4, 5 or 6 digits. */
  readonly code: string
  readonly titleEn: string
  readonly titleEs: string
}

/** An inclusion or an exclusion of a code, in Spanish or English: items with semicolons between them. */
export interface ClassificationText {
  readonly code: string
  readonly kind: 'INCLUSION' | 'EXCLUSION'
  readonly text: string
}

/** The name of the publisher's texts, beside {@link LIST_NAME}. */
export const TEXTS_NAME = 'iccs-v1.0-texts-en-es.csv'

/** The name of the publisher's list in the folder of `--data`. */
export const LIST_NAME = 'iccs-v1.0-codes-en-es.csv'

const COLUMNS = ['code', 'title_en', 'title_es'] as const

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
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file}: expected the list of codes of ICCS; it cannot be read. Name it with --data`, {
      cause,
    })
  })
  const [head = [], ...lines] = parseRows(file, text)
  const missing = COLUMNS.filter((column) => !head.includes(column))
  if (missing.length > 0) {
    throw new UsageError(
      `${file}: expected the columns ${COLUMNS.join(', ')}; the first line lacks ${missing.join(', ')}`,
    )
  }
  const [code, english, spanish] = COLUMNS.map((column) => head.indexOf(column)) as [number, number, number]
  const codes = lines.map((row, at) => {
    const read = { code: row[code] ?? '', titleEn: row[english] ?? '', titleEs: row[spanish] ?? '' }
    if (/^\d+$/u.test(read.code) && iccsLevel(read.code) !== null) return read
    throw new UsageError(
      `${file}, line ${at + 2}: expected a code of 2, 4, 5 or 6 digits; came «${read.code}». A spreadsheet may have taken the zero before it away`,
    )
  })
  return checkCodes(file, codes)
}

/**
 * Reads the inclusions and exclusions of the classification.
 * @param path the folder of the list, or the list itself
 * @returns none if the file of texts is not beside the list
 * @throws {UsageError} if a line has another form.
 */
export async function readClassificationTexts(path: string): Promise<readonly ClassificationText[]> {
  const folder = basename(path).endsWith('.csv') ? dirname(path) : path
  const file = join(folder, TEXTS_NAME)
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return []
  const [head = [], ...lines] = parseRows(file, text)
  if (head.join() !== 'code,kind,language,text') {
    throw new UsageError(`${file}: expected the columns code, kind, language and text; came ${head.join(', ')}`)
  }
  return lines.flatMap(([code = '', kind, , words = '']): readonly ClassificationText[] => {
    if (kind === 'inclusion') return [{ code, kind: 'INCLUSION', text: words }]
    return kind === 'exclusion' ? [{ code, kind: 'EXCLUSION', text: words }] : []
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

function parseRows(file: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true })
  } catch (cause) {
    throw new UsageError(`${file}: expected CSV; ${(cause as Error).message}`, { cause })
  }
}

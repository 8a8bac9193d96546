/** The national labels of a file, each once, with how often it stands there. */
import { UsageError } from '../../service/usage-error.ts'
import { readTable } from '../decisions/read-table.ts'

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

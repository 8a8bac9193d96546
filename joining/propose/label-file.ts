/** Writes the labels of offences of a source into a file, for `istmo iccs suggest`. */
import { writeFile } from 'node:fs/promises'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'
import { formatLine } from '../decisions/read-table.ts'
import { cleanText } from '../mapping/clean-text.ts'
import type { Source } from '../sources/source.ts'
import type { LabelColumn } from './propose-world.ts'

/**
 * Reads all rows of the columns with labels, and writes `label,count` as CSV, the most frequent label first. Only the user who runs it can read the file.
 * @returns how many labels there are.
 * @throws {SourceError} if the source cannot be read.
 * @throws {UsageError} if the file cannot be written.
 */
export async function writeLabels(source: Source, columns: readonly LabelColumn[], file: string): Promise<number> {
  const counts = new Map<string, number>()
  for (const { table, column } of columns) {
    for await (const { rows } of source.read({ from: table })) {
      for (const { row } of rows) {
        const label = cleanText(row[column])
        if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1)
      }
    }
  }
  const lines = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([label, count]) => formatLine([label, count]))
  await writeFile(file, [formatLine(['label', 'count']), ...lines].join(''), { mode: 0o600 }).catch(
    (cause: unknown) => {
      throw new UsageError(`--labels: expected a file that can be written; ${file}: ${describeFileError(cause)}`, {
        cause,
      })
    },
  )
  return counts.size
}

/** Writes the labels of offences that a mapping reads into a file, for `istmo iccs suggest`. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Language } from '../../contract/language.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'
import { formatLine } from '../decisions/read-table.ts'
import { compileRule, type ReadField } from '../mapping/compile-rule.ts'
import type { Feed } from '../mapping/mapping.ts'
import { MappingError, parseMapping } from '../mapping/parse-mapping.ts'
import { mappingWords } from '../mapping/words.ts'
import { openFeedSources } from '../sync/feed-sources.ts'
import { fromOf } from '../sync/plan-readings.ts'

/**
 * Reads all rows whose offences get their code by a crosswalk, and writes `label,count` as CSV, the most frequent label first. Only the user who runs it can
 * read the file. The crosswalk itself need not be there yet.
 * @returns how many labels there are; null if the mapping has no such crosswalk, and nothing was written.
 * @throws {MappingError} if the mapping is wrong.
 * @throws {SourceError} if a source cannot be read.
 * @throws {UsageError} if a file cannot be read or written.
 */
export async function writeLabels(
  path: string,
  file: string,
  { language, env }: { readonly language: Language; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number | null> {
  const parsed = parseMapping(readOr(path, null), path, {
    language,
    readFile: (crosswalk) => readOr(resolve(dirname(path), crosswalk), 'label,iccs\n'),
  })
  if ('problems' in parsed) throw new MappingError(parsed.problems)
  const { mapping } = parsed
  const labelled = mapping.feeds.flatMap((feed) => {
    const read = readLabel(feed, language)
    return read === null ? [] : [{ feed, read }]
  })
  if (labelled.length === 0) return null
  const sources = await openFeedSources({ ...mapping, feeds: labelled.map(({ feed }) => feed) }, env)
  const counts = new Map<string, number>()
  try {
    for (const { feed, read } of labelled) {
      for await (const { rows } of sources.of(feed).read({ from: fromOf(feed) })) {
        for (const { row } of rows) {
          const label = read(row, new Map())
          if (typeof label === 'string') counts.set(label, (counts.get(label) ?? 0) + 1)
        }
      }
    }
  } finally {
    await sources.close()
  }
  await write(file, counts)
  return counts.size
}

/** Reads the label that a feed's crosswalk to the ICCS begins with; null if it has none. */
function readLabel({ records }: Feed, language: Language): ReadField | null {
  const rule = records.flatMap(({ columns }) => columns).find(({ type }) => type.kind === 'iccs')?.rule
  if (rule?.kind !== 'read' || rule.values === null) return null
  const context = { say: mappingWords(language), startedAt: '', zone: null, country: '' }
  return compileRule({ kind: 'text' }, { ...rule, values: null, otherwise: { kind: 'keep' }, default: null }, context)
}

/** @param missing the text of a file that is not there; null: it must be there. */
function readOr(path: string, missing: string | null): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (missing !== null && (cause as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw new UsageError(`expected a file that can be read; ${path}: ${describeFileError(cause)}`, { cause })
  }
}

async function write(file: string, counts: ReadonlyMap<string, number>): Promise<void> {
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
}

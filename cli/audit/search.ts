import type { Command } from 'commander'
import { openIndexDatabase } from '../../audit/index/database.ts'
import type { EntryRow } from '../../audit/index/entry-row.ts'
import { type EntryFilter, matches } from '../../audit/index/filter.ts'
import { findPattern, PATTERN_NAMES, PATTERNS, type PatternName } from '../../audit/index/patterns.ts'
import { compareRows, countIndex, DIMENSION_NAMES, type Dimension, searchIndex } from '../../audit/index/search.ts'
import { prepareIndex } from '../../audit/index/store.ts'
import { type Answer, type AuditCommand, type AuditIo, type AuditRequest, collect, textOption } from './command.ts'
import { filterOf, filterOptions } from './filter-options.ts'
import { openLogOption } from './inputs.ts'
import { lineOf, rowsOf } from './rows.ts'

/** The most rows that are shown. */
const MAX_ROWS = 10_000

/** `istmo audit search`: over the index, or straight over a log's entries. */
export const searchCommand: AuditCommand = {
  name: 'search',
  description: 'look for entries, newest first; 1 where there is none',
  define: (command) =>
    filterOptions(sourceOptions(command))
      .option('--first <n>', 'how many at most', '50')
      .option('--count-by <what>', `counts instead of entries: ${DIMENSION_NAMES.join(', ')}`)
      .option('--pattern <name>', `what is unusual: ${PATTERN_NAMES.join(', ')}`)
      .option('--threshold <n>', 'from how much on a pattern is told'),
  run: async (request, io) => {
    const filter = filterOf(request)
    const first = countOption(request, 'first') ?? 50
    if (request.options.index !== false) return searchIn(request, filter, first)
    if (textOption(request, 'countBy') ?? textOption(request, 'pattern')) {
      throw new TypeError('--count-by and --pattern need an index: --db')
    }
    return searchLog(request, filter, first, io)
  },
}

function sourceOptions(command: Command): Command {
  return command
    .option('--db <place>', 'the index: a folder, or a postgres:// URL')
    .option('--no-index', 'walk over the entries of --log instead, each held to its leaf')
    .option('--log <place>', 'with --no-index: the log')
    .option('--policy <file>', 'with --no-index: the trust policy', collect)
}

async function searchIn(request: AuditRequest, filter: EntryFilter, first: number): Promise<Answer> {
  const place = textOption(request, 'db')
  if (place === undefined) throw new TypeError('expected the index, --db, or --no-index with --log and --policy')
  const [by, pattern] = [nameOption(request, 'countBy', DIMENSION_NAMES), nameOption(request, 'pattern', PATTERN_NAMES)]
  const db = await openIndexDatabase(place)
  try {
    await prepareIndex(db)
    if (by !== undefined) {
      const counts = await countIndex(db, by, filter, first)
      const text = counts.map(({ key, count }) => `${String(count).padStart(8)}  ${key ?? '(none)'}`).join('\n')
      return { verdict: counts.length > 0 ? 'HOLDS' : 'FAILS', text, json: { by, counts } }
    }
    if (pattern !== undefined) {
      const threshold = countOption(request, 'threshold')
      const options = { limit: first, ...(threshold !== undefined && { threshold }) }
      return patternAnswer(pattern, await findPattern(db, pattern, filter, options))
    }
    const { rows, hasMore } = await searchIndex(db, filter, { first })
    return rowsAnswer(rows, hasMore)
  } finally {
    await db.close()
  }
}

function patternAnswer(pattern: PatternName, findings: Awaited<ReturnType<typeof findPattern>>): Answer {
  const lines = findings.map(({ since, amount, agency, actorRef }) => {
    return `${since}  ${String(amount).padStart(6)}  ${agency ?? '(no agency)'}  ${actorRef}`
  })
  const text = [`${pattern}: ${PATTERNS[pattern].meaning}`, ...lines].join('\n')
  return { verdict: findings.length > 0 ? 'HOLDS' : 'FAILS', text, json: { pattern, findings } }
}

async function searchLog(request: AuditRequest, filter: EntryFilter, first: number, io: AuditIo): Promise<Answer> {
  if (textOption(request, 'log') === undefined) throw new TypeError('--no-index: expected --log and --policy')
  const reader = await openLogOption(request)
  let found: EntryRow[] = []
  let count = 0
  for await (const row of rowsOf(reader, io)) {
    if (!matches(row, filter)) continue
    count++
    found.push(row)
    // Sorted now and then, so that no more is held than will be shown.
    if (found.length > 2 * first + 1_000) found = found.sort(compareRows).slice(0, first)
  }
  return rowsAnswer(found.sort(compareRows).slice(0, first), count > first)
}

function rowsAnswer(rows: readonly EntryRow[], hasMore: boolean): Answer {
  const end = hasMore ? ['… and more: --first shows them'] : []
  const text = rows.length === 0 ? 'No such entry.' : [...rows.map(lineOf), ...end].join('\n')
  return { verdict: rows.length > 0 ? 'HOLDS' : 'FAILS', text, json: { entries: rows, hasMore } }
}

function countOption(request: AuditRequest, name: string): number | undefined {
  const text = textOption(request, name)
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d{1,9}$/.test(text) && count >= 1 && count <= MAX_ROWS) return count
  throw new TypeError(`--${name}: expected a number from 1 to ${MAX_ROWS}; came ${text}`)
}

function nameOption<Name extends Dimension | PatternName>(
  request: AuditRequest,
  option: string,
  names: readonly Name[],
): Name | undefined {
  const text = textOption(request, option)
  const name = names.find((each) => each === text)
  if (text === undefined || name !== undefined) return name
  throw new TypeError(`expected one of ${names.join(', ')}; came ${text}`)
}

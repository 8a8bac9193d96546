import { openIndexDatabase } from '../../audit/index/database.ts'
import type { EntryRow } from '../../audit/index/entry-row.ts'
import { matches } from '../../audit/index/filter.ts'
import { findPattern, PATTERN_NAMES, PATTERNS, type PatternName } from '../../audit/index/patterns.ts'
import { compareRows, countIndex, DIMENSION_NAMES, searchIndex } from '../../audit/index/search.ts'
import { type IndexedLog, listIndexedLogs, prepareIndex } from '../../audit/index/store.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { FILTER_OPTIONS, readFilter } from './filter-options.ts'
import { describeUnreadable } from './index-log.ts'
import { DATABASE_OPTION, LOG_OPTIONS, openLogOption } from './inputs.ts'
import { formatRow, readRows } from './rows.ts'

/** The largest number of rows that the command shows. */
const MAX_ROWS = 10_000

const count = {
  value: 'number',
  expected: `a whole number from 1 to ${MAX_ROWS}`,
  parse: (text: string) => (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= MAX_ROWS ? Number(text) : undefined),
} as const

const SEARCH = {
  name: 'search',
  description: 'search for entries, newest first; exit code 1 if there are none',
  options: {
    db: DATABASE_OPTION,
    noIndex: {
      flag: 'no-index',
      value: null,
      meaning: 'read the entries of --log instead, and check each against its leaf in the tree',
    },
    log: { ...LOG_OPTIONS.log, isRequired: false, meaning: 'with --no-index: the log’s folder or URL' },
    policy: { ...LOG_OPTIONS.policy, isRequired: false, meaning: 'with --no-index: a trust policy (C2SP tlog-policy)' },
    ...FILTER_OPTIONS,
    first: { flag: 'first', meaning: 'the largest number of results', default: '50', ...count },
    countBy: {
      flag: 'count-by',
      value: 'what',
      meaning: 'show counts instead of entries',
      expected: `one of ${DIMENSION_NAMES.join(', ')}`,
      parse: (text: string) => DIMENSION_NAMES.find((each) => each === text),
    },
    pattern: {
      flag: 'pattern',
      value: 'name',
      meaning: 'show what is unusual',
      expected: `one of ${PATTERN_NAMES.join(', ')}`,
      parse: (text: string) => PATTERN_NAMES.find((each) => each === text),
    },
    threshold: { flag: 'threshold', meaning: 'the smallest number from which a pattern is shown', ...count },
  },
  examples: [
    { command: 'istmo audit search --db index --agency GT-MP-FECO', meaning: 'Shows the newest entries of an agency.' },
    {
      command: 'istmo audit search --no-index --log gateway --policy trust-policy --outcome ANSWERED',
      meaning: 'Searches without an index.',
    },
  ],
} as const satisfies CommandSpec

type SearchLine = CommandLine<typeof SEARCH>

/** `istmo audit search`: searches the index, or directly the entries of a log. */
export const searchCommand = defineAudit(SEARCH, async (line, io) => {
  if (!line.noIndex) return searchDatabase(line, io)
  if (line.countBy ?? line.pattern) throw new TypeError('--count-by and --pattern need an index: --db')
  return searchLog(line, io)
})

async function searchDatabase(line: SearchLine, io: AuditIo): Promise<Answer> {
  const { db: place, countBy: by, pattern, threshold, first } = line
  if (place === undefined) throw new TypeError('expected the index, --db, or --no-index with --log and --policy')
  const filter = readFilter(line)
  const db = await openIndexDatabase(place)
  try {
    await prepareIndex(db)
    const logs = await listIndexedLogs(db)
    for (const text of logs.flatMap(describeIndexed)) io.err.write(`${text}\n`)
    if (by !== undefined) {
      const counts = await countIndex(db, by, filter, first)
      const text = counts.map(({ key, count }) => `${String(count).padStart(8)}  ${key ?? '(none)'}`).join('\n')
      return { verdict: counts.length > 0 ? 'HOLDS' : 'FAILS', text, json: { by, counts, logs } }
    }
    if (pattern !== undefined) {
      const options = { limit: first, ...(threshold !== undefined && { threshold }) }
      return withLogs(patternAnswer(pattern, await findPattern(db, pattern, filter, options)), logs)
    }
    const { rows, hasMore } = await searchIndex(db, filter, { first })
    return withLogs(rowsAnswer(rows, hasMore), logs)
  } finally {
    await db.close()
  }
}

/** Says how much of a log the index knows, because an answer is only about so many entries. */
function describeIndexed(indexed: IndexedLog): readonly string[] {
  return [`The index knows ${indexed.size} entries of ${indexed.log}.`, ...describeUnreadable(indexed)]
}

function withLogs(answer: Answer, logs: readonly IndexedLog[]): Answer {
  return { ...answer, json: { ...answer.json, logs } }
}

function patternAnswer(pattern: PatternName, findings: Awaited<ReturnType<typeof findPattern>>): Answer {
  const lines = findings.map(({ since, amount, agency, actorRef }) => {
    return `${since}  ${String(amount).padStart(6)}  ${agency ?? '(no agency)'}  ${actorRef}`
  })
  const text = [`${pattern}: ${PATTERNS[pattern].meaning}`, ...lines].join('\n')
  return { verdict: findings.length > 0 ? 'HOLDS' : 'FAILS', text, json: { pattern, findings } }
}

async function searchLog(line: SearchLine, io: AuditIo): Promise<Answer> {
  const { log, policy, first } = line
  if (log === undefined) throw new TypeError('--no-index: expected --log and --policy')
  const reader = await openLogOption({ log, policy })
  const filter = readFilter(line)
  let found: EntryRow[] = []
  let count = 0
  for await (const row of readRows(reader, io)) {
    if (!matches(row, filter)) continue
    count++
    found.push(row)
    // Sorts and cuts from time to time, so that memory holds few more rows than the command will show.
    if (found.length > 2 * first + 1_000) found = found.sort(compareRows).slice(0, first)
  }
  return rowsAnswer(found.sort(compareRows).slice(0, first), count > first)
}

function rowsAnswer(rows: readonly EntryRow[], hasMore: boolean): Answer {
  const end = hasMore ? ['… and more. Use --first to show them.'] : []
  const text = rows.length === 0 ? 'No such entry.' : [...rows.map(formatRow), ...end].join('\n')
  return { verdict: rows.length > 0 ? 'HOLDS' : 'FAILS', text, json: { entries: rows, hasMore } }
}

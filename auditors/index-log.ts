import { formatFinding } from '../audit/finding.ts'
import { checkIndex, type IndexCheck } from '../audit/index/check-index.ts'
import { type IndexDatabase, openIndexDatabase } from '../audit/index/database.ts'
import { followLog, type IndexedLog, listIndexedLogs } from '../audit/index/store.ts'
import type { LogReader } from '../audit/reader/log-reader.ts'
import { SWITCH } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { openShardReaders, readPolicies } from './inputs.ts'
import { LOG_OPTIONS } from './options.ts'
import { say } from './words.ts'

/** `istmo audit index`: updates the search index to a log's checkpoint, builds it again, or compares it with the log. */
export const indexCommand = defineAudit(
  'index',
  {
    options: {
      ...LOG_OPTIONS,
      db: { isRequired: true, isSecret: true },
      rebuild: SWITCH,
      check: SWITCH,
      repair: SWITCH,
    },
  },
  async (line, io) => {
    if (line.repair && !line.check) throw new TypeError('--repair: expected --check beside it; came nothing')
    if (line.rebuild && line.check) throw new TypeError('expected --rebuild or --check; came both')
    const readers = await openShardReaders(line.log, await readPolicies(line.policy))
    const db = await openIndexDatabase(line.db)
    try {
      const answers: Answer[] = []
      // The index knows each shard as a log of its own.
      for (const reader of readers) {
        answers.push(line.check ? await check(db, reader, line.repair, io) : await follow(db, reader, line.rebuild, io))
      }
      return joinAnswers(answers)
    } finally {
      await db.close()
    }
  },
)

/** Joins the answers about the shards of a log into one. */
function joinAnswers(answers: readonly Answer[]): Answer {
  const [only] = answers
  if (only !== undefined && answers.length === 1) return only
  const verdict = answers.every((answer) => answer.verdict === 'HOLDS') ? 'HOLDS' : 'FAILS'
  const text = answers.map((answer) => answer.text).join('\n')
  return { verdict, text, json: { shards: answers.map(({ json }) => json) } }
}

async function follow(db: IndexDatabase, reader: LogReader, rebuild: boolean, io: AuditIo): Promise<Answer> {
  const bar = createProgressBar(io.err, 'index', io.now)
  const read = await followLog(db, reader, { rebuild, onProgress: bar.report }).finally(bar.clear)
  const { size } = reader.head.checkpoint
  const unreadable = (await listIndexedLogs(db))
    .filter(({ log }) => log === reader.log.name)
    .flatMap(describeUnreadable)
  const text = [say('index.read', { log: reader.log.name, read, size }), ...unreadable].join('\n')
  return { verdict: 'HOLDS', text, json: { origin: reader.log.name, read, size } }
}

async function check(db: IndexDatabase, reader: LogReader, isRepairing: boolean, io: AuditIo): Promise<Answer> {
  const bar = createProgressBar(io.err, 'check', io.now)
  const checked = await checkIndex(db, reader, { isRepairing, onProgress: bar.report }).finally(bar.clear)
  const { known, size, findings, further } = checked
  const lines = [
    say('index.known', { log: reader.log.name, known, size }),
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
    ...(further > 0 ? [`  ${say('verify.further', { number: further })}`] : []),
    describeResult(checked),
  ]
  return {
    verdict: findings.length === 0 ? 'HOLDS' : 'FAILS',
    text: lines.join('\n'),
    json: { origin: reader.log.name, ...checked },
  }
}

function describeResult({ findings, further, repaired }: IndexCheck): string {
  if (findings.length === 0) return say('index.holds')
  const count = findings.length + further
  const end = repaired > 0 ? say('index.repaired', { number: repaired }) : say('index.repair')
  return say('index.fails', { count, end })
}

/** Says which entries of a log an index could not read. Returns no line if it could read all. */
export function describeUnreadable({ log, unreadable, firstUnreadable }: IndexedLog): readonly string[] {
  if (unreadable === 0) return []
  const named = firstUnreadable.join(', ')
  const further = unreadable - firstUnreadable.length
  const more = further > 0 ? say('index.more', { number: further }) : ''
  return [say('index.unreadable', { log, count: unreadable, named, more })]
}

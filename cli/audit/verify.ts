import { type Finding, formatFinding } from '../../audit/finding.ts'
import type { Policy } from '../../audit/note/policy.ts'
import type { FoundNote } from '../../audit/verify/read-history.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { type EntriesReport, verifyEntries } from '../../audit/verify/verify-entries.ts'
import { type VerifyReport, verifyLogs } from '../../audit/verify/verify-log.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { ONE_POLICY_OPTION, openSources, readEarlierCheckpoint, readOrigin, readPolicy } from './inputs.ts'

/** Logs of up to so many entries are read entry by entry unless an option says otherwise. It takes about a minute. */
const MAX_ENTRIES_BY_DEFAULT = 1_000_000

/** `istmo audit verify`: rebuilds the tree of each log from its files, and checks all signed checkpoints against it. */
export const verifyCommand = defineAudit(
  {
    name: 'verify',
    description: 'rebuild logs from their files, and check each checkpoint against them',
    arguments: {
      logs: {
        meaning: 'folders or URLs, with all shards in them; by default the URLs in the trust policy',
        isOptional: true,
        isRepeated: true,
      },
    },
    options: {
      ...ONE_POLICY_OPTION,
      kept: {
        flag: 'kept',
        value: 'file',
        isRepeated: true,
        expected: 'the path of a file',
        meaning: 'a checkpoint or receipt that you saved earlier',
      },
      entries: {
        flag: 'entries',
        value: null,
        meaning: `read what each entry says, also in a log of more than ${MAX_ENTRIES_BY_DEFAULT} entries`,
      },
      noEntries: { flag: 'no-entries', value: null, meaning: 'do not read what the entries say, only their hashes' },
      hashesOnly: {
        flag: 'hashes-only',
        value: null,
        meaning: 'read no entries, only hashes and checkpoints: for who gets no entries, such as members and witnesses',
      },
    },
    examples: [
      {
        command: 'istmo audit verify gateway hn --policy trust-policy',
        meaning: 'Verifies the logs in the folders gateway and hn.',
      },
    ],
  },
  async (line, io) => {
    const policy = await readPolicy(line.policy)
    const places = line.logs.length > 0 ? line.logs : urls(policy)
    if (places.length === 0) throw new Error('expected logs, or a trust policy with their URLs; came neither')
    const sources = (await Promise.all(places.map(openSources))).flat()
    const saved = await Promise.all(line.kept.map(readEarlierCheckpoint))
    if (line.entries && (line.noEntries || line.hashesOnly)) {
      throw new TypeError(`expected --entries, or --${line.noEntries ? 'no-entries' : 'hashes-only'}; came both`)
    }
    const isSkipped = line.noEntries || line.hashesOnly
    const maxEntries = line.entries ? Number.POSITIVE_INFINITY : isSkipped ? -1 : MAX_ENTRIES_BY_DEFAULT
    return verify(sources, { policy, maxEntries, hashesOnly: line.hashesOnly }, saved, io)
  },
)

function urls({ logs }: Policy): readonly string[] {
  return logs.flatMap(({ url }) => url ?? [])
}

interface VerifyLine {
  readonly policy: Policy
  /** Logs of more entries are not read entry by entry. */
  readonly maxEntries: number
  readonly hashesOnly: boolean
}

async function verify(
  sources: readonly LogSource[],
  { policy, maxEntries, hashesOnly }: VerifyLine,
  saved: readonly FoundNote[],
  io: AuditIo,
): Promise<Answer> {
  const bar = createProgressBar(io.err, 'verify', io.now)
  const { reports: trees, findings } = await verifyLogs(sources, policy, {
    ...{ known: saved, hashesOnly, onProgress: bar.report },
  }).finally(bar.clear)
  const reports: VerifiedLog[] = []
  for (const [at, report] of trees.entries()) {
    const source = report.size > 0 && report.size <= maxEntries ? sources[at] : undefined
    reports.push(source === undefined ? { ...report, entries: null } : await addEntries(report, source, policy, io))
  }
  const strangers = saved.flatMap((note) => findUnrelated(note, reports))
  const all = [...reports.flatMap((report) => report.findings), ...findings, ...strangers]
  const verdict = decide(all)
  const quorum = policy.quorum === 'none' ? 'the trust policy demands no witnesses' : undefined
  return {
    verdict,
    text: [
      ...reports.flatMap((report) => formatReport(report, quorum)),
      ...[...findings, ...strangers].map((finding) => `  ${formatFinding(finding)}`),
      describeVerdict(verdict, all.length, hashesOnly),
    ].join('\n'),
    json: {
      logs: reports,
      findings: [...findings, ...strangers],
      ...(verdict === 'UNTOLD' && {
        reason: 'the only findings are entries of a form that this version does not know',
      }),
    },
  }
}

/** The result of verifying a log. `entries` is null if they were not read; their findings are in `findings`. */
type VerifiedLog = VerifyReport & { readonly entries: Pick<EntriesReport, 'read' | 'unknown'> | null }

/** Reads what the entries of a log say, and adds what is wrong with them to the report on its tree. */
async function addEntries(report: VerifyReport, source: LogSource, policy: Policy, io: AuditIo): Promise<VerifiedLog> {
  const bar = createProgressBar(io.err, 'entries', io.now)
  const { origin, size } = report
  const log = { source, origin, size, policy, nowMs: io.now(), onProgress: bar.report }
  const { read, unknown, findings, further } = await verifyEntries(log).finally(bar.clear)
  return {
    ...report,
    findings: [...report.findings, ...findings],
    further: report.further + further,
    entries: { read, unknown },
  }
}

/** An entry of a later version proves nothing against the log, and the command cannot tell what it says. */
function decide(findings: readonly Finding[]): Answer['verdict'] {
  if (findings.length === 0) return 'HOLDS'
  return findings.every(({ kind }) => kind === 'UNKNOWN_FORM') ? 'UNTOLD' : 'FAILS'
}

function describeVerdict(verdict: Answer['verdict'], findings: number, hashesOnly: boolean): string {
  const where = hashesOnly ? ' in the tree of hashes; the entries were not read' : ''
  if (verdict === 'HOLDS') return `HOLDS: nothing was removed or altered${where}.`
  if (verdict === 'UNTOLD') return 'COULD NOT TELL: some entries are of a form that this version does not know.'
  return `DOES NOT HOLD: ${findings === 1 ? 'one finding' : `${findings} findings`}.`
}

/** Reports a saved checkpoint that belongs to none of the logs, because it says nothing about them. */
function findUnrelated({ note, where }: FoundNote, reports: readonly VerifyReport[]): readonly Finding[] {
  const origin = readOrigin(note)
  if (reports.some((report) => report.origin === origin)) return []
  const expected = 'a checkpoint of one of the logs'
  return [{ kind: 'ORIGIN', where, expected, came: origin === undefined ? 'no checkpoint' : `one of ${origin}` }]
}

function formatReport(report: VerifiedLog, noQuorum: string | undefined): readonly string[] {
  const { source, origin, size, root, pruned, witnessed, entries, findings, further } = report
  const seen =
    witnessed === undefined
      ? 'no quorum of witnesses has cosigned it'
      : `witnessed to entry ${witnessed.size}, ${new Date(witnessed.time * 1000).toISOString()}`
  return [
    `${origin === '' ? 'no checkpoint' : origin}  ${source}`,
    `  ${size} entries, root ${root}`,
    `  ${noQuorum ?? seen}`,
    ...(entries === null && size > 0 ? ['  what its entries say was not read'] : []),
    ...pruned.map((line) => `  ${line}`),
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
    ...(further > 0 ? [`  and ${further} more`] : []),
  ]
}

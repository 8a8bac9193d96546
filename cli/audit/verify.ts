import { type Finding, formatFinding } from '../../audit/finding.ts'
import type { Policy } from '../../audit/note/policy.ts'
import type { FoundNote } from '../../audit/verify/claims.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { type VerifyReport, verifyLogs } from '../../audit/verify/verify-log.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { ONE_POLICY_OPTION, openSource, readEarlierCheckpoint, readOrigin, readPolicy } from './inputs.ts'

/** `istmo audit verify`: rebuilds the tree of each log from its files, and checks all signed checkpoints against it. */
export const verifyCommand = defineAudit(
  {
    name: 'verify',
    description: 'rebuild logs from their files, and check each checkpoint against them',
    arguments: {
      logs: { meaning: 'folders or URLs; by default the URLs in the trust policy', isOptional: true, isRepeated: true },
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
    },
    examples: [
      {
        command: 'istmo audit verify gateway hn --policy trust-policy',
        meaning: 'Verifies the logs in the folders gateway and hn.',
      },
    ],
  },
  async (line, io) => {
    const policy = await readPolicy(line.policy, line.development)
    const places = line.logs.length > 0 ? line.logs : urls(policy)
    if (places.length === 0) throw new Error('expected logs, or a trust policy with their URLs; came neither')
    const sources = await Promise.all(places.map(openSource))
    const saved = await Promise.all(line.kept.map(readEarlierCheckpoint))
    return verify(sources, policy, saved, io)
  },
)

function urls({ logs }: Policy): readonly string[] {
  return logs.flatMap(({ url }) => url ?? [])
}

async function verify(
  sources: readonly LogSource[],
  policy: Policy,
  saved: readonly FoundNote[],
  io: AuditIo,
): Promise<Answer> {
  const bar = createProgressBar(io.err, 'verify', io.now)
  const { reports, findings } = await verifyLogs(sources, policy, { known: saved, onProgress: bar.report }).finally(
    bar.clear,
  )
  const strangers = saved.flatMap((note) => findUnrelated(note, reports))
  const all = [...reports.flatMap((report) => report.findings), ...findings, ...strangers]
  const quorum = policy.quorum === 'none' ? 'the trust policy demands no witnesses' : undefined
  return {
    verdict: all.length === 0 ? 'HOLDS' : 'FAILS',
    text: [
      ...reports.flatMap((report) => formatReport(report, quorum)),
      ...[...findings, ...strangers].map((finding) => `  ${formatFinding(finding)}`),
      all.length === 0
        ? 'HOLDS: nothing was removed or altered.'
        : `DOES NOT HOLD: ${all.length === 1 ? 'one finding' : `${all.length} findings`}.`,
    ].join('\n'),
    json: { logs: reports, findings: [...findings, ...strangers] },
  }
}

/** Reports a saved checkpoint that belongs to none of the logs, because it says nothing about them. */
function findUnrelated({ note, where }: FoundNote, reports: readonly VerifyReport[]): readonly Finding[] {
  const origin = readOrigin(note)
  if (reports.some((report) => report.origin === origin)) return []
  const expected = 'a checkpoint of one of the logs'
  return [{ kind: 'ORIGIN', where, expected, came: origin === undefined ? 'no checkpoint' : `one of ${origin}` }]
}

function formatReport(report: VerifyReport, noQuorum: string | undefined): readonly string[] {
  const { source, origin, size, root, witnessed, findings, further } = report
  const seen =
    witnessed === undefined
      ? 'no quorum of witnesses has cosigned it'
      : `witnessed to entry ${witnessed.size}, ${new Date(witnessed.time * 1000).toISOString()}`
  return [
    `${origin === '' ? 'no checkpoint' : origin}  ${source}`,
    `  ${size} entries, root ${root}`,
    `  ${noQuorum ?? seen}`,
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
    ...(further > 0 ? [`  and ${further} more`] : []),
  ]
}

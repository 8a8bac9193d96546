import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, formatFinding } from '../../audit/finding.ts'
import type { Policy } from '../../audit/note/policy.ts'
import type { FoundNote } from '../../audit/verify/claims.ts'
import { formatTime } from '../../audit/verify/judge-witnesses.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { findMissingLogs } from '../../audit/verify/verify-log.ts'
import {
  type SplitView,
  verifyWitnessed,
  type WitnessedOptions,
  type WitnessedReport,
} from '../../audit/verify/verify-witnessed.ts'
import { hashOrigin } from '../../audit/witness/heads.ts'
import { parseDuration } from '../../contract/duration.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { ONE_POLICY_OPTION, openSource, readEarlierCheckpoint, readKnown, readOrigin, readPolicy } from './inputs.ts'

/** The options about witnesses and about what others have seen. */
const WITNESS_OPTIONS = {
  kept: {
    flag: 'kept',
    value: 'file',
    isRepeated: true,
    expected: 'the path of a file',
    meaning: 'a checkpoint or receipt of one of these logs that you saved earlier',
  },
  known: {
    flag: 'known',
    value: 'place',
    isRepeated: true,
    expected: 'the path of a file, or an http(s) URL',
    meaning:
      'checkpoints that somebody else knows, of any logs: a file, an export, or the URL of a `/status`. Contradictions are a split view',
  },
  evidence: {
    flag: 'evidence',
    value: 'folder',
    expected: 'the path of a folder',
    meaning: 'where the two checkpoints of a split view are written; by default the present folder',
  },
  offline: {
    flag: 'offline',
    value: null,
    meaning: 'ask no witness; then an older copy of a log may look complete',
  },
  required: {
    flag: 'require-witness',
    value: 'name',
    isRepeated: true,
    expected: 'the name of a witness in the trust policy',
    meaning: 'a witness that must have cosigned beside the quorum, such as that of your own country',
  },
  maxAgeMs: {
    flag: 'max-age',
    value: 'duration',
    expected: 'a duration, such as PT1H',
    meaning: 'how long ago a quorum may have cosigned last; without it, any time',
    parse: (text: string): number | undefined => parseDuration(text),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** `istmo audit verify`: rebuilds the tree of each log, checks all signed checkpoints against it, and asks the witnesses. */
export const verifyCommand = defineAudit(
  {
    name: 'verify',
    description: 'rebuild logs from their files, check each checkpoint against them, and ask their witnesses',
    arguments: {
      logs: { meaning: 'folders or URLs; by default the URLs in the trust policy', isOptional: true, isRepeated: true },
    },
    options: { ...ONE_POLICY_OPTION, ...WITNESS_OPTIONS },
    examples: [
      {
        command: 'istmo audit verify gateway hn --policy trust-policy',
        meaning: 'Verifies the logs in the folders gateway and hn.',
      },
      {
        command: 'istmo audit verify gateway --policy trust-policy --require-witness GT --max-age PT1H',
        meaning: 'Also demands the witness GT, and a quorum within the last hour.',
      },
    ],
  },
  async (line, io) => {
    const policy = await readPolicy(line.policy, line.development)
    const places = line.logs.length > 0 ? line.logs : urls(policy)
    if (places.length === 0) throw new Error('expected logs, or a trust policy with their URLs; came neither')
    const sources = await Promise.all(places.map(openSource))
    const known = await Promise.all(line.kept.map(readEarlierCheckpoint))
    const gossip = (await Promise.all(line.known.map(readKnown))).flat()
    const { required, maxAgeMs } = line
    const ask = line.offline ? undefined : {}
    const options = { known, gossip, required, ask, now: io.now, ...(maxAgeMs !== undefined && { maxAgeMs }) }
    return verify(sources, policy, options, { io, evidence: line.evidence ?? '.' })
  },
)

function urls({ logs }: Policy): readonly string[] {
  return logs.flatMap(({ url }) => url ?? [])
}

async function verify(
  sources: readonly LogSource[],
  policy: Policy,
  options: WitnessedOptions,
  { io, evidence }: { readonly io: AuditIo; readonly evidence: string },
): Promise<Answer> {
  const bar = createProgressBar(io.err, 'verify', io.now)
  const reports: WitnessedReport[] = []
  try {
    for (const source of sources)
      reports.push(await verifyWitnessed(source, policy, { ...options, onProgress: bar.report }))
  } finally {
    bar.clear()
  }
  const strangers = (options.known ?? []).flatMap((note) => findUnrelated(note, reports))
  const findings = [...findMissingLogs(policy, reports), ...strangers]
  const written = await writeEvidence(
    reports.flatMap(({ splits }) => splits),
    evidence,
  )
  const wrong = [...reports.flatMap((report) => report.findings), ...findings].length
  const doubts = reports.flatMap((report) => report.doubts).length
  const isBlind = reports.some(({ notes }) => notes.some(({ where }) => where === 'witnesses'))
  return {
    verdict: wrong > 0 ? 'FAILS' : doubts > 0 ? 'UNTOLD' : 'HOLDS',
    text: [
      ...reports.flatMap((report) => formatReport(report, policy)),
      ...findings.map((finding) => `  ${formatFinding(finding)}`),
      ...written.map((path) => `evidence of a split view: ${path}`),
      formatVerdict(wrong, doubts, isBlind),
    ].join('\n'),
    json: { logs: reports, findings, evidence: written },
  }
}

function formatVerdict(wrong: number, doubts: number, isBlind: boolean): string {
  if (wrong > 0) return `DOES NOT HOLD: ${count(wrong, 'finding')}.`
  if (doubts > 0) return `COULD NOT TELL: ${count(doubts, 'doubt')}.`
  if (!isBlind) return 'HOLDS: nothing was removed or altered.'
  return 'HOLDS: nothing was removed or altered up to this checkpoint. Too few witnesses were asked whether there was a later one.'
}

function count(number: number, what: string): string {
  return number === 1 ? `one ${what}` : `${number} ${what}s`
}

/** Writes the two checkpoints of each split view to a file, and returns the paths. Both are signed, so they convince anybody. */
async function writeEvidence(splits: readonly SplitView[], folder: string): Promise<readonly string[]> {
  const paths = splits.map(({ origin, size }) => {
    return join(folder, `split-view-${hashOrigin(origin).slice(0, 8)}-${size}.json`)
  })
  for (const [at, split] of splits.entries()) await writeFile(paths[at] ?? '', `${JSON.stringify(split, null, 2)}\n`)
  return [...new Set(paths)]
}

/** Reports a saved checkpoint that belongs to none of the logs, because it says nothing about them. */
function findUnrelated({ note, where }: FoundNote, reports: readonly WitnessedReport[]): readonly Finding[] {
  const origin = readOrigin(note)
  if (reports.some((report) => report.origin === origin)) return []
  const expected = 'a checkpoint of one of the logs'
  return [{ kind: 'ORIGIN', where, expected, came: origin === undefined ? 'no checkpoint' : `one of ${origin}` }]
}

function formatReport(report: WitnessedReport, policy: Policy): readonly string[] {
  const { source, origin, size, root, witnessed, witnesses, findings, doubts, notes, further } = report
  const seen =
    witnessed === undefined
      ? 'no quorum of witnesses has cosigned it'
      : `witnessed to entry ${witnessed.size}, ${formatTime(witnessed.time)}`
  const none = 'the trust policy demands no witnesses, so nothing but the log’s own signature says so'
  return [
    `${origin === '' ? 'no checkpoint' : origin}  ${source}`,
    `  ${size} entries, root ${root}`,
    `  ${policy.quorum === 'none' ? none : seen}`,
    ...(policy.quorum === 'none' ? [] : witnesses.map(formatWitness)),
    ...[...findings, ...doubts].map((finding) => `  ${formatFinding(finding)}`),
    ...notes.map((note) => `  note: ${formatFinding(note)}`),
    ...(further > 0 ? [`  and ${further} more`] : []),
  ]
}

function formatWitness({ name, size, time, answer }: WitnessedReport['witnesses'][number]): string {
  const last = size === null || time === null ? 'no cosignature' : `${size} entries, ${formatTime(time)}`
  const asked = { SERVED: 'asked', NONE: 'asked, knows nothing', UNREACHABLE: 'no answer', NOT_ASKED: 'not asked' }[
    answer
  ]
  return `    witness ${name}: ${last} (${asked})`
}

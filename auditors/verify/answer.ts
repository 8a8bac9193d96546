import { type Finding, formatFinding } from '../../audit/finding.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { formatTime } from '../../audit/verify/judge-witnesses.ts'
import { NO_SUCH_LOG } from '../../audit/verify/verify-log.ts'
import type { AsOf, WitnessedReport } from '../../audit/verify/verify-witnessed.ts'
import type { Answer } from '../command.ts'
import type { PolicyFile } from '../inputs.ts'
import { say } from '../words.ts'
import { judge, type VerifiedLog } from './judge-logs.ts'

/** The answer of `istmo audit verify`, in words and as JSON. */

/** What a verification found. */
export interface Verified {
  readonly trust: PolicyFile
  readonly reports: readonly VerifiedLog[]
  /** What is wrong with no certain log, or between logs. */
  readonly findings: readonly Finding[]
  /** The logs of the trust policy that the reader did not ask about, and that were not among the logs. */
  readonly notLookedAt: readonly string[]
  /** The files with the evidence of split views. */
  readonly written: readonly string[]
  readonly hashesOnly: boolean
  /** The point in the past that the reader asks about. */
  readonly asOf?: AsOf | undefined
}

/** Makes the answer. */
export function verifyAnswer({ trust, reports, findings, notLookedAt, written, hashesOnly, asOf }: Verified): Answer {
  const { policy, path, sha256 } = trust
  const all = [...reports.flatMap((report) => report.findings), ...findings]
  const { verdict, wrong, doubts, mistimed } = judge(reports, findings)
  const further = reports.reduce((sum, report) => sum + report.further, 0)
  const isUnwitnessed = policy.quorum === 'none'
  const isBlind = reports.some(({ notes }) => notes.some(({ where }) => where === 'witnesses'))
  return {
    verdict: verdict === 'HOLDS' && asOf !== undefined ? 'HELD' : verdict,
    text: [
      say('verify.policy', { path, sha256 }),
      ...reports.flatMap((report) => formatReport(report, policy)),
      ...formatFindings(findings),
      ...notLookedAt.map((name) => say('verify.notLookedAt', { name })),
      ...written.map((path) => say('verify.evidence', { path })),
      wrong > 0
        ? say('verify.fails', { findings: say('verify.findings', { count: all.length + further }) })
        : formatVerdict({ doubts, mistimed, isBlind, isUnwitnessed, hashesOnly, asOf }),
      ...(mistimed > 0 ? [say('verify.wrongTimes')] : []),
      ...(all.length > 0 && all.every(isMissingLog) ? [say('verify.oneLog')] : []),
      ...(asOf === undefined && wrong > 0 && all.every(({ kind }) => kind === 'ROLLBACK')
        ? [say('verify.olderCopy')]
        : []),
    ].join('\n'),
    json: {
      policy: { file: path, sha256 },
      logs: reports.map(withoutTools),
      findings,
      evidence: written,
      ...(notLookedAt.length > 0 && { notLookedAt }),
      ...(asOf !== undefined && { asOf }),
      ...(wrong === 0 &&
        doubts > 0 && { reason: `${doubts === 1 ? 'one doubt' : `${doubts} doubts`}, and no finding against a log` }),
    },
  }
}

/** Leaves out what only other checks of the same run need. */
function withoutTools({ isPruned: _, keys: __, ...report }: VerifiedLog): Omit<VerifiedLog, 'isPruned' | 'keys'> {
  return report
}

// By itself, an honest older copy looks like a log that was set back, and a log that is not there like one that was withheld. The answer says what helps.

function isMissingLog({ kind, came }: Finding): boolean {
  return kind === 'ORIGIN' && came === NO_SUCH_LOG
}

interface VerdictParts extends Pick<Verified, 'hashesOnly' | 'asOf'> {
  readonly doubts: number
  /** How many of the doubts are entries with a wrong time. */
  readonly mistimed: number
  readonly isBlind: boolean
  /** The trust policy demands no witnesses. */
  readonly isUnwitnessed: boolean
}

function formatVerdict({ doubts, mistimed, isBlind, isUnwitnessed, hashesOnly, asOf }: VerdictParts): string {
  // Whoever has the log’s key can write all of it anew, and without witnesses nobody sees it. A reader must not take such a yes for more.
  const ownerOnly = say('verify.ownerOnly')
  if (doubts > 0 && doubts === mistimed) {
    const times = { mistimed: countWrongTimes(mistimed) }
    if (isUnwitnessed) return say('verify.whenUnwitnessed', { ...times, ownerOnly })
    return say(isBlind ? 'verify.whenUpTo' : 'verify.when', times)
  }
  if (doubts > 0) return say('verify.untold', { doubts: say('verify.doubts', { count: doubts }) })
  const where = hashesOnly ? say('verify.treeOnly') : ''
  if (asOf !== undefined) {
    const point = 'size' in asOf ? say('verify.point', { size: asOf.size }) : formatTime(asOf.timeS)
    if (isUnwitnessed) return say('verify.heldUnwitnessed', { point, where, ownerOnly })
    return say('verify.held', { point, where })
  }
  if (isUnwitnessed) return say('verify.holdsUnwitnessed', { where, ownerOnly })
  return say(isBlind ? 'verify.holdsUpTo' : 'verify.holds', { where })
}

/** Says how many entries have a wrong time. */
export function countWrongTimes(mistimed: number): string {
  return say('verify.mistimed', { count: mistimed })
}

function formatReport(report: VerifiedLog, policy: Policy): readonly string[] {
  const { source, origin, size, root, pruned, witnessed, witnesses, entries, findings, doubts, notes, further } = report
  const seen =
    witnessed === undefined
      ? say('verify.noQuorum')
      : say('verify.witnessed', { size: witnessed.size, time: formatTime(witnessed.time) })
  const none = say('verify.noWitnesses')
  return [
    `${origin === '' ? say('verify.noCheckpoint') : origin}  ${source}`,
    `  ${say('verify.size', { size, root })}`,
    `  ${policy.quorum === 'none' ? none : seen}`,
    ...(policy.quorum === 'none' ? [] : witnesses.map(formatWitness)),
    ...(entries === null && size > 0 ? [`  ${say('verify.notRead')}`] : []),
    ...pruned.map((line) => `  ${line}`),
    ...formatFindings([...findings, ...doubts]),
    ...notes.map((note) => `  ${say('verify.note', { finding: formatFinding(note) })}`),
    ...(further > 0 ? [`  ${say('verify.further', { number: further })}`] : []),
  ]
}

function formatWitness({ name, size, time, answer }: WitnessedReport['witnesses'][number]): string {
  const isOpen = size === null || time === null
  const last = isOpen ? say('verify.noCosignature') : say('verify.cosigned', { size, time: formatTime(time) })
  return `    ${say('verify.witness', { name, last, asked: say(`verify.asked.${answer}`) })}`
}

/**
 * Formats findings for people, one in a line. Under a trust policy of another log, each checkpoint of the history has the same wrong signature: such
 * findings are one line with their number, because a hundred of them would hide the others. `--json` has each of them.
 */
export function formatFindings(findings: readonly Finding[]): readonly string[] {
  const groups = Map.groupBy(findings, (finding) =>
    finding.kind === 'SIGNATURE' ? JSON.stringify([finding.kind, finding.came]) : finding,
  )
  return [...groups.values()].map(formatGroup)
}

function formatGroup(group: readonly Finding[]): string {
  const [first, ...others] = group
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` ${say('verify.alike', { number: others.length })}`
  return `  ${formatFinding(first)}${more}`
}

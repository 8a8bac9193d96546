import { type Finding, formatFinding } from '../../../audit/finding.ts'
import type { Policy } from '../../../audit/note/policy.ts'
import type { AsOf } from '../../../audit/verify/as-of.ts'
import { formatTime } from '../../../audit/verify/judge-witnesses.ts'
import { NO_SUCH_LOG } from '../../../audit/verify/verify-log.ts'
import type { WitnessedReport } from '../../../audit/verify/verify-witnessed.ts'
import type { Answer } from '../command.ts'
import type { PolicyFile } from '../inputs.ts'
import { formatFindings } from './format-findings.ts'
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
      `trust policy ${path}, SHA-256 ${sha256}`,
      ...reports.flatMap((report) => formatReport(report, policy)),
      ...formatFindings(findings),
      ...notLookedAt.map((name) => `not looked at, although the trust policy names it: ${name}`),
      ...written.map((path) => `evidence of a split view: ${path}`),
      formatVerdict({
        wrong: all.length + further,
        isWrong: wrong > 0,
        doubts,
        mistimed,
        isBlind,
        isUnwitnessed,
        hashesOnly,
        asOf,
      }),
      ...(mistimed > 0 ? [WRONG_TIMES] : []),
      ...(all.length > 0 && all.every(isMissingLog) ? [ONE_LOG] : []),
      ...(asOf === undefined && wrong > 0 && all.every(({ kind }) => kind === 'ROLLBACK') ? [OLDER_COPY] : []),
    ].join('\n'),
    json: {
      policy: { file: path, sha256 },
      ...{ logs: reports.map(withoutTools), findings, evidence: written },
      ...(notLookedAt.length > 0 && { notLookedAt }),
      ...(asOf !== undefined && { asOf }),
      ...(wrong === 0 && doubts > 0 && { reason: `${count(doubts, 'doubt')}, and no finding against a log` }),
    },
  }
}

/** Leaves out what only other checks of the same run need. */
function withoutTools({ isPruned: _, keys: __, ...report }: VerifiedLog): Omit<VerifiedLog, 'isPruned' | 'keys'> {
  return report
}

/** What helps who has an honest older copy: by itself, it looks like a log that was set back. */
const OLDER_COPY =
  'If you know that this is an older copy, read it as one: --as-of, with its number of entries or its time.'

/** What helps who finds wrong times. Whoever writes a log may date an entry as he likes, and later say that a clock was wrong. */
export const WRONG_TIMES =
  'TIME: the order of the entries is proven, and what these say of their time is not. Ask the log’s owner when and why its clock was wrong; its process wrote «a clock is wrong» then. Without such a cause, take it for dating on purpose. Search these entries without --from and --until.'

/** What helps who verifies one log of several. By itself, a log that is not there looks like one that was withheld. */
const ONE_LOG = 'If you ask only about some logs of the trust policy, name each of them: --only NAME.'

function isMissingLog({ kind, came }: Finding): boolean {
  return kind === 'ORIGIN' && came === NO_SUCH_LOG
}

interface VerdictParts {
  readonly wrong: number
  readonly isWrong: boolean
  readonly doubts: number
  /** How many of the doubts are entries with a wrong time. */
  readonly mistimed: number
  readonly isBlind: boolean
  /** The trust policy demands no witnesses. */
  readonly isUnwitnessed: boolean
  readonly hashesOnly: boolean
  readonly asOf: AsOf | undefined
}

/** Whoever has the log's key can write all of it anew, and without witnesses nobody sees it. A reader must not take such a yes for more. */
const OWNER_ONLY =
  'The trust policy demands no witnesses: whoever has the log’s key could have written all of it anew, and this would not show.'

function formatVerdict(parts: VerdictParts): string {
  const { wrong, isWrong, doubts, mistimed, isBlind, isUnwitnessed, hashesOnly, asOf } = parts
  if (isWrong) return `DOES NOT HOLD: ${count(wrong, 'finding')}.`
  if (doubts > 0 && doubts === mistimed) {
    const but = `, but ${countWrongTimes(mistimed)}.`
    if (isUnwitnessed) return `COULD NOT TELL WHEN: the log agrees with its own signature${but} ${OWNER_ONLY}`
    return `COULD NOT TELL WHEN: nothing was removed or altered${isBlind ? ' up to this checkpoint' : ''}${but}`
  }
  if (doubts > 0) return `COULD NOT TELL: ${count(doubts, 'doubt')}.`
  const where = hashesOnly ? ' in the tree of hashes; the entries were not read' : ''
  if (asOf !== undefined) {
    const point = 'size' in asOf ? `${asOf.size} entries` : formatTime(asOf.timeS)
    if (isUnwitnessed) return `HELD AS OF ${point}: the copy agrees with its own signature${where}. ${OWNER_ONLY}`
    return `HELD AS OF ${point}: this was the whole log then, and nothing of it was removed or altered${where}. It says nothing of the log of today.`
  }
  if (isUnwitnessed) return `HOLDS: the log agrees with its own signature${where}. ${OWNER_ONLY}`
  if (!isBlind) return `HOLDS: nothing was removed or altered${where}.`
  return `HOLDS: nothing was removed or altered up to this checkpoint${where}. Too few witnesses were asked whether there was a later one.`
}

/** Says how many entries have a wrong time. */
export function countWrongTimes(mistimed: number): string {
  return mistimed === 1 ? 'one entry says a wrong time' : `${mistimed} entries say a wrong time`
}

function count(number: number, what: string): string {
  return number === 1 ? `one ${what}` : `${number} ${what}s`
}

function formatReport(report: VerifiedLog, policy: Policy): readonly string[] {
  const { source, origin, size, root, pruned, witnessed, witnesses, entries, findings, doubts, notes, further } = report
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
    ...(entries === null && size > 0 ? ['  what its entries say was not read'] : []),
    ...pruned.map((line) => `  ${line}`),
    ...formatFindings([...findings, ...doubts]),
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

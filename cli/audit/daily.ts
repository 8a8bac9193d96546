import { mkdir } from 'node:fs/promises'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { describeError } from '../../service/describe-error.ts'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { type AuditIo, defineAudit, EXIT_CODES, type Verdict } from './command.ts'
import { compareCounterpart, type DailyRun, listAlarms, removeLeftovers } from './daily/compare-counterpart.ts'
import { type DailySettings, readDailySettings } from './daily/config.ts'
import { type CounterpartReport, type DailyReport, formatReport, writeReport } from './daily/report.ts'
import { openReader, readPolicies } from './inputs.ts'
import { readOwner } from './reconcile/open-side.ts'
import { sideOfLog } from './reconcile/sides.ts'

/**
 * `istmo audit daily`: verifies the own log, compares the days that were not compared yet with each counterpart, writes each result to the own
 * log, and makes a report. It is meant for a timer.
 */
export const dailyCommand = defineAudit(
  {
    name: 'daily',
    description: 'verify the own log and compare it with those of others, from a timer, and make a report',
    options: {
      config: {
        flag: 'config',
        value: 'file',
        isRequired: true,
        expected: 'the path of a file',
        meaning:
          'YAML: ownLog, ownKey, policies, counterparts and state, and if you like siblings, firstDay and salts (docs/operating.md, Every day)',
      },
    },
    notes: {
      'Exit codes': {
        0: 'the own log is intact, and nothing new differs',
        1: 'the own log is damaged, or the logs contradict each other',
        2: 'somebody must look: a log could not be read, something is left open, or a setting is wrong',
      },
    },
    examples: [{ command: 'istmo audit daily --config /etc/istmo/daily.yaml', meaning: 'What the timer runs.' }],
  },
  async ({ config }, io) => {
    const settings = await readDailySettings(config)
    await mkdir(settings.state, { recursive: true, mode: 0o700 })
    const lock = await lockFolder(settings.state)
    try {
      const report = await runDaily(settings, io)
      await writeReport(settings.state, report)
      for (const line of summarise(report)) io.err.write(`istmo audit daily: ${line}\n`)
      return { verdict: report.verdict, text: formatReport(report).join('\n'), json: { ...report } }
    } finally {
      lock.release()
    }
  },
)

async function runDaily(settings: DailySettings, io: AuditIo): Promise<DailyReport> {
  const time = new Date(io.now()).toISOString()
  const policies = await readPolicies(settings.policies)
  const reader = await openReader(settings.ownLog, policies)
  const verified = await verifyLog(reader.source, reader.policy)
  // The newest entries of a log that is being written always await their witnesses; the comparison says if they wait for long.
  const findings = verified.findings.filter(({ kind }) => kind !== 'NO_QUORUM')
  const own = { log: reader.log.name, size: verified.size, findings, verdict: toVerdict(findings.length === 0) }
  const side = await sideOfLog(reader, true)
  const run: DailyRun = { settings, policies, own: side, ownCountry: await readOwner(side), io }
  await removeLeftovers(run)
  const counterparts: CounterpartReport[] = []
  for (const counterpart of settings.counterparts) {
    counterparts.push(await compareCounterpart(run, counterpart).catch((error: unknown) => failed(counterpart, error)))
  }
  return { time, own, counterparts, verdict: worst([own.verdict, ...counterparts.map((each) => each.verdict)]) }
}

function toVerdict(isGood: boolean): Verdict {
  return isGood ? 'HOLDS' : 'FAILS'
}

/** A counterpart that cannot be read must not keep the others from being compared. Its days are compared when it can be read again. */
function failed(counterpart: string, error: unknown): CounterpartReport {
  const reason = describeError(error)
  const isDamaged = error instanceof Error && error.name === 'LogDamagedError'
  const nothing = { origin: null, from: null, until: null, matched: 0, classes: {}, entry: null }
  const lines = [`${counterpart}: ${isDamaged ? 'DOES NOT HOLD' : 'COULD NOT TELL'}: ${reason}`]
  return { counterpart, verdict: isDamaged ? 'FAILS' : 'UNTOLD', ...nothing, lines }
}

function worst(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['FAILS', 'UNTOLD', 'HOLDS']
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'HOLDS'
}

/** One line for each log, for the journal of the machine. */
function summarise({ own, counterparts, verdict }: DailyReport): readonly string[] {
  return [
    `${own.log}: ${own.verdict}, ${own.size} entries, ${own.findings.length} findings`,
    ...counterparts.map((each) => {
      const { counterpart, origin, verdict: of, from, until, matched } = each
      const range = from === null ? 'nothing compared' : `${from} to ${until}, ${matched} legs agree`
      return [`${origin ?? counterpart}: ${of}`, range, ...listAlarms(each)].join(', ')
    }),
    `${verdict} (exit code ${EXIT_CODES[verdict]})`,
  ]
}

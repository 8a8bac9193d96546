import { mkdir } from 'node:fs/promises'
import type { Policy } from '../../audit/note/policy.ts'
import { findTrustedName } from '../../audit/note/shard-name.ts'
import { FILE } from '../../service/command-spec.ts'
import { describeError } from '../../service/describe-error.ts'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { ABOUT } from './about.ts'
import { type AuditIo, defineAudit, EXIT_CODES, type Verdict } from './command.ts'
import { compareCounterpart, type DailyRun, listAlarms, removeLeftovers } from './daily/compare-counterpart.ts'
import { type DailySettings, readDailySettings } from './daily/config.ts'
import { type CounterpartReport, type DailyReport, formatReport, type OwnReport, writeReport } from './daily/report.ts'
import { readKnownTimes, writeKnownTimes } from './daily/state.ts'
import { openReader, openSources, readPolicies } from './inputs.ts'
import { readOwner } from './reconcile/open-side.ts'
import { sideOfLog } from './reconcile/sides.ts'
import { countWrongTimes } from './verify/answer.ts'
import { judge, judgeLogs } from './verify/judge-logs.ts'
import { MAX_ENTRIES_BY_DEFAULT } from './verify/options.ts'
import { say } from './words.ts'

/**
 * `istmo audit daily`: verifies the own log, compares the days that were not compared yet with each counterpart, writes each result to the own
 * log, and makes a report. It is meant for a timer.
 */
export const dailyCommand = defineAudit(
  {
    ...ABOUT.daily,
    options: {
      config: {
        flag: 'config',
        ...FILE,
        isRequired: true,
        meaning:
          'YAML: ownLog, ownKey, policies, counterparts and state, and if you like siblings, firstDay and salts (docs/operating.md, Every day)',
      },
    },
    notes: {
      'Exit codes': {
        0: 'the own log is intact, and nothing new differs or has a wrong time',
        1: 'the own log is damaged, or the logs contradict each other',
        2: 'somebody must look: a log could not be read, something is left open, a time is wrong, or a setting is',
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
      await writeKnownTimes(settings.state, report.own.times)
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
  const own = await judgeOwn(settings, policies, reader.log.name, io)
  const side = await sideOfLog(reader, true)
  const run: DailyRun = { settings, policies, own: side, ownCountry: await readOwner(side), io }
  await removeLeftovers(run)
  const counterparts: CounterpartReport[] = []
  for (const counterpart of settings.counterparts) {
    counterparts.push(await compareCounterpart(run, counterpart).catch((error: unknown) => failed(counterpart, error)))
  }
  return { time, own, counterparts, verdict: worst([own.verdict, ...counterparts.map((each) => each.verdict)]) }
}

/** Judges the own log as `verify --offline` does. Wrong times that an earlier run reported are known, and no alarm on each day for ever. */
async function judgeOwn(
  settings: DailySettings,
  policies: readonly Policy[],
  log: string,
  io: AuditIo,
): Promise<OwnReport> {
  const policy = policies.find((each) => findTrustedName(log, each) !== undefined)
  if (policy === undefined) throw new Error(`expected a trust policy that names ${log}; came none`)
  const by = { policy, maxEntries: MAX_ENTRIES_BY_DEFAULT, witnessed: { now: io.now }, io }
  const { logs, links } = await judgeLogs(await openSources(settings.ownLog), by)
  const { verdict, doubts, mistimed } = judge(logs, links)
  const ofTime = logs.flatMap(({ origin, findings }) =>
    // Without what was expected, which may name the present time.
    findings.filter(({ kind }) => kind === 'TIME').map(({ where, came }) => `${origin} ${where}: ${came}`),
  )
  const times = { mistimed, findings: ofTime }
  const isKnown = JSON.stringify(times) === JSON.stringify(await readKnownTimes(settings.state))
  return {
    log,
    size: logs.reduce((sum, { size }) => sum + size, 0),
    times,
    verdict: verdict === 'UNTOLD' && doubts === mistimed && isKnown ? 'HOLDS' : verdict,
    findings: [...logs.flatMap(({ findings, doubts: of }) => [...findings, ...of]), ...links],
    notes: [
      ...logs.flatMap(({ origin, size, entries }) =>
        entries === null && size > 0 ? [`${origin}: what its entries say was not read`] : [],
      ),
      ...(mistimed > 0 ? [`${countWrongTimes(mistimed)}${isKnown ? ', as an earlier run reported' : ''}`] : []),
      ...(mistimed > 0 && !isKnown ? [say('verify.wrongTimes')] : []),
    ],
  }
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

import { hash } from 'node:crypto'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Finding } from '../audit/finding.ts'
import { ifThere, isMissing } from '../audit/if-there.ts'
import type { Policy } from '../audit/note/policy.ts'
import { findTrustedName } from '../audit/note/shard-name.ts'
import { createUuidV7 } from '../contract/uuid-v7.ts'
import { appendEntry, type OwnEntry } from '../service/audit-log/own-log.ts'
import { NEEDED } from '../service/command-texts.ts'
import { describeError } from '../service/describe-error.ts'
import { lockFolder } from '../service/folder-lock/folder-lock.ts'
import { replaceFile } from '../service/replace-file.ts'
import { readYamlFile } from '../service/yaml-file.ts'
import { type AuditIo, defineAudit, EXIT_CODES, type Verdict } from './command.ts'
import { openReader, openSources, readPolicies } from './inputs.ts'
import { CLASSES, type DifferenceClass } from './reconcile/classes.ts'
import {
  createBaselineWriter,
  createListing,
  describeResult,
  makeResultEntry,
  readBaseline,
} from './reconcile/listing.ts'
import { openSide, openSides, readOwner, type Side, saltFinder, sideOfLog } from './reconcile/sides.ts'
import { type Reconciled, reconcileLogs, resultOf } from './reconcile-logs.ts'
import { countWrongTimes, formatFindings, judge, judgeLogs, MAX_ENTRIES_BY_DEFAULT } from './verify.ts'
import { say } from './words.ts'

/**
 * `istmo audit daily`: verifies the own log, compares the days that were not compared yet with each counterpart, writes each result to the own
 * log, and makes a report. It is meant for a timer.
 */
export const dailyCommand = defineAudit(
  'daily',
  {
    options: {
      config: NEEDED,
    },
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

/** The form of the settings in a folder. Paths are relative to it, and absolute after they are read. */
function settingsIn(folder: string) {
  const path = z
    .string()
    .min(1)
    .transform((place) => (/^https?:\/\//.test(place) ? place : resolve(folder, place)))
  return z.strictObject({
    /** The log of the operator who runs this: its folder, or the home of the audit log. It receives the results. */
    ownLog: path,
    /** The file of its signer key, which is needed if no process has the log open at the time. */
    ownKey: path,
    /** Trust policies (C2SP tlog-policy) that name the keys of all these logs. */
    policies: z.array(path).min(1),
    /** The logs to compare with: folders, URLs, or files of `istmo audit export`. */
    counterparts: z.array(path).min(1),
    /** The logs of the other gateways of the same officers, or of the other workers: a leg that one of them has is not missing in the gateway's. */
    siblings: z.array(path).default([]),
    /** The folder for what was compared already, and for the reports. It is created if it does not exist. */
    state: path,
    /** The first day to compare, if nothing was compared before. Default: yesterday. */
    firstDay: z.iso.date().optional(),
    /** The country's erasable salts, so that the refs of records are compared with their hash. */
    salts: path.optional(),
  })
}

/** The settings of `istmo audit daily`: a YAML file with these keys. */
export type DailySettings = Readonly<z.infer<ReturnType<typeof settingsIn>>>

/** Reads the settings. @throws {ConfigError} if one is missing or wrong. The message names the file and the setting. */
export function readDailySettings(file: string): Promise<DailySettings> {
  return readYamlFile(file, settingsIn(dirname(file)), { remedy: 'docs/operating.md, Every day, has an example.' })
}

/** Differences that disappear when a newer copy is compared. Their days are compared again, and no baseline hides them. */
const MAY_RESOLVE: ReadonlySet<DifferenceClass> = new Set([
  ...(['AFTER_END', 'IN_FLIGHT', 'OVERDUE', 'INCOMPLETE', 'UNPROVEN', 'UNWITNESSED', 'AWAITS_WITNESSES'] as const),
])

/** How many days may be compared again at most. */
const MOST_DAYS = 30

const DAY_MS = 86_400_000

/** How many differences of each class a report shows. */
const SHOWN = 20

/** What the comparisons of one run have in common. */
export interface DailyRun {
  readonly settings: DailySettings
  readonly policies: readonly Policy[]
  readonly own: Side
  /** The country of the own log; null if it is a gateway's. */
  readonly ownCountry: string | null
  readonly io: AuditIo
}

/**
 * Compares the days that were not compared yet with one counterpart, writes the result to the own log, and remembers it. It may be killed at any
 * point and called again: a result that was begun to be written is written once.
 */
export async function compareCounterpart(run: DailyRun, counterpart: string): Promise<CounterpartReport> {
  const { state: folder } = run.settings
  const untilMs = Math.floor(run.io.now() / DAY_MS) * DAY_MS
  const remembered = await readState(folder, counterpart)
  const state = await finishPending(run, await begin(run, remembered, untilMs))
  const fromMs = beginOf(state, untilMs)
  if (fromMs >= untilMs) return nothingNew(counterpart, state)
  const other = await openSide(counterpart, run.policies)
  const { gateway, country, code } = await arrange(run, other)
  const furtherGateways = await openSides(run.settings.siblings, run.policies)
  const logs = { gateway: gateway.name, country: country.name }
  const known = pathFor(folder, counterpart, 'known.jsonl')
  const writer = await createBaselineWriter(`${known}.next`, logs)
  const listing = createListing(SHOWN, { out: { write: () => true }, json: false })
  let openMs = Number.POSITIVE_INFINITY
  let found: Reconciled
  try {
    found = await reconcileLogs({
      gateway,
      furtherGateways,
      country: { side: country, code },
      nowMs: run.io.now(),
      fromMs,
      untilMs,
      saltOf: run.settings.salts === undefined ? undefined : saltFinder(run.settings.salts),
      known: await knownOf(known, logs),
      async onDifference(difference, explained) {
        await listing.add(difference, explained)
        if (MAY_RESOLVE.has(difference.class)) openMs = Math.min(openMs, Math.max(difference.timeMs, fromMs))
        else await writer.add(difference, explained)
      },
    })
    await writer.finish()
  } finally {
    await writer.close()
  }
  const verdict = verdictOf(found)
  const resolved = { ...found, result: RESULTS[verdict], resultWithKnown: resultOf(found.counts, true) }
  const compared = { gateway, country, code, found: resolved, from: fromMs, until: untilMs }
  const members = makeResultEntry(run.ownCountry === null, compared)
  const openFrom = Number.isFinite(openMs) ? dayOf(Math.max(openMs, untilMs - MOST_DAYS * DAY_MS)) : null
  const pending = { id: createUuidV7(run.io.now()), members, doneUntil: iso(untilMs), openFrom }
  await writeState(folder, { ...state, pending })
  await finishPending(run, { ...state, pending })
  return {
    counterpart,
    origin: other.name,
    verdict,
    from: iso(fromMs),
    until: iso(untilMs),
    matched: found.matched,
    classes: Object.fromEntries(Object.entries(found.counts).filter(([, { all }]) => all > 0)),
    entry: pending.id,
    lines: [
      `${iso(fromMs)} to ${iso(untilMs)}`,
      ...describeResult(resolved, { sides: [gateway, ...furtherGateways, country] }, listing),
      ...(found.counts.COUNTRY_ONLY.all > 0 && furtherGateways.length === 0 ? [SIBLINGS_HINT] : []),
    ],
  }
}

const SIBLINGS_HINT =
  'If another gateway asks this country too, name its log under «siblings»: then its legs do not contradict.'

const RESULTS = { HOLDS: 'HOLDS', FAILS: 'DOES_NOT_HOLD', UNTOLD: 'UNKNOWN' } as const

/** Here a day without a request is not a mistake, so it holds. */
function verdictOf({ counts }: Reconciled): Verdict {
  const result = resultOf(counts, false)
  if (result === 'HOLDS') return 'HOLDS'
  return result === 'UNKNOWN' ? 'UNTOLD' : 'FAILS'
}

/** Writes the entry of a result that an earlier run began to write, and remembers that it is written. */
async function finishPending({ settings, io }: DailyRun, state: CounterpartState): Promise<CounterpartState> {
  const { pending, counterpart } = state
  if (pending === null) return state
  const { id, members, doneUntil, openFrom } = pending
  const entry: OwnEntry = { members: members as Extract<OwnEntry, { members: unknown }>['members'] }
  await appendEntry({ log: settings.ownLog, key: settings.ownKey }, entry, { now: io.now, id })
  const known = pathFor(settings.state, counterpart, 'known.jsonl')
  await ifThere(rename(`${known}.next`, known))
  const done = { ...state, doneUntil, openFrom, pending: null }
  await writeState(settings.state, done)
  return done
}

/** Remembers the first day at the first run, so that no day is left out if a counterpart cannot be read for some days. */
async function begin({ settings }: DailyRun, state: CounterpartState, untilMs: number): Promise<CounterpartState> {
  if (state.doneUntil !== null) return state
  const firstMs = settings.firstDay === undefined ? untilMs - DAY_MS : Date.parse(`${settings.firstDay}T00:00:00Z`)
  const begun = { ...state, doneUntil: iso(firstMs) }
  await writeState(settings.state, begun)
  return begun
}

/** Returns the time from which requests are compared, in milliseconds since the epoch: what is new, and what was left open before. */
function beginOf({ doneUntil, openFrom }: CounterpartState, untilMs: number): number {
  const newMs = doneUntil === null ? untilMs : Date.parse(doneUntil)
  // What is open is compared again on the next day, and not each time that somebody runs the command.
  if (newMs >= untilMs) return untilMs
  return openFrom === null ? newMs : Math.min(Date.parse(openFrom), newMs)
}

/** Finds out which of both logs is the gateway's. */
async function arrange({ own, ownCountry, settings }: DailyRun, other: Side) {
  if (ownCountry !== null) return { gateway: other, country: own, code: ownCountry }
  const code = other.isExport ? null : await readOwner(other)
  if (code !== null) return { gateway: own, country: other, code }
  throw new Error(
    `${other.name}: expected the log of a country, because ${settings.ownLog} is a gateway’s; came another`,
  )
}

async function knownOf(path: string, logs: { readonly gateway: string; readonly country: string }) {
  const known = []
  try {
    for await (const each of readBaseline(path, logs)) known.push(each)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return known
}

function nothingNew(counterpart: string, { doneUntil }: CounterpartState): CounterpartReport {
  const lines = [
    `${counterpart}: compared until ${doneUntil ?? 'the first day'} already; the next day follows tomorrow`,
  ]
  const nothing = { origin: null, from: null, until: null, matched: 0, classes: {}, entry: null }
  return { counterpart, verdict: 'HOLDS', ...nothing, lines }
}

/** Removes what a run left that was killed before its result was complete. */
export async function removeLeftovers({ settings }: Pick<DailyRun, 'settings'>): Promise<void> {
  for (const counterpart of settings.counterparts) {
    const { pending } = await readState(settings.state, counterpart)
    const next = pathFor(settings.state, counterpart, 'known.jsonl.next')
    if (pending === null) for (const path of [next, `${next}.draft`]) await rm(path, { force: true })
  }
}

/** Returns the classes of a report that somebody must look at, the worst first. */
export function listAlarms({ classes }: CounterpartReport): readonly string[] {
  return (Object.entries(classes) as [DifferenceClass, { all: number; known: number }][])
    .filter(([name, { all, known }]) => CLASSES[name].weight !== 'EXPECTED' && all > known)
    .map(([name, { all, known }]) => `${name} ${all - known}`)
}

function dayOf(ms: number): string {
  return iso(Math.floor(ms / DAY_MS) * DAY_MS)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/**
 * What `istmo audit daily` remembers of one counterpart. The file is replaced atomically. A result that is about to be written to the log stands in
 * it with the id of its entry, so that a run after a crash writes this entry, and no other one.
 */

const STATE_SCHEMA = z.strictObject({
  v: z.literal(1),
  /** The counterpart, as the settings name it. */
  counterpart: z.string(),
  /** Requests before this time were compared; null if none were. */
  doneUntil: z.iso.datetime().nullable(),
  /** The earliest time that has to be compared again, because a copy ended too early; null if there is none. */
  openFrom: z.iso.datetime().nullable(),
  /** A result whose entry may not be in the log yet. */
  pending: z
    .strictObject({
      id: z.string(),
      members: z.looseObject({ kind: z.string() }),
      doneUntil: z.iso.datetime(),
      openFrom: z.iso.datetime().nullable(),
    })
    .nullable(),
})

/** What is remembered of one counterpart. */
export type CounterpartState = Readonly<z.infer<typeof STATE_SCHEMA>>

/** Returns the path of a file that belongs to a counterpart. The name is a hash, because the counterpart may be a URL. */
export function pathFor(folder: string, counterpart: string, ending: string): string {
  return join(folder, `${hash('sha256', counterpart).slice(0, 16)}.${ending}`)
}

/** Reads what is remembered of a counterpart. @throws {Error} if the file is damaged; the message names it. */
export function readState(folder: string, counterpart: string): Promise<CounterpartState> {
  const none = { v: 1, counterpart, doneUntil: null, openFrom: null, pending: null } as const
  return read(pathFor(folder, counterpart, 'json'), STATE_SCHEMA, none)
}

async function read<T>(path: string, schema: z.ZodType<T>, none: T): Promise<T> {
  const text = await ifThere(readFile(path, 'utf8'))
  if (text === undefined) return none
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new Error(
      `${path}: expected what \`istmo audit daily\` wrote; came something else. Restore it, or remove it to begin anew`,
    )
  }
}

const TIMES_SCHEMA = z.strictObject({ mistimed: z.number(), findings: z.array(z.string()) })

/** The entries of the own log with a wrong time: how many, and the findings about them. */
export type KnownTimes = z.infer<typeof TIMES_SCHEMA>

/** Reads which wrong times of the own log an earlier run reported. @throws {Error} if the file is damaged; the message names it. */
export function readKnownTimes(folder: string): Promise<KnownTimes> {
  return read(join(folder, 'times.json'), TIMES_SCHEMA, { mistimed: 0, findings: [] })
}

/** Remembers that wrong times were reported. Resolves when it is durable. */
export async function writeKnownTimes(folder: string, times: KnownTimes): Promise<void> {
  await replaceFile(join(folder, 'times.json'), `${JSON.stringify(times, null, 2)}\n`)
}

/** Writes what is remembered of a counterpart. Resolves when it is durable. */
export async function writeState(folder: string, state: CounterpartState): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replaceFile(pathFor(folder, state.counterpart, 'json'), `${JSON.stringify(state, null, 2)}\n`)
}

/** What one run of `istmo audit daily` found. */
export interface DailyReport {
  /** When it ran: RFC 3339 in UTC. */
  readonly time: string
  readonly verdict: Verdict
  readonly own: OwnReport
  readonly counterparts: readonly CounterpartReport[]
}

/** What the run found in the own log. */
export interface OwnReport {
  readonly log: string
  readonly size: number
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  /** The entries with a wrong time. */
  readonly times: KnownTimes
  /** What else to know of it, for people, line by line. */
  readonly notes: readonly string[]
}

/** What the run found with one counterpart. */
export interface CounterpartReport {
  /** As the settings name it. */
  readonly counterpart: string
  /** The origin of its log; null if it could not be read. */
  readonly origin: string | null
  readonly verdict: Verdict
  /** The range of requests, RFC 3339; null if nothing was compared. */
  readonly from: string | null
  readonly until: string | null
  readonly matched: number
  /** How many differences of each class, and how many of them were known before. */
  readonly classes: Readonly<Record<string, { readonly all: number; readonly known: number }>>
  /** The id of the entry with the result in the own log; null if there is none. */
  readonly entry: string | null
  /** For people, line by line. */
  readonly lines: readonly string[]
}

/** The forms in which a report is written, by the ending of their files. Another form is one more line here. */
const FORMS: Readonly<Record<string, (report: DailyReport) => string>> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  txt: (report) => `${formatReport(report).join('\n')}\n`,
}

/** Writes a report in all its forms to the folder `reports`. A later report of the same day replaces it. Returns the paths. */
export async function writeReport(folder: string, report: DailyReport): Promise<readonly string[]> {
  const paths: string[] = []
  await mkdir(join(folder, 'reports'), { recursive: true, mode: 0o700 })
  for (const [ending, render] of Object.entries(FORMS)) {
    const path = join(folder, 'reports', `${report.time.slice(0, 10)}.${ending}`)
    await replaceFile(path, render(report))
    paths.push(path)
  }
  return paths
}

/** Formats a report for people, line by line. */
export function formatReport({ time, verdict, own, counterparts }: DailyReport): readonly string[] {
  return [
    `istmo audit daily, ${time}`,
    '',
    `${own.log} (${own.size} entries): ${VERDICTS[own.verdict]}`,
    ...formatFindings(own.findings),
    ...own.notes.map((note) => `  ${note}`),
    ...counterparts.flatMap(({ lines }) => ['', ...lines]),
    '',
    VERDICTS[verdict],
  ]
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  HOLDS: 'HOLDS.',
  FAILS: 'DOES NOT HOLD.',
  UNTOLD: 'COULD NOT TELL.',
}

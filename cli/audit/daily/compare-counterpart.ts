import { rename, rm } from 'node:fs/promises'
import { ifThere, isMissing } from '../../../audit/if-there.ts'
import type { Policy } from '../../../audit/note/policy.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import { appendEntry, type OwnEntry } from '../../../service/audit-log/own-log.ts'
import { createBaselineWriter, readBaseline } from '../baseline.ts'
import type { AuditIo, Verdict } from '../command.ts'
import { CLASSES, type DifferenceClass } from '../reconcile/classes.ts'
import { createListing, describeResult } from '../reconcile/listing.ts'
import { openSide, openSides, readOwner } from '../reconcile/open-side.ts'
import { makeResultEntry } from '../reconcile/result-entry.ts'
import { saltFinder } from '../reconcile/salt-finder.ts'
import type { Side } from '../reconcile/sides.ts'
import { type Reconciled, reconcileLogs, resultOf } from '../reconcile-logs.ts'
import type { DailySettings } from './config.ts'
import type { CounterpartReport } from './report.ts'
import { type CounterpartState, pathFor, readState, writeState } from './state.ts'

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

import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { z } from 'zod'
import type { OwnEntry } from '../../service/audit-log/own-log.ts'
import { readLines } from '../../service/read-lines.ts'
import type { AuditIo } from '../command.ts'
import type { ClassCount, KnownDifference, Reconciled } from '../reconcile-logs.ts'
import { say } from '../words.ts'
import { CLASSES, type Difference, type DifferenceClass } from './classes.ts'
import type { Side } from './sides.ts'

/** Collects the differences that the text shows, or writes all of them as JSON lines. */
export type Listing = ReturnType<typeof createListing>

/**
 * Creates a listing.
 * @param limit how many differences of each class the text shows
 */
export function createListing(limit: number, { out, json }: Pick<AuditIo, 'out' | 'json'>) {
  const shown = new Map<DifferenceClass, Difference[]>()
  return {
    async add(difference: Difference, known: KnownDifference | undefined) {
      if (known !== undefined) return
      if (json) {
        const { timeMs, ...rest } = difference
        const isRoom = out.write(`${JSON.stringify({ ...rest, time: new Date(timeMs).toISOString() })}\n`)
        // A reader that is slower than this must not make the waiting lines fill the memory.
        if (isRoom === false) await once(out as Writable, 'drain')
        return
      }
      const of = shown.get(difference.class) ?? []
      shown.set(difference.class, of)
      if (of.length < limit) of.push(difference)
    },
    shown: (name: DifferenceClass) => shown.get(name) ?? [],
  }
}

const VERDICT_TEXTS = {
  HOLDS: 'HOLDS: both logs say the same.',
  DOES_NOT_HOLD: 'DOES NOT HOLD.',
  UNKNOWN: 'COULD NOT TELL.',
} as const

/** What was compared: the name of a log or a file, and how many entries or questions it has. */
interface Compared {
  readonly name: string
  readonly size: number
}

/** Describes the result for people, line by line. */
export function describeResult(
  { matched, counts, result }: Reconciled,
  { sides, journals = [] }: { readonly sides: readonly Compared[]; readonly journals?: readonly Compared[] },
  listing: Pick<Listing, 'shown'>,
): readonly string[] {
  const names = (Object.keys(CLASSES) as DifferenceClass[]).filter((name) => counts[name].all > 0)
  return [
    [
      ...sides.map(({ name, size }) => `${name} (${size} entries)`),
      ...journals.map(({ name, size }) => `${name} (${size} questions)`),
    ].join(' and '),
    `  matched ${matched}`,
    ...names.flatMap((name) => describeClass(name, counts[name], listing.shown(name))),
    result === 'HOLDS' && sides.length + journals.length > 2 ? 'HOLDS: all say the same.' : VERDICT_TEXTS[result],
  ]
}

function describeClass(
  name: DifferenceClass,
  { all, known }: { readonly all: number; readonly known: number },
  shown: readonly Difference[],
): readonly string[] {
  const explained = known === 0 ? '' : `, ${known} of them known`
  const further = all - known - shown.length
  return [
    `  ${name} ${all}${explained}: ${say(`class.${name}`)}`,
    ...shown.map(({ timeMs, requestId, key, what }) => {
      // What is about a leg without a request says so. What is about a log, a token or a question names it.
      const request = requestId === null && !key.startsWith('country ') ? '' : `request ${requestId ?? 'unknown'}: `
      // A log or a file has no time.
      const time = timeMs === 0 ? '' : `${new Date(timeMs).toISOString()} `
      return `    ${time}${request}${what}`
    }),
    ...(further > 0 ? [`    and ${further} more: --limit or --json shows them`] : []),
  ]
}

/** Says why the result is `UNKNOWN`. */
export function describeUnknown(
  { counts, isRangeEmpty }: Pick<Reconciled, 'counts' | 'isRangeEmpty'>,
  { from, until }: { readonly from?: number | undefined; readonly until?: number | undefined },
): string {
  if (isRangeEmpty) {
    const parts = [
      ...(from === undefined ? [] : [`from ${new Date(from).toISOString()}`]),
      ...(until === undefined ? [] : [`until ${new Date(until).toISOString()}`]),
    ]
    return `no request in the range (${parts.join(' ')}): neither log has a leg in it`
  }
  const open = (Object.keys(CLASSES) as DifferenceClass[]).filter(
    (name) => CLASSES[name].weight === 'OPEN' && counts[name].all > counts[name].known,
  )
  return `both logs leave it open (${open.join(', ')}); what is explained can be put into a baseline`
}

/**
 * A baseline: the differences between two logs that somebody has looked at. It is a file of JSON lines. The first line names both logs,
 * and each other line is one difference. A person may add the member `why`, which stays when the baseline is written again.
 */

/** Both logs of a baseline, by their origins. */
export interface BaselineLogs {
  readonly gateway: string
  readonly country: string
}

const HEAD = z.strictObject({ baseline: z.literal(1), gateway: z.string(), country: z.string() })

const LINE = z.strictObject({
  class: z.enum(Object.keys(CLASSES) as [DifferenceClass, ...DifferenceClass[]]),
  requestId: z.string().nullable(),
  key: z.string(),
  why: z.string().optional(),
})

/**
 * Reads a baseline line by line.
 * @throws {Error} if the file cannot be read, is of other logs, or a line is malformed. The message names the file and the line.
 */
export async function* readBaseline(path: string, logs: BaselineLogs): AsyncGenerator<KnownDifference> {
  let at = 0
  for await (const line of readLines(createReadStream(path, 'utf8'))) {
    at++
    if (at === 1) checkHead(path, parseLine(path, at, line, HEAD), logs)
    else if (line !== '') {
      const { why, ...known } = parseLine(path, at, line, LINE)
      yield { ...known, ...(why !== undefined && { why }) }
    }
  }
  if (at === 0) throw new Error(`${path}: expected a baseline that \`--write-baseline\` wrote; came an empty file`)
}

function parseLine<Value>(path: string, at: number, line: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    const expected = at === 1 ? 'the first line of a baseline' : 'a difference with class, requestId and key'
    throw new Error(`${path}: line ${at}: expected ${expected}; came something else`)
  }
}

function checkHead(path: string, came: BaselineLogs, { gateway, country }: BaselineLogs): void {
  if (came.gateway === gateway && came.country === country) return
  const expected = `expected a baseline of ${gateway} and ${country}`
  throw new Error(`${path}: ${expected}; came one of ${came.gateway} and ${came.country}`)
}

/** How many characters are collected before they are written. */
const WRITE_AT = 64 * 1024

/** Begins to write a baseline. Rejects if the file cannot be written. */
export async function createBaselineWriter(path: string, { gateway, country }: BaselineLogs) {
  const draft = `${path}.draft`
  const file: FileHandle = await open(draft, 'w', 0o600)
  let waiting = `${JSON.stringify({ baseline: 1, gateway, country })}\n`
  let isOpen = true
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    await file.appendFile(text)
  }
  return {
    /** Adds a difference. One that is only in flight is left out, because it is another one next time. */
    async add({ class: kind, requestId, key }: Difference, known: KnownDifference | undefined) {
      if (kind === 'IN_FLIGHT') return
      waiting += `${JSON.stringify(known ?? { class: kind, requestId, key })}\n`
      if (waiting.length >= WRITE_AT) await flush()
    },
    /** Gives the file its name. Until then, an older file stays as it is. */
    async finish() {
      await flush()
      await file.sync()
      await file.close()
      isOpen = false
      await rename(draft, path)
    },
    /** Removes what was written if `finish` was not called. */
    async close() {
      if (!isOpen) return
      await file.close()
      await rm(draft, { force: true })
    },
  }
}

/** What was compared, and the result. */
export interface Outcome {
  readonly gateway: Pick<Side, 'name' | 'size'>
  readonly country: Pick<Side, 'name' | 'size'>
  /** The country's code. */
  readonly code: string
  readonly found: Pick<Reconciled, 'matched' | 'counts' | 'resultWithKnown'>
  /** The range of requests, in milliseconds since the epoch. */
  readonly from?: number | undefined
  readonly until?: number | undefined
}

/** Makes the members of the entry that says the result, for the gateway's log or for the country's. */
export function makeResultEntry(
  isGateway: boolean,
  { gateway, country, code, found, from, until }: Outcome,
): Extract<OwnEntry, { members: unknown }>['members'] {
  // The entry also counts what a baseline explains, because the baseline is not in the log.
  const { matched, counts: of, resultWithKnown: result } = found
  const sum = (...names: readonly DifferenceClass[]) => names.reduce((total, name) => total + of[name].all, 0)
  const all = Object.entries(of) as [DifferenceClass, ClassCount][]
  const [own, other] = isGateway ? [gateway, country] : [country, gateway]
  return {
    kind: isGateway ? 'reconciliation' : 'node-reconciliation',
    country: code,
    with: other.name,
    ownSize: own.size,
    otherSize: other.size,
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    matched,
    gatewayOnly: sum('GATEWAY_ONLY', 'RECEIPT_REUSED', 'RECEIPT_MISSING'),
    countryOnly: sum('COUNTRY_ONLY', 'INTERRUPTED', 'AFTER_END', 'ABANDONED', 'RETRIED'),
    hashesDiffer: sum('FIELDS_DIFFER', 'OUTCOME_DIFFERS', 'RECORDS_DIFFER'),
    classes: Object.fromEntries(all.filter(([, { all: n }]) => n > 0).map(([name, { all: n }]) => [name, n])),
    result,
  }
}

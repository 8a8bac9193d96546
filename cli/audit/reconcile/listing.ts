import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { AuditIo } from '../command.ts'
import type { KnownDifference, Reconciled } from '../reconcile-logs.ts'
import { say } from '../words.ts'
import { CLASSES, type Difference, type DifferenceClass } from './classes.ts'

/** Collects the differences that the text shows, or writes all of them as JSON lines. */
export interface Listing {
  readonly add: (difference: Difference, known: KnownDifference | undefined) => Promise<void>
  readonly shown: (name: DifferenceClass) => readonly Difference[]
}

/**
 * Creates a listing.
 * @param limit how many differences of each class the text shows
 */
export function createListing(limit: number, { out, json }: Pick<AuditIo, 'out' | 'json'>): Listing {
  const shown = new Map<DifferenceClass, Difference[]>()
  return {
    async add(difference, known) {
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
    shown: (name) => shown.get(name) ?? [],
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

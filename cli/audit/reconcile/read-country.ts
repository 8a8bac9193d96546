import { hashLeaf } from '../../../audit/merkle/hash.ts'
import { createClockCheck } from './check-clock.ts'
import { createDetailsCheck } from './check-details.ts'
import { type Difference, ofLog, unreadableAt } from './classes.ts'
import { endsOf } from './read-gateway.ts'
import { readWindow, type TimeRange } from './read-window.ts'
import { type CountryLegRecord, toCountryLeg } from './records.ts'
import type { Side } from './sides.ts'

/** What is known of the country's side after it was read. Times are in milliseconds since the epoch. */
export interface CountrySummary {
  readonly firstMs: number
  readonly lastMs: number
  /** What is wrong with the log itself, and not with one leg. */
  readonly differences: readonly Difference[]
  /** The index behind the last entry that was read. */
  readonly endIndex: number
}

/** Reads the country's side. `take` gets each leg whose token was verified; `onEntry` is called for each entry. */
export async function readCountrySide(
  side: Side,
  options: {
    readonly range: TimeRange
    /** Returns the salt of a leg by the id of its entry, if the country's store of salts is at hand. */
    readonly saltOf?: ((legId: string) => Promise<Uint8Array | undefined>) | undefined
    readonly take: (leg: CountryLegRecord) => Promise<void>
    readonly onEntry: () => void
  },
): Promise<CountrySummary> {
  const { range, saltOf, take, onEntry } = options
  const clock = createClockCheck(side)
  const details = createDetailsCheck(saltOf)
  const unreadable: Difference[] = []
  let [firstMs, lastMs, endIndex] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for await (const { index, bytes, ...read } of readWindow(side, range)) {
    onEntry()
    endIndex = index + 1
    if (read.entry === undefined) {
      unreadable.push(unreadableAt(side.name, index, read.reason))
      continue
    }
    const { entry, timeMs } = read
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
    await clock.check(index, timeMs)
    if (entry.kind === 'leg-detail') details.add(entry)
    if (entry.kind !== 'leg') continue
    const leaf = Buffer.from(hashLeaf(bytes)).toString('hex')
    const leg = toCountryLeg(entry, { index, leaf, fault: await details.finish(entry) })
    if (leg !== undefined) await take(leg)
  }
  const wrong = clock.firstWrong()
  const differences = [
    ...unreadable,
    ...(wrong === undefined ? [] : [ofLog('CLOCK_WRONG', 'clock', side.name, wrong.timeMs, wrong.what)]),
  ]
  return { ...(await endsOf(side, { firstMs, lastMs })), differences, endIndex }
}

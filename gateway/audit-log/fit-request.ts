import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

/** The largest entry, in bytes (docs/design/audit-log.md, Entries). */
const MAX_BYTES = 65_535

/** Room for what a continuation has beside its lists, in bytes. */
const CONTINUATION_BYTES = 600

type Lists = Pick<EntryOf<'request'>, 'coordinates' | 'legs' | 'denied'>
type RequestEntry = Omit<EntryOf<'request'>, 'continuations'>

const NOTHING: Lists = { coordinates: [], legs: [], denied: [] }

/**
 * A request's entry, and the continuation entries for what has no room in it: lists are cut between their items, in order.
 * Throws a RangeError where a single item has no room.
 */
export function fitRequest(
  whole: RequestEntry,
  maxBytes: number = MAX_BYTES,
): readonly [EntryOf<'request'>, ...EntryOf<'continuation'>[]] {
  const entry = { ...whole, continuations: 0 }
  if (sizeOf(entry) <= maxBytes) return [entry]
  const [first = NOTHING, ...rest] = cut(whole, maxBytes)
  const { id: of, time, gateway } = whole
  const base = { v: 1, kind: 'continuation', time, gateway, of } as const
  const continuations = rest.map((lists, at) => {
    return { ...base, id: createUuidV7(Date.parse(time)), part: at + 1, ...lists }
  })
  return [{ ...whole, ...first, continuations: rest.length }, ...continuations]
}

/** Cuts the lists into groups that fit: the first beside all else of the request, each other in an entry of its own. */
function cut(whole: RequestEntry, maxBytes: number): readonly Lists[] {
  const groups: Lists[] = [NOTHING]
  let room = maxBytes - sizeOf({ ...whole, ...NOTHING, continuations: 9_999 })
  for (const name of ['coordinates', 'legs', 'denied'] as const) {
    for (const item of whole[name]) {
      const size = sizeOf(item) + 1
      if (size > room) {
        room = maxBytes - CONTINUATION_BYTES
        if (size > room) throw new RangeError(`an item of ${name} has ${size} bytes, more than an entry takes`)
        groups.push(NOTHING)
      }
      room -= size
      const last = groups.at(-1) ?? NOTHING
      groups[groups.length - 1] = { ...last, [name]: [...last[name], item] }
    }
  }
  return groups
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

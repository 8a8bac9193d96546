import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

/** The largest entry, in bytes (docs/design/audit-log.md, Entries). */
const MAX_BYTES = 65_535

/** Space for the members of a continuation besides its lists, in bytes. */
const CONTINUATION_BYTES = 600

type Lists = Pick<EntryOf<'request'>, 'coordinates' | 'legs' | 'denied'>
type RequestEntry = Omit<EntryOf<'request'>, 'continuations'>

const NOTHING: Lists = { coordinates: [], legs: [], denied: [] }

/**
 * Splits a request's entry if it is too large: the entry itself, then continuation entries with the rest of its lists. It splits lists
 * between their items and keeps their order.
 * @param maxBytes the largest size of one entry.
 * @throws {RangeError} if a single item does not fit into an entry.
 */
export function fitRequest(
  complete: RequestEntry,
  maxBytes: number = MAX_BYTES,
): readonly [EntryOf<'request'>, ...EntryOf<'continuation'>[]] {
  const entry = { ...complete, continuations: 0 }
  if (sizeOf(entry) <= maxBytes) return [entry]
  const [first = NOTHING, ...rest] = splitLists(complete, maxBytes)
  const { id: of, time, gateway } = complete
  const base = { v: 1, kind: 'continuation', time, gateway, of } as const
  const continuations = rest.map((lists, at) => {
    return { ...base, id: createUuidV7(Date.parse(time)), part: at + 1, ...lists }
  })
  return [{ ...complete, ...first, continuations: rest.length }, ...continuations]
}

/** Splits the lists into groups that fit: the first into the request's entry, each other one into a continuation entry. */
function splitLists(complete: RequestEntry, maxBytes: number): readonly Lists[] {
  const groups: Lists[] = [NOTHING]
  let room = maxBytes - sizeOf({ ...complete, ...NOTHING, continuations: 9_999 })
  for (const name of ['coordinates', 'legs', 'denied'] as const) {
    for (const item of complete[name]) {
      const size = sizeOf(item) + 1
      if (size > room) {
        room = maxBytes - CONTINUATION_BYTES
        if (size > room) throw new RangeError(`an item of ${name} has ${size} bytes, more than an entry can hold`)
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

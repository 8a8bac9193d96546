import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

/** The largest entry, in bytes (docs/design/audit-log.md, Entries). */
const MAX_BYTES = 65_535

/** Space for the members of a continuation besides its lists, in bytes. */
const CONTINUATION_BYTES = 600

type Lists = Pick<EntryOf<'request'>, 'coordinates' | 'legs' | 'denied'>
type RequestEntry = Omit<EntryOf<'request'>, 'continuations'>

/** A continuation of version 2 that has no `seq` yet: it gets it when it is written (number-entries.ts). */
export type RequestPart = Omit<Extract<EntryOf<'continuation'>, { readonly v: 2 }>, 'seq'>

/** The entries of a request. */
export interface FittedRequest {
  readonly entry: EntryOf<'request'>
  /** In the order of their part numbers: first those of no country, then those of each country, by code. */
  readonly parts: readonly RequestPart[]
  /** The size of all of them, in bytes, about: at most this, without `seq`. */
  readonly bytes: number
}

const NOTHING: Lists = { coordinates: [], legs: [], denied: [] }

/**
 * Splits a request into the entry of what belongs to no single country, and parts of each country: its legs and denials. The caller's
 * country always has a part, so that the country can see that no request of its officers is missing. Lists that do not fit into one
 * entry are split between their items and keep their order.
 * @param maxBytes the largest size of one entry.
 * @throws {RangeError} if a single item does not fit into an entry.
 * @throws {TypeError} if a text has no canonical form, because an entry that gets a number must not fail afterwards.
 */
export function fitRequest(complete: RequestEntry, maxBytes: number = MAX_BYTES): FittedRequest {
  const byCountry = divide(complete)
  const common = byCountry.get(null) ?? NOTHING
  const size = sizeOf(complete)
  const partRoom = maxBytes - CONTINUATION_BYTES
  // Nearly all requests: what fits into one entry together fits into several.
  const isSmall = size <= partRoom
  const firstRoom = isSmall ? partRoom : maxBytes - sizeOf({ ...complete, ...NOTHING, continuations: 9_999 })
  const split = (lists: Lists, room: number) => (isSmall ? [lists] : splitLists(lists, room, partRoom))
  const [first = NOTHING, ...rest] = split(common, firstRoom)
  const countries = [...byCountry.keys()].filter((country) => country !== null).sort()
  const groups = [
    ...rest.map((lists) => ({ country: null, lists })),
    ...countries.flatMap((country) =>
      split(byCountry.get(country) ?? NOTHING, partRoom).map((lists) => ({ country, lists })),
    ),
  ]
  const { id: of, time, gateway } = complete
  const base = { v: 2, kind: 'continuation', time, gateway, of } as const
  const parts = groups.map(({ country, lists }, at): RequestPart => {
    return { ...base, id: createUuidV7(Date.parse(time)), part: at + 1, country, ...lists }
  })
  const entry = { ...complete, ...first, continuations: parts.length }
  return { entry, parts, bytes: size + (1 + parts.length) * CONTINUATION_BYTES }
}

/** Divides the lists by country. The key null has what belongs to none. */
function divide({ coordinates, legs, denied, actor }: RequestEntry): ReadonlyMap<string | null, Lists> {
  const legsBy = Map.groupBy(legs, ({ country }) => country)
  const deniedBy = Map.groupBy(denied, ({ country }) => country)
  const countries = new Set([null, ...legsBy.keys(), ...deniedBy.keys(), actor?.country ?? null])
  return new Map(
    [...countries].map((country) => [
      country,
      {
        coordinates: country === null ? coordinates : [],
        legs: legsBy.get(country) ?? [],
        denied: deniedBy.get(country) ?? [],
      },
    ]),
  )
}

/** Splits lists into groups that fit: the first into `firstRoom` bytes, each other one into `room` bytes. There is at least one. */
function splitLists(lists: Lists, firstRoom: number, room: number): readonly Lists[] {
  if (sizeOf(lists) <= firstRoom) return [lists]
  const groups: Lists[] = [NOTHING]
  let left = firstRoom
  for (const name of ['coordinates', 'legs', 'denied'] as const) {
    for (const item of lists[name]) {
      const size = sizeOf(item) + 1
      if (size > left) {
        left = room
        if (size > left) throw new RangeError(`an item of ${name} has ${size} bytes, more than an entry can hold`)
        groups.push(NOTHING)
      }
      left -= size
      const last = groups.at(-1) ?? NOTHING
      groups[groups.length - 1] = { ...last, [name]: [...last[name], item] }
    }
  }
  return groups
}

/** Matches what JSON.stringify writes for a lone surrogate, for which RFC 8785 has no form. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

/** Returns the size of a value as JSON. RFC 8785 only puts the members into another order. */
function sizeOf(value: unknown): number {
  const text = JSON.stringify(value)
  if (LONE_SURROGATE.test(text)) throw new TypeError('expected texts without lone surrogates')
  return Buffer.byteLength(text)
}

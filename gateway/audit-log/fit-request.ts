import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { ItemText, ListText, RequestTexts } from './request-entry.ts'

/** The largest entry, in bytes (docs/design/audit-log.md, Entries). */
const MAX_BYTES = 65_535

/** Space for the members of a continuation besides its lists, in bytes. */
const CONTINUATION_BYTES = 600

/** A part of a request, in version 2 of a continuation. Its `seq` comes between the texts: it gets it when it is written (number-entries.ts). */
export interface RequestPart {
  /** Null: a part of no country, which has the `seq` null. */
  readonly country: string | null
  readonly before: string
  readonly after: string
}

/** The entries of a request, as canonical JSON. */
export interface FittedRequest {
  readonly entry: string
  /** In the order of their part numbers: first those of no country, then those of each country, by code. */
  readonly parts: readonly RequestPart[]
  /** The size of all of them, in bytes, about: without `seq`. */
  readonly bytes: number
}

/** Lists as texts: their items with commas between them. */
interface Lists {
  readonly coordinates: string
  readonly legs: string
  readonly denied: string
}

const NOTHING: Lists = { coordinates: '', legs: '', denied: '' }

/**
 * Splits a request into the entry of what belongs to no single country, and parts of each country: its legs and denials. The caller's
 * country always has a part, so that the country can see that no request of its officers is missing. Lists that do not fit into one
 * entry are split between their items and keep their order.
 * @param maxBytes the largest size of one entry.
 * @throws {RangeError} if a single item does not fit into an entry.
 */
export function fitRequest(request: RequestTexts, maxBytes: number = MAX_BYTES): FittedRequest {
  const partRoom = maxBytes - CONTINUATION_BYTES
  const { coordinates, legs, denied, actorCountry } = request
  const countries = listCountries([...legs, ...denied], actorCountry)
  // Nearly all requests: what fits into one entry together fits into several.
  const split = sizeOf(request) <= partRoom ? null : createSplitter(request, maxBytes, partRoom)
  const groups: { readonly country: string | null; readonly lists: Lists }[] = []
  const add = (country: string | null): void => {
    const own = {
      coordinates: country === null ? coordinates : EMPTY,
      legs: of(legs, country),
      denied: of(denied, country),
    }
    for (const lists of split === null ? [joinLists(own)] : split(own, country)) groups.push({ country, lists })
  }
  for (const country of [null, ...countries]) add(country)
  const [first, ...rest] = groups
  const parts = rest.map(({ country, lists }, at) => writePart(request, at + 1, country, lists))
  const entry = writeEntry(request, first?.lists ?? NOTHING, parts.length)
  let bytes = Buffer.byteLength(entry)
  for (const { before, after } of parts) bytes += Buffer.byteLength(before) + after.length
  return { entry, parts, bytes }
}

const EMPTY: ListText = { items: [], joined: '' }

/** Lists the countries that have a part, by code. */
function listCountries(items: readonly ItemText[], actorCountry: string | null): readonly string[] {
  const countries: string[] = actorCountry === null ? [] : [actorCountry]
  for (const { country } of items) if (country !== null && !countries.includes(country)) countries.push(country)
  return countries.sort()
}

interface OwnLists {
  readonly coordinates: ListText
  readonly legs: readonly string[]
  readonly denied: readonly string[]
}

function of(items: readonly ItemText[], country: string | null): readonly string[] {
  const texts: string[] = []
  for (const item of items) if (item.country === country) texts.push(item.text)
  return texts
}

function joinLists({ coordinates, legs, denied }: OwnLists): Lists {
  return { coordinates: coordinates.joined, legs: legs.join(','), denied: denied.join(',') }
}

/** Returns the size of the whole request in one entry, without `continuations`. */
function sizeOf(request: RequestTexts): number {
  const { coordinates, legs, denied } = request
  const all = { coordinates, legs: legs.map(({ text }) => text), denied: denied.map(({ text }) => text) }
  return Buffer.byteLength(writeEntry(request, joinLists(all), null))
}

/** Creates the function that splits the lists of a country, or of none. */
function createSplitter(request: RequestTexts, maxBytes: number, partRoom: number) {
  const firstRoom = maxBytes - Buffer.byteLength(writeEntry(request, NOTHING, 9_999))
  return (lists: OwnLists, country: string | null) =>
    splitLists(lists, country === null ? firstRoom : partRoom, partRoom)
}

/** The size of lists without items. */
const BRACKETS = '{"coordinates":[],"legs":[],"denied":[]}'.length

/** Splits lists into groups that fit: the first into `firstRoom` bytes, each other one into `room` bytes. There is at least one. */
function splitLists(lists: OwnLists, firstRoom: number, room: number): readonly Lists[] {
  const whole = joinLists(lists)
  const size = BRACKETS + Object.values(whole).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (size <= firstRoom) return [whole]
  const groups = [{ coordinates: [] as string[], legs: [] as string[], denied: [] as string[] }]
  let left = firstRoom
  const all = { coordinates: lists.coordinates.items, legs: lists.legs, denied: lists.denied }
  for (const name of ['coordinates', 'legs', 'denied'] as const) {
    for (const item of all[name]) {
      const bytes = Buffer.byteLength(item) + 1
      if (bytes > left) {
        left = room
        if (bytes > left) throw new RangeError(`an item of ${name} has ${bytes} bytes, more than an entry can hold`)
        groups.push({ coordinates: [], legs: [], denied: [] })
      }
      left -= bytes
      groups.at(-1)?.[name].push(item)
    }
  }
  return groups.map(({ coordinates, legs, denied }) => {
    return { coordinates: coordinates.join(','), legs: legs.join(','), denied: denied.join(',') }
  })
}

function writeEntry(request: RequestTexts, { coordinates, legs, denied }: Lists, continuations: number | null): string {
  const { actor, gateway, grounds, id, rest } = request
  const count = continuations === null ? '' : `"continuations":${continuations},`
  return `{"actor":${actor},${count}"coordinates":[${coordinates}],"denied":[${denied}],"gateway":${gateway},"grounds":${grounds},"id":${id},"kind":"request","legs":[${legs}],${rest}`
}

function writePart(request: RequestTexts, part: number, country: string | null, lists: Lists): RequestPart {
  const { id, endedMs, time, gateway } = request
  const { coordinates, legs, denied } = lists
  const own = createUuidV7(endedMs)
  return {
    country,
    before: `{"coordinates":[${coordinates}],"country":${country === null ? 'null' : JSON.stringify(country)},"denied":[${denied}],"gateway":${gateway},"id":"${own}","kind":"continuation","legs":[${legs}],"of":${id},"part":${part},"seq":`,
    after: `,"time":${time},"v":2}`,
  }
}

/** Returns the text of a part with its number. */
export function numberPart({ before, after }: RequestPart, seq: number | null): string {
  return `${before}${seq}${after}`
}

import type { Entry, EntryOf } from './entry.ts'

/** What a country may read of a gateway's log (docs/design/audit-log.md, Parts of countries). */

/** A continuation that is one country's part of a request, with its number. */
export type CountryPart = Extract<EntryOf<'continuation'>, { readonly v: 2 }> & {
  readonly country: string
  readonly seq: number
}

/** Whether an entry is a country's part of a request. */
export function isCountryPart(entry: Entry): entry is CountryPart {
  return entry.kind === 'continuation' && entry.v === 2 && entry.country !== null
}

/**
 * Whether an entry of a request tells nothing of other countries than `country`. Entries of version 1 tell of all countries that were asked.
 * Entries of other kinds are about the gateway, one caller or one country.
 */
export function tellsOnlyOf(entry: Entry, country: string): boolean {
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return true
  const isOwn = (each: { readonly country: string | null }): boolean =>
    each.country === null || each.country === country
  return (!isCountryPart(entry) || isOwn(entry)) && entry.legs.every(isOwn) && entry.denied.every(isOwn)
}

/** The lists of an entry of a request whose items each belong to a country, or to none. */
interface CountryLists {
  readonly legs: EntryOf<'request'>['legs']
  readonly denied: EntryOf<'request'>['denied']
}

/** Returns the entry or part of a request without the legs and denials of other countries than `country`. */
export function onlyOf<Lists extends CountryLists>(lists: Lists, country: string): Lists {
  const isOwn = (each: { readonly country: string | null }): boolean =>
    each.country === null || each.country === country
  return { ...lists, legs: lists.legs.filter(isOwn), denied: lists.denied.filter(isOwn) }
}

import { type EntryRow, rowOf, type WholeEntry } from '../../../audit/index/entry-row.ts'
import { onlyOf } from '../../../contract/audit-log/country-part.ts'
import type { Entry, EntryOf } from '../../../contract/audit-log/entry.ts'
import { type Fault, fault } from './check-bundle.ts'
import type { ListedEntry } from './shown-entry.ts'

/**
 * Compares what oversight shows of an entry with the proved entry itself. Oversight reads its answers out of an index that nothing proves; the row is
 * made again here, by the code that fills the index.
 */

/** The members that say the same in the row of an entry and in what oversight shows. */
const MEMBERS = [
  'id',
  'time',
  'kind',
  'taskForce',
  'purpose',
  'caseRef',
  'operation',
  'document',
  'status',
  'durationMs',
] as const

/** The members that depend on all parts of an entry. */
const OF_PARTS = ['countries', 'domains', 'denied', 'outcome', 'codes', 'records'] as const

/** The members of the caller, by their names in a row. */
const ACTOR = {
  actorCountry: 'country',
  agency: 'agency',
  role: 'role',
  actorRef: 'ref',
  client: 'client',
  tokenId: 'tokenId',
} as const

/**
 * Lists the members that oversight shows otherwise than the entry has them.
 * @param viewerCountry the country whose entries the auditor sees; null for all
 */
export function findDifferences(
  shown: ListedEntry,
  entry: Entry,
  parts: readonly EntryOf<'continuation'>[],
  viewerCountry: string | null,
): readonly Fault[] {
  const row = makeRow(shown, entry, parts, viewerCountry)
  const members = hasAllParts(entry, parts) ? [...MEMBERS, ...OF_PARTS] : MEMBERS
  const differences = members.flatMap((name) => compare(name, row[name], shown[name]))
  const actor = shown.actor ?? { country: null, agency: null, role: null, ref: null, client: null, tokenId: null }
  const ofActor = Object.entries(ACTOR).flatMap(([name, member]) =>
    compare(`actor.${member}`, row[name as keyof typeof ACTOR], actor[member]),
  )
  return [...differences, ...ofActor, ...compareCoordinates(row, shown, entry, parts)]
}

/** Entries of version 1 have further parts that are entries of their own, and oversight does not give them as parts. */
function hasAllParts(entry: Entry, parts: readonly unknown[]): boolean {
  return entry.kind !== 'request' || entry.v === 2 || entry.continuations === parts.length
}

function makeRow(
  { log, position }: ListedEntry,
  entry: Entry,
  parts: readonly EntryOf<'continuation'>[],
  viewerCountry: string | null,
): EntryRow {
  const row = rowOf(log, toWhole(entry, position, parts, viewerCountry))
  const isOther = entry.kind !== 'request' && entry.kind !== 'leg'
  if (viewerCountry === null || !isOther) return row
  return { ...row, countries: row.countries.filter((country) => country === viewerCountry) }
}

function toWhole(
  entry: Entry,
  position: number,
  parts: readonly EntryOf<'continuation'>[],
  viewerCountry: string | null,
): WholeEntry {
  if (entry.kind === 'leg') return { kind: 'LEG', position, entry, moreCoordinates: [] }
  if (entry.kind !== 'request') return { kind: 'OTHER', position, entry }
  if (viewerCountry === null) return { kind: 'REQUEST', position, entry, continuations: parts }
  const continuations = parts.map((part) => onlyOf(part, viewerCountry))
  return { kind: 'REQUEST', position, entry: onlyOf(entry, viewerCountry), continuations }
}

/** Further coordinates of a leg stand in entries of their own (`leg-detail`), so there may be more than the leg itself has. */
function compareCoordinates(
  { coordinates }: EntryRow,
  shown: ListedEntry,
  entry: Entry,
  parts: readonly unknown[],
): readonly Fault[] {
  const isWhole = hasAllParts(entry, parts) && !(entry.kind === 'leg' && entry.moreCoordinates > 0)
  if (isWhole) return compare('coordinates', coordinates, shown.coordinates)
  const missing = coordinates.filter((each) => !shown.coordinates.includes(each))
  return missing.length === 0
    ? []
    : [fault('SHOWN_DIFFERS', `coordinates: ${missing.join(', ')}`, 'a list without them')]
}

function compare(name: string, expected: unknown, came: unknown): readonly Fault[] {
  const [one, other] = [JSON.stringify(expected), JSON.stringify(came)]
  return one === other ? [] : [fault('SHOWN_DIFFERS', `${name}: ${one}`, String(other))]
}

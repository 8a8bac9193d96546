import { asArray, type Node } from '../read.ts'

/** What each filter means for one row, by the contract (docs/upstream.md, Filters). */

/** A filter, and what it means for one row, by the contract: the checks filter the rows of the unfiltered list with it. */
export interface Filter {
  readonly coordinate: string
  /** Wraps a value as the arguments of the list. */
  readonly argumentsFor: (value: unknown) => Readonly<Record<string, unknown>>
  /** Values to try, from the rows. */
  readonly valuesFrom: (nodes: readonly Node[]) => readonly unknown[]
  /** Whether a row meets the filter. */
  readonly isMet: (node: Node, value: unknown) => boolean
}

/** How many values of a filter are tried. */
export const VALUES = 3
const DAY_MS = 86_400_000

/** A value to filter by. */
export type Given = string | number | boolean | object

/** Some different values. */
export const distinct = (values: readonly unknown[]): readonly Given[] =>
  [...new Set(values.filter((value): value is Given => value !== null && value !== undefined))].slice(0, VALUES)

const offencesOf = ({ offences }: Node): readonly Node[] => asArray(offences) as readonly Node[]
const isUnder = (code: unknown, above: unknown): boolean => String(code).startsWith(String(above))
const oneDayOf = (nodes: readonly Node[], field: string): readonly unknown[] =>
  distinct(nodes.map((node) => node[field])).flatMap((day) => [day, addDays(String(day), 1)])
const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** A filter by a list of values of one field. */
function byList(coordinate: string, member: string, field: string, argument = 'filter'): Filter {
  return {
    coordinate,
    argumentsFor: (value) => (argument === 'filter' ? { filter: { [member]: [value] } } : { [member]: [value] }),
    valuesFrom: (nodes) => distinct(nodes.map((node) => node[field])),
    isMet: (node, value) => node[field] === value,
  }
}

/** A filter by days, both ends among them. A row without a day meets none. */
function byDay(coordinate: string, member: string, field: string, isFrom: boolean): Filter {
  return {
    coordinate,
    argumentsFor: (value) => ({ filter: { [member]: value } }),
    valuesFrom: (nodes) => oneDayOf(nodes, field),
    isMet: (node, value) => {
      const day = node[field]
      return typeof day === 'string' && (isFrom ? day >= String(value) : day <= String(value))
    },
  }
}

/** The list of cases. */
export const CASES = 'Query.cases'
/** The list of warrants. */
export const WARRANTS = 'Query.warrants'

/** The filters by the name of their check. `recordedSince` is not among them: no answer says when a row changed last. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  iccs: {
    coordinate: CASES,
    argumentsFor: (value) => ({ filter: { iccs: [value] } }),
    // The code of a charge, and a code above it.
    valuesFrom: (nodes) => {
      const codes = distinct(nodes.flatMap((node) => offencesOf(node).map(({ iccs }) => iccs)))
      return codes.flatMap((code) => [code, String(code).slice(0, 2)])
    },
    isMet: (node, value) => offencesOf(node).some(({ iccs }) => isUnder(iccs, value)),
  },
  status: byList(CASES, 'status', 'status'),
  category: byList(CASES, 'category', 'category'),
  subdivision: byList(CASES, 'subdivision', 'subdivision'),
  'filed-from': byDay(CASES, 'filedFrom', 'filedOn', true),
  'filed-to': byDay(CASES, 'filedTo', 'filedOn', false),
  'organised-crime': {
    coordinate: CASES,
    argumentsFor: (value) => ({ filter: { organisedCrime: value } }),
    valuesFrom: (nodes) =>
      distinct(nodes.flatMap((node) => offencesOf(node).map(({ organisedCrime }) => organisedCrime))),
    isMet: (node, value) => offencesOf(node).some(({ organisedCrime }) => organisedCrime === value),
  },
  'warrant-status': byList(WARRANTS, 'status', 'status'),
  'warrant-category': byList(WARRANTS, 'category', 'category'),
  'warrant-extradition': {
    coordinate: WARRANTS,
    argumentsFor: (value) => ({ filter: { extraditionRequested: value } }),
    valuesFrom: (nodes) => distinct(nodes.map(({ extraditionRequested }) => extraditionRequested)),
    isMet: (node, value) => node.extraditionRequested === value,
  },
  'warrant-from': byDay(WARRANTS, 'issuedFrom', 'issuedOn', true),
  'warrant-to': byDay(WARRANTS, 'issuedTo', 'issuedOn', false),
  'role-of-participant': {
    coordinate: 'Case.participants',
    argumentsFor: (value) => ({ role: value }),
    valuesFrom: (nodes) => distinct(nodes.map(({ role }) => role)),
    isMet: ({ role }, value) => role === value,
  },
  'warrants-of-person': {
    coordinate: 'Person.warrants',
    argumentsFor: (value) => ({ status: value }),
    valuesFrom: (nodes) => distinct(nodes.map(({ status }) => status)),
    isMet: ({ status }, value) => status === value,
  },
  'statute-iccs': {
    coordinate: 'Query.statutes',
    argumentsFor: (value) => ({ iccs: [value] }),
    valuesFrom: (nodes) =>
      distinct(nodes.flatMap(({ iccs }) => asArray(iccs))).flatMap((code) => [code, String(code).slice(0, 2)]),
    isMet: ({ iccs }, value) => asArray(iccs).some((code) => isUnder(code, value)),
  },
  'request-status': byList('Query.mlaRequests', 'status', 'status', 'none'),
  'requested-country': {
    coordinate: 'Query.mlaRequests',
    argumentsFor: (value) => ({ requestedCountry: value }),
    valuesFrom: (nodes) => distinct(nodes.map(({ requestedCountry }) => requestedCountry)),
    isMet: ({ requestedCountry }, value) => requestedCountry === value,
  },
}

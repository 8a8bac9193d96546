import { isDeepStrictEqual } from 'node:util'
import { connectionAt } from '../catalog.ts'
import { type Check, makeChecks, type Tried, type World } from '../check.ts'
import { asArray, idOf, type ListRows, type Node, nameEdge, publishes, readPage, readRows } from '../read.ts'
import { briefNode, placeOfList } from './lists.ts'

/** The filters of lists: what each finds is compared with the rows of the unfiltered list that meet it, by the contract (docs/upstream.md, Filters). */

/** A filter, and what it means for one row. */
interface Filter {
  readonly coordinate: string
  /** The argument, or the member of the argument `filter`. */
  readonly member: string
  /** Whether it takes a list. */
  readonly isList?: true
  /** What a row has that is compared. */
  readonly valuesOf: (node: Node) => readonly unknown[]
  /** Values to try, from those of the rows. */
  readonly triesOf?: (values: readonly unknown[]) => readonly unknown[]
  /** Whether a value of a row meets a filter's. Absent: if they are the same. */
  readonly isMet?: (value: unknown, asked: unknown) => boolean
}

/** How many values of a filter are tried. */
const VALUES = 3
const DAY_MS = 86_400_000

const distinct = (values: readonly unknown[]): readonly unknown[] => [
  ...new Set(values.filter((value) => value !== null && value !== undefined)),
]
const offencesOf = ({ offences }: Node): readonly Node[] => asArray(offences) as readonly Node[]

/** A code, also by those above it. */
const BY_CODE = {
  member: 'iccs',
  isList: true,
  triesOf: (codes: readonly unknown[]) => codes.flatMap((code) => [code, String(code).slice(0, 2)]),
  isMet: (code: unknown, above: unknown) => String(code).startsWith(String(above)),
} as const

/** A value of a field. */
const byField = (coordinate: string, field: string, member = field) => ({
  coordinate,
  member,
  valuesOf: (node: Node) => [node[field]],
})

/** Days, both ends among them. A row without a day meets none. */
const byDay = (coordinate: string, field: string, member: string): Filter => ({
  ...byField(coordinate, field, member),
  triesOf: (days) => days.flatMap((day) => [day, dayAfter(String(day))]),
  isMet: (day, asked) =>
    typeof day === 'string' && (member.endsWith('From') ? day >= String(asked) : day <= String(asked)),
})

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)

const CASES = 'Query.cases'
const WARRANTS = 'Query.warrants'
const REQUESTS = 'Query.mlaRequests'

/** The filters by the name of their check. `recordedSince` is not among them: no answer says when a row changed last. */
const FILTERS: Readonly<Record<string, Filter>> = {
  iccs: { ...BY_CODE, coordinate: CASES, valuesOf: (node) => offencesOf(node).map(({ iccs }) => iccs) },
  status: { ...byField(CASES, 'status'), isList: true },
  category: { ...byField(CASES, 'category'), isList: true },
  subdivision: { ...byField(CASES, 'subdivision'), isList: true },
  'filed-from': byDay(CASES, 'filedOn', 'filedFrom'),
  'filed-to': byDay(CASES, 'filedOn', 'filedTo'),
  'organised-crime': {
    coordinate: CASES,
    member: 'organisedCrime',
    valuesOf: (node) => offencesOf(node).map(({ organisedCrime }) => organisedCrime),
  },
  'warrant-status': { ...byField(WARRANTS, 'status'), isList: true },
  'warrant-category': { ...byField(WARRANTS, 'category'), isList: true },
  'warrant-extradition': byField(WARRANTS, 'extraditionRequested'),
  'warrant-from': byDay(WARRANTS, 'issuedOn', 'issuedFrom'),
  'warrant-to': byDay(WARRANTS, 'issuedOn', 'issuedTo'),
  'role-of-participant': byField('Case.participants', 'role'),
  'warrants-of-person': byField('Person.warrants', 'status'),
  'statute-iccs': { ...BY_CODE, coordinate: 'Query.statutes', valuesOf: ({ iccs }) => asArray(iccs) },
  'request-status': { ...byField(REQUESTS, 'status'), isList: true },
  'requested-country': byField(REQUESTS, 'requestedCountry'),
}

/** The lists that a filter is tried on: those of its field in their default order that have a row. */
function listsOf({ sample }: World, coordinate: string): readonly ListRows[] {
  return sample.lists
    .filter(({ connection, order }) => connection.coordinate === coordinate && order === connection.orders[0])
    .filter(({ edges }) => edges.length > 0)
    .toSorted((a, b) => b.edges.length - a.edges.length)
    .slice(0, 2)
}

/** Compares what a filtered list shows, as far as the sample goes, with what it must show. Without `mayShowMore`, no other rows are right. */
async function compare(
  world: World,
  list: ListRows,
  filters: Readonly<Record<string, unknown>>,
  isMet: (node: Node) => boolean,
  mayShowMore = false,
): Promise<Tried> {
  const { connection, order, parent, edges, isComplete } = list
  const until = isComplete ? null : (edges.at(-1)?.place ?? null)
  const given = { order, filters, node: briefNode(connection), limit: edges.length + 1, until, parent }
  const filtered = await readRows(world, connection, given)
  const known = new Set(edges.map(nameEdge))
  const shown = filtered.edges.filter((edge) => isComplete || known.has(nameEdge(edge))).map(({ place }) => place?.id)
  const expected = edges.filter(({ node }) => isMet(node)).map(({ place }) => place?.id)
  const missing = expected.filter((id) => !shown.includes(id))
  const wrong = shown.filter((id) => !expected.includes(id))
  const some = (ids: readonly unknown[]): string => ids.slice(0, 3).join(' ') || '0'
  return {
    isGood: mayShowMore ? missing.length === 0 : isDeepStrictEqual(shown, expected),
    place: `${placeOfList(list)}, ${JSON.stringify(filters)}`,
    expected: expected.length,
    holes: { shown: shown.length, missing: some(missing), wrong: some(wrong) },
  }
}

function filterCheck(name: string, filter: Filter): readonly Check[] {
  const { coordinate, member, isList, valuesOf, triesOf = (values) => values, isMet = Object.is } = filter
  const { domain, args } = connectionAt(coordinate)
  return makeChecks('filters', { domain, holes: { list: coordinate, name } })({
    async *[name](world) {
      for (const list of listsOf(world, coordinate)) {
        const values = distinct(list.edges.flatMap(({ node }) => valuesOf(node))).slice(0, VALUES)
        for (const asked of distinct(triesOf(values))) {
          const given = { [member]: isList ? [asked] : asked }
          const meets = (node: Node): boolean => valuesOf(node).some((value) => isMet(value, asked))
          yield await compare(world, list, 'filter' in args ? { filter: given } : given, meets)
        }
      }
    },
  })
}

/** Whether each of the cases lists the person. */
async function eachNames(world: World, cases: readonly (string | null)[], person: string): Promise<boolean> {
  for (const parent of cases) {
    const { edges } = await readPage(world, connectionAt('Case.participants'), { first: 100, parent: String(parent) })
    if (!(edges ?? []).some(({ node }) => idOf(node.person) === person)) return false
  }
  return true
}

const recordedAt = ({ provenance }: Node): string => String((provenance as Node | null)?.recordedAt ?? '')

/** The checks of filters. */
export const FILTER_CHECKS = [
  ...Object.entries(FILTERS).flatMap(([name, filter]) => filterCheck(name, filter)),
  ...makeChecks('filters', { domain: 'cases' })({
    async *participant(world) {
      const named = world.sample.lists.filter(
        ({ connection, edges }) => connection.coordinate === 'Case.participants' && edges.length > 0,
      )
      for (const { connection, order, edges: all } of listsOf(world, CASES)) {
        for (const { parent = '', edges } of named.slice(0, VALUES)) {
          const person = edges.map(({ node }) => idOf(node.person)).find((id) => id !== null)
          if (person === undefined || person === null) continue
          const filters = { filter: { participant: person } }
          const found = await readRows(world, connection, { order, node: 'id', limit: all.length + 1, filters })
          const ids = found.edges.map(({ node }) => idOf(node))
          yield {
            isGood: ids.includes(parent) && (await eachNames(world, ids, person)),
            place: `${CASES}, participant: ${person}`,
            holes: { parent },
            came: ids.slice(0, 5).join(' ') || '[]',
          }
        }
      }
    },

    async *'recorded-since'(world) {
      for (const list of publishes(world, 'Case.provenance') ? listsOf(world, CASES) : []) {
        for (const since of distinct(list.edges.map(({ node }) => recordedAt(node))).slice(0, VALUES)) {
          const isSince = (node: Node): boolean => Date.parse(recordedAt(node)) >= Date.parse(String(since))
          yield await compare(world, list, { filter: { recordedSince: since } }, isSince, true)
        }
        yield await compare(world, list, { filter: { recordedSince: '9999-01-01T00:00:00Z' } }, () => false)
      }
    },

    async *'empty-list'(world) {
      for (const list of [CASES, WARRANTS].flatMap((coordinate) => listsOf(world, coordinate))) {
        yield await compare(world, list, { filter: { status: [] } }, () => false)
        yield await compare(world, list, { filter: { status: null } }, () => true)
      }
    },

    async *together(world) {
      for (const list of listsOf(world, CASES)) {
        const nodes = list.edges.map(({ node }) => node)
        const status = distinct(nodes.map((node) => node.status)).slice(0, 2)
        for (const category of distinct(nodes.map((node) => node.category)).slice(0, VALUES)) {
          const isMet = (node: Node): boolean => status.includes(node.status) && node.category === category
          yield await compare(world, list, { filter: { status, category: [category] } }, isMet)
        }
      }
    },

    async *'bad-id'(world) {
      for (const { connection } of listsOf(world, CASES)) {
        const filters = { filter: { participant: 'no id' } }
        const { edges, reply } = await readPage(world, connection, { first: 1, filters })
        yield { isGood: edges === null, place: `${CASES}, participant: "no id"`, expected: 'ID_INVALID', came: reply }
      }
    },
  }),
]

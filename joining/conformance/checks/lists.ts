import { isDeepStrictEqual } from 'node:util'
import {
  ABSENT_KEY,
  ascendingDateKey,
  compareBytes,
  comparePlaces,
  decodeCursor,
  descendingDateKey,
  encodeCursor,
  type Place,
} from '../../../contract/cursor.ts'
import { type Connection, connectionAt } from '../catalog.ts'
import {
  asArray,
  type Check,
  type Edge,
  idOf,
  type ListRows,
  makeChecks,
  type Node,
  nameEdge,
  type Page,
  type PageOptions,
  publishes,
  readPage,
  readRows,
  sortByPlace,
  type Tried,
  type World,
} from '../check.ts'
import { codesOf, dataOf, isRefused, type Reply } from '../leg.ts'

/** Lists: their order and cursors, by which the gateway merges the pages of several countries, and where pages begin and end. */

/** Where a finding is: the field, the order, and the record that has the list. */
function placeOfList({ connection, order, parent }: ListRows): string {
  return [connection.coordinate, order, parent].filter((part) => part !== undefined).join(', ')
}

/** The smallest selection of a node: most checks compare places, and need no more. */
const briefNode = ({ hasNodeIds }: Connection): string => (hasNodeIds ? 'id' : '__typename')

/** The lists that have at least `least` rows: of each field in each order the one with the most. */
function listsWith({ sample }: World, least: number): readonly ListRows[] {
  const byField = Map.groupBy(sample.lists, ({ connection, order }) => `${connection.coordinate} ${order}`)
  return [...byField.values()]
    .flatMap((lists) => lists.toSorted((a, b) => b.edges.length - a.edges.length).slice(0, 1))
    .filter(({ edges }) => edges.length >= least)
}

/** Makes a check of each list with at least `least` rows. */
function eachList(
  least: number,
  judge: (list: ListRows, world: World) => AsyncIterable<Tried> | Iterable<Tried>,
): Check['run'] {
  return async function* (world) {
    for (const list of listsWith(world, least)) yield* judge(list, world)
  }
}

/** Asks for a page of a list that the sample has, with the smallest nodes. */
function readList(world: World, { connection, order, parent }: ListRows, options: PageOptions): Promise<Page> {
  return readPage(world, connection, { order, parent, node: briefNode(connection), ...options })
}

const dayOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** By the name of an order, the key of a node. An order that is absent has no key that a node shows. */
const KEYS: Readonly<Record<string, (node: Node) => string>> = {
  FILED_ON_DESC: ({ filedOn }) => descendingDateKey(dayOf(filedOn)),
  FILED_ON_ASC: ({ filedOn }) => ascendingDateKey(dayOf(filedOn)),
  ISSUED_ON_DESC: ({ issuedOn }) => descendingDateKey(dayOf(issuedOn)),
  ID_ASC: () => '',
}

/** Makes a check that compares the key of each row with the one that its values give. */
const keyCheck = (isOfAbsent: boolean): Check['run'] =>
  eachList(1, function* (list) {
    for (const { node, place } of list.edges) {
      const key = KEYS[list.order]?.(node)
      if (key === undefined || (key === ABSENT_KEY) !== isOfAbsent) continue
      const where = `${placeOfList(list)}, ${idOf(node)}`
      yield { isGood: place?.key === key, place: where, expected: key || '""', came: place?.key || '""' }
    }
  })

function isCursorOf(cursor: unknown, order: string): boolean {
  try {
    return typeof cursor === 'string' && decodeCursor(cursor, order).silent === undefined
  } catch {
    return false
  }
}

const ORDER_CHECKS = makeChecks('lists')({
  order: eachList(2, async function* (list, world) {
    const { edges } = await readList(world, list, { first: 100 })
    const keys = (edges ?? []).map(({ place }) => place?.key ?? '')
    const at = keys.findIndex((key, i) => i > 0 && compareBytes(keys[i - 1] ?? '', key) > 0)
    yield { isGood: at === -1, place: placeOfList(list), came: `${keys[at - 1]} > ${keys[at]}` }
  }),

  ties: eachList(2, async function* (list, world) {
    const { edges } = await readList(world, list, { first: 100 })
    const places = (edges ?? []).flatMap(({ place }) => place ?? [])
    for (const [key, tied] of Map.groupBy(places, (place) => place.key)) {
      if (tied.length < 2) continue
      const at = tied.findIndex(({ id }, i) => i > 0 && compareBytes(tied[i - 1]?.id ?? '', id) >= 0)
      const came = `${tied[at - 1]?.id} ≥ ${tied[at]?.id}`
      yield { isGood: at === -1, place: `${placeOfList(list)}, ${key || '(no key)'}`, came }
    }
  }),

  keys: keyCheck(false),
  nulls: keyCheck(true),

  'cursor-form': eachList(1, function* (list) {
    const { order } = list
    const bad = list.edges.find(({ cursor }) => !isCursorOf(cursor, order))
    const came = typeof bad?.cursor === 'string' ? bad.cursor.slice(0, 80) : typeof bad?.cursor
    yield { isGood: bad === undefined, place: placeOfList(list), holes: { order }, came }
  }),

  'cursor-id': eachList(1, function* (list) {
    if (!list.connection.hasNodeIds) return
    const bad = list.edges.find(({ place, node }) => place?.id !== idOf(node))
    const [expected, came] = [idOf(bad?.node) ?? 'an id', bad?.place?.id ?? 'null']
    yield { isGood: bad === undefined, place: placeOfList(list), expected, came }
  }),
})

/** Asks for the two rows after a place, and compares them with the sample. Beyond the last row of an incomplete sample nobody knows what comes. */
async function* compareAfter(world: World, list: ListRows, place: Place): AsyncGenerator<Tried> {
  const first = 2
  const beyond = list.edges.filter((edge) => edge.place !== null && comparePlaces(edge.place, place) > 0)
  const expected = beyond.slice(0, first).map(nameEdge)
  if (expected.length < first && !list.isComplete) return
  const after = encodeCursor({ ...place, order: list.order })
  const { edges, reply } = await readList(world, list, { first, after })
  const came = edges === null ? null : sortByPlace(edges).map(nameEdge)
  yield {
    isGood: isDeepStrictEqual(came, expected),
    place: `${placeOfList(list)}, first: ${first}, after ${JSON.stringify([place.key, place.id])}`,
    expected: expected.join(' ') || '[]',
    came: came === null ? reply : came.join(' ') || '[]',
  }
}

/** Some rows of a list, the first and the last among them. */
function spread(edges: readonly Edge[], count: number): readonly Edge[] {
  const step = Math.max(1, Math.ceil(edges.length / count))
  return edges.filter((_, at) => at % step === 0 || at === edges.length - 1)
}

/** Cursors that are none, of another order, and of several countries. */
function badCursors({ edges, order }: ListRows): Readonly<Record<string, string>> {
  const place = edges[0]?.place ?? { key: '', id: 'AA:1' }
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    'not base64url': '%%%',
    'not a list': encode({ order }),
    'of another order': encodeCursor({ ...place, order: order === 'ID_ASC' ? 'FILED_ON_ASC' : 'ID_ASC' }),
    'with a fourth member': encode([order, place.key, place.id, { AA: 0 }]),
  }
}

const PAGE_CHECKS = makeChecks('lists')({
  continue: eachList(2, async function* (list, world) {
    for (const { place } of spread(list.edges, world.tries)) if (place !== null) yield* compareAfter(world, list, place)
  }),

  'between-rows': eachList(2, async function* (list, world) {
    const place = list.edges[0]?.place
    if (place) yield* compareAfter(world, list, { key: place.key, id: `${place.id}-0` })
  }),

  'foreign-cursor': eachList(2, async function* (list, world) {
    const key = list.edges[0]?.place?.key
    for (const id of ['AA:1', 'ZZ:1']) if (key !== undefined) yield* compareAfter(world, list, { key, id })
  }),

  'broken-cursor': eachList(1, async function* (list, world) {
    for (const [what, after] of Object.entries(badCursors(list))) {
      const { edges, reply } = await readList(world, list, { first: 2, after })
      const isGood = edges === null && codesOf(reply).includes('BAD_CURSOR')
      yield { isGood, place: `${placeOfList(list)}, ${what}`, expected: 'BAD_CURSOR', came: reply }
    }
  }),

  *'same-rows'(world) {
    const ids = ({ edges }: ListRows): readonly string[] =>
      edges.map(({ place }) => place?.id ?? '').toSorted(compareBytes)
    const byField = ({ connection, parent }: ListRows): string => JSON.stringify([connection.coordinate, parent])
    for (const lists of Map.groupBy(listsWith(world, 1), byField).values()) {
      const [first, ...others] = lists.filter(({ isComplete }) => isComplete)
      for (const other of first === undefined ? [] : others) {
        const isGood = isDeepStrictEqual(ids(first as ListRows), ids(other))
        yield { isGood, place: placeOfList(other), expected: first?.edges.length, came: other.edges.length }
      }
    }
  },
})

/** Whether a size of a page was refused: below a record, the record is there, and its list is null. */
function isSizeRefused(reply: Reply): boolean {
  const isEmpty = isRefused(reply) || !JSON.stringify(dataOf(reply) ?? null).includes('"edges"')
  return isEmpty && codesOf(reply).includes('BAD_USER_INPUT')
}

const SIZE_CHECKS = makeChecks('lists')({
  'next-page': eachList(2, async function* (list, world) {
    const { length } = list.edges
    for (const first of [1, length - 1, length]) {
      if ((first === length && !list.isComplete) || first > 100) continue
      const came = (await readList(world, list, { first })).info.hasNextPage
      yield {
        isGood: came === first < length,
        place: `${placeOfList(list)}, first: ${first} of ${length}`,
        expected: `hasNextPage: ${first < length}`,
        came: `hasNextPage: ${came}`,
      }
    }
  }),

  ends: eachList(2, async function* (list, world) {
    const { edges, info } = await readList(world, list, { first: 2 })
    const isGood = info.startCursor === edges?.[0]?.cursor && info.endCursor === edges?.at(-1)?.cursor
    yield { isGood, place: placeOfList(list) }
  }),

  first: eachList(1, async function* (list, world) {
    for (const first of [0, 1, 100]) {
      const { edges, reply } = await readList(world, list, { first })
      const expected = Math.min(first, list.edges.length)
      const place = `${placeOfList(list)}, first: ${first}`
      yield { isGood: edges?.length === expected, place, expected, came: edges?.length ?? reply }
    }
    for (const first of [-1, 101]) {
      const { reply } = await readList(world, list, { first })
      yield { isGood: isSizeRefused(reply), place: `${placeOfList(list)}, first: ${first}`, came: reply }
    }
  }),

  'first-default': eachList(1, async function* (list, world) {
    for (const [what, first] of Object.entries({ absent: undefined, null: null })) {
      const { edges, reply } = await readList(world, list, { first })
      const expected = Math.min(20, list.edges.length)
      const place = `${placeOfList(list)}, first: ${what}`
      yield { isGood: edges?.length === expected, place, expected, came: edges?.length ?? reply }
    }
  }),
})

/** The checks of lists. */
export const LIST_CHECKS = [...ORDER_CHECKS, ...PAGE_CHECKS, ...SIZE_CHECKS]

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

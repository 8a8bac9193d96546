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
import type { Connection } from '../catalog.ts'
import { type Check, makeChecks, type Tried, type World } from '../check.ts'
import { codesOf, dataOf, isRefused, type Reply } from '../leg.ts'
import {
  type Edge,
  idOf,
  type ListRows,
  type Node,
  nameEdge,
  type Page,
  type PageOptions,
  readPage,
  sortByPlace,
} from '../read.ts'

/** Lists: their order and cursors, by which the gateway merges the pages of several countries, and where pages begin and end. */

/** Where a finding is: the field, the order, and the record that has the list. */
export function placeOfList({ connection, order, parent }: ListRows): string {
  return [connection.coordinate, order, parent].filter((part) => part !== undefined).join(', ')
}

/** The smallest selection of a node: most checks compare places, and need no more. */
export const briefNode = ({ hasNodeIds }: Connection): string => (hasNodeIds ? 'id' : '__typename')

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

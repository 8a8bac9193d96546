import { isDeepStrictEqual } from 'node:util'
import { compareBytes, comparePlaces, encodeCursor, type Place } from '../../../contract/cursor.ts'
import { both, same } from '../both.ts'
import { type Check, createTally, type Tally, type World } from '../check.ts'
import { codesOf, describeReply } from '../leg.ts'
import { briefNode, type Edge, type Page, readPage } from '../read.ts'
import { type ListRows, sortByPlace } from '../sample.ts'
import { listsWith, placeOfList } from './list-order.ts'

/** Pages of lists: where they begin, where they end, and what they say of the rest. */

const NO_ROWS = both('a list with two rows', 'una lista con dos filas')

function readAfter(world: World, list: ListRows, first: number, after: string): Promise<Page> {
  const { connection, order, parent } = list
  return readPage(world, connection, {
    order,
    first,
    after,
    node: briefNode(connection),
    ...(parent !== undefined && { parent }),
  })
}

const nameOf = ({ place }: Edge): string => JSON.stringify([place?.key, place?.id])

/** The rows of the sample beyond a place, as far as the sample is sure of them. */
function rowsBeyond({ edges }: ListRows, place: Place, first: number): readonly Edge[] {
  return edges.filter((edge) => edge.place !== null && comparePlaces(edge.place, place) > 0).slice(0, first)
}

/** Asks for the page after a place, and compares its rows with the sample. */
async function compareAfter(world: World, tally: Tally, list: ListRows, place: Place, first: number): Promise<void> {
  const expected = rowsBeyond(list, place, first)
  // Beyond the last row of an incomplete sample nobody knows what comes.
  if (expected.length < first && !list.isComplete) return
  const { edges, reply } = await readAfter(world, list, first, encodeCursor({ ...place, order: list.order }))
  const came = edges === null ? null : sortByPlace(edges).map(nameOf)
  tally.note(
    isDeepStrictEqual(came, expected.map(nameOf)),
    `${placeOfList(list)}, first: ${first}, after ${JSON.stringify([place.key, place.id])}`,
    same(expected.map(nameOf).join(' ') || '[]'),
    came === null ? same(describeReply(reply)) : same(came.join(' ') || '[]'),
  )
}

const continues: Check = {
  id: 'lists.continue',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      for (const { place } of spread(list.edges, world.tries))
        if (place !== null) await compareAfter(world, tally, list, place, 2)
    }
    return tally.result(NO_ROWS)
  },
}

/** Some rows of a list, the first and the last among them. */
function spread(edges: readonly Edge[], count: number): readonly Edge[] {
  const step = Math.max(1, Math.ceil(edges.length / count))
  return edges.filter((_, at) => at % step === 0 || at === edges.length - 1)
}

const between: Check = {
  id: 'lists.between-rows',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const place = list.edges[0]?.place
      if (place) await compareAfter(world, tally, list, { key: place.key, id: `${place.id}-0` }, 2)
    }
    return tally.result(NO_ROWS)
  },
}

const foreignCursor: Check = {
  id: 'lists.foreign-cursor',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const key = list.edges[0]?.place?.key
      for (const id of ['AA:1', 'ZZ:1']) if (key !== undefined) await compareAfter(world, tally, list, { key, id }, 2)
    }
    return tally.result(NO_ROWS)
  },
}

/** Cursors that are none, of another order, and of several countries. */
function badCursors(list: ListRows): Readonly<Record<string, string>> {
  const place = list.edges[0]?.place ?? { key: '', id: 'AA:1' }
  const otherOrder = encodeCursor({ ...place, order: list.order === 'ID_ASC' ? 'FILED_ON_ASC' : 'ID_ASC' })
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    'not base64url': '%%%',
    'not a list': encode({ order: list.order }),
    'of another order': otherOrder,
    'with a fourth member': encode([list.order, place.key, place.id, { AA: 0 }]),
  }
}

const brokenCursor: Check = {
  id: 'lists.broken-cursor',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 1)) {
      for (const [what, cursor] of Object.entries(badCursors(list))) {
        const { edges, reply } = await readAfter(world, list, 2, cursor)
        tally.note(
          edges === null && codesOf(reply).includes('BAD_CURSOR'),
          `${placeOfList(list)}, ${what}`,
          same('BAD_CURSOR'),
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(both('a list with a row', 'una lista con una fila'))
  },
}

const orderBy: Check = {
  id: 'lists.same-rows',
  async run(world) {
    const tally = createTally()
    const named = (list: ListRows): string => JSON.stringify([list.connection.coordinate, list.parent])
    for (const lists of Map.groupBy(listsWith(world, 1), named).values()) {
      const [first, ...others] = lists.filter(({ isComplete }) => isComplete)
      if (first === undefined) continue
      const idsOf = ({ edges }: ListRows): readonly string[] =>
        edges.map(({ place }) => place?.id ?? '').toSorted(compareBytes)
      for (const other of others) {
        tally.note(
          isDeepStrictEqual(idsOf(first), idsOf(other)),
          placeOfList(other),
          same(`${first.edges.length}`),
          same(`${other.edges.length}`),
        )
      }
    }
    return tally.result(
      both('a list with two orders, such as that of cases', 'una lista con dos órdenes, como la de casos'),
    )
  },
}

/** The checks of pages. */
export const LIST_PAGE_CHECKS: readonly Check[] = [continues, between, foreignCursor, brokenCursor, orderBy]

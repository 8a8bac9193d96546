import { type Both, both, same } from '../both.ts'
import { type Check, createTally } from '../check.ts'
import { codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'
import { briefNode, readPage } from '../read.ts'
import { listsWith, placeOfList } from './list-order.ts'

/** How many rows a page has, and what it says of the rest. */

const NO_ROWS = both('a list with two rows', 'una lista con dos filas')

const nextPage: Check = {
  id: 'lists.next-page',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const { connection, order, parent, edges } = list
      for (const first of [1, edges.length - 1, edges.length]) {
        if ((first === edges.length && !list.isComplete) || first > 100) continue
        const page = await readPage(world, connection, {
          order,
          first,
          node: briefNode(connection),
          ...(parent !== undefined && { parent }),
        })
        const expected = first < edges.length
        tally.note(
          page.info.hasNextPage === expected,
          `${placeOfList(list)}, first: ${first} of ${edges.length}`,
          same(`hasNextPage: ${expected}`),
          same(`hasNextPage: ${page.info.hasNextPage}`),
        )
      }
    }
    return tally.result(NO_ROWS)
  },
}

const ends: Check = {
  id: 'lists.ends',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const { connection, order, parent } = list
      const { edges, info } = await readPage(world, connection, {
        order,
        first: 2,
        node: briefNode(connection),
        ...(parent !== undefined && { parent }),
      })
      const isGood = info.startCursor === edges?.[0]?.cursor && info.endCursor === edges?.at(-1)?.cursor
      tally.note(
        isGood,
        placeOfList(list),
        both('the cursors of the edges', 'los cursores de las filas'),
        both('others', 'otros'),
      )
    }
    return tally.result(NO_ROWS)
  },
}

const REFUSED: Both = both('BAD_USER_INPUT and no rows', 'BAD_USER_INPUT y ninguna fila')

const firstBounds: Check = {
  id: 'lists.first',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 1)) {
      const { connection, order, parent, edges } = list
      const read = (first: number) =>
        readPage(world, connection, {
          order,
          first,
          node: briefNode(connection),
          ...(parent !== undefined && { parent }),
        })
      for (const first of [0, 1]) {
        const page = await read(first)
        tally.note(
          page.edges?.length === first,
          `${placeOfList(list)}, first: ${first}`,
          same(first),
          page.edges === null ? same(describeReply(page.reply)) : same(page.edges.length),
        )
      }
      const most = await read(100)
      tally.note(
        most.edges?.length === Math.min(100, edges.length),
        `${placeOfList(list)}, first: 100`,
        same(Math.min(100, edges.length)),
        same(most.edges?.length ?? describeReply(most.reply)),
      )
      for (const first of [-1, 101]) {
        const { reply } = await read(first)
        const isGood = isRefused(reply) ? codesOf(reply).includes('BAD_USER_INPUT') : false
        tally.note(
          isGood || hasOnlyRefusal(reply),
          `${placeOfList(list)}, first: ${first}`,
          REFUSED,
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(both('a list with a row', 'una lista con una fila'))
  },
}

/** Whether a list below a record was refused: its record is there, and the list is null. */
function hasOnlyRefusal(reply: Reply): boolean {
  return codesOf(reply).includes('BAD_USER_INPUT') && !JSON.stringify(dataOf(reply) ?? null).includes('"edges"')
}

const firstDefault: Check = {
  id: 'lists.first-default',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 1)) {
      const { connection, order, parent, edges } = list
      for (const first of [undefined, null]) {
        const options = {
          order,
          node: briefNode(connection),
          ...(first === null && { first }),
          ...(parent !== undefined && { parent }),
        }
        const page = await readPage(world, connection, options)
        const expected = Math.min(20, edges.length)
        tally.note(
          page.edges?.length === expected,
          `${placeOfList(list)}, first: ${first === null ? 'null' : 'absent'}`,
          same(expected),
          same(page.edges?.length ?? describeReply(page.reply)),
        )
      }
    }
    return tally.result(both('a list with a row', 'una lista con una fila'))
  },
}

/** The checks of the sizes of pages. */
export const LIST_SIZE_CHECKS: readonly Check[] = [nextPage, ends, firstBounds, firstDefault]

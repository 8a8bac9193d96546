import { ABSENT_KEY, compareBytes, decodeCursor } from '../../../contract/cursor.ts'
import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { briefNode, idOf, readPage } from '../read.ts'
import type { ListRows } from '../sample.ts'

/** The order of lists and the form of their cursors, by which the gateway merges the pages of several countries. */

const NO_ROWS = both('a list with a row', 'una lista con una fila')
const TWO_ROWS = both('a list with two rows', 'una lista con dos filas')

/** Where a finding is: the field, the order, and the record that has the list. */
export function placeOfList({ connection, order, parent }: ListRows): string {
  return [connection.coordinate, order, parent].filter((part) => part !== undefined).join(', ')
}

/** The lists that have at least `least` rows: of each field in each order the one with the most. */
export function listsWith({ sample }: World, least: number): readonly ListRows[] {
  const byField = Map.groupBy(sample.lists, ({ connection, order }) => `${connection.coordinate} ${order}`)
  return [...byField.values()].flatMap((lists) => {
    const [longest] = lists.toSorted((a, b) => b.edges.length - a.edges.length)
    return longest !== undefined && longest.edges.length >= least ? [longest] : []
  })
}

/** Asks for the first page of a list again, in the order in which the country gives it. */
function firstPage(world: World, { connection, order, parent }: ListRows) {
  return readPage(world, connection, {
    order,
    first: 100,
    node: briefNode(connection),
    ...(parent !== undefined && { parent }),
  })
}

const order: Check = {
  id: 'lists.order',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const { edges } = await firstPage(world, list)
      const keys = (edges ?? []).map(({ place }) => place?.key ?? '')
      const at = keys.findIndex((key, i) => i > 0 && compareBytes(keys[i - 1] ?? '', key) > 0)
      tally.note(
        at === -1,
        placeOfList(list),
        both('ascending keys', 'claves ascendentes'),
        same(`${keys[at - 1]} > ${keys[at]}`),
      )
    }
    return tally.result(TWO_ROWS)
  },
}

const ties: Check = {
  id: 'lists.ties',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 2)) {
      const places = ((await firstPage(world, list)).edges ?? []).flatMap(({ place }) => place ?? [])
      const byKey = Map.groupBy(places, ({ key }) => key)
      for (const [key, tied] of byKey) {
        if (tied.length < 2) continue
        const at = tied.findIndex(({ id }, i) => i > 0 && compareBytes(tied[i - 1]?.id ?? '', id) >= 0)
        tally.note(
          at === -1,
          `${placeOfList(list)}, ${key || '(no key)'}`,
          both('ascending ids', 'ids ascendentes'),
          same(`${tied[at - 1]?.id} ≥ ${tied[at]?.id}`),
        )
      }
    }
    return tally.result(
      both(
        'two rows with the same key, such as two cases of one day',
        'dos filas con la misma clave, como dos casos de un mismo día',
      ),
    )
  },
}

/** Compares the key of each row with the one that its values give. */
function keyCheck(id: Check['id'], ofAbsent: boolean): Check {
  return {
    id,
    async run(world) {
      const tally = createTally()
      for (const list of listsWith(world, 1)) {
        const keyOf = list.connection.keys[list.order]
        if (keyOf === undefined) continue
        for (const { node, place } of list.edges) {
          const expected = keyOf(node)
          if ((expected === ABSENT_KEY) !== ofAbsent) continue
          tally.note(
            place?.key === expected,
            `${placeOfList(list)}, ${idOf(node)}`,
            same(expected || '""'),
            same(place?.key || '""'),
          )
        }
      }
      return tally.result(ofAbsent ? both('a case without a filing date', 'un caso sin fecha de ingreso') : NO_ROWS)
    },
  }
}

const keys = keyCheck('lists.keys', false)

const nulls = keyCheck('lists.nulls', true)

const cursorForm: Check = {
  id: 'lists.cursor-form',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 1)) {
      const cursors = list.edges.map(({ cursor }) => cursor)
      const bad = cursors.find((cursor) => !isCursorOf(cursor, list.order))
      const came = typeof bad === 'string' ? bad.slice(0, 80) : typeof bad
      tally.note(
        bad === undefined,
        placeOfList(list),
        both(`a cursor of ${list.order}`, `un cursor de ${list.order}`),
        same(came),
      )
    }
    return tally.result(NO_ROWS)
  },
}

function isCursorOf(cursor: unknown, order: string): boolean {
  try {
    return typeof cursor === 'string' && decodeCursor(cursor, order).silent === undefined
  } catch {
    return false
  }
}

const cursorId: Check = {
  id: 'lists.cursor-id',
  async run(world) {
    const tally = createTally()
    for (const list of listsWith(world, 1).filter(({ connection }) => connection.hasNodeIds)) {
      const bad = list.edges.find(({ place, node }) => place?.id !== idOf(node))
      tally.note(bad === undefined, placeOfList(list), same(idOf(bad?.node) ?? 'an id'), same(bad?.place?.id ?? 'null'))
    }
    return tally.result(NO_ROWS)
  },
}

/** The checks of order and cursors. */
export const LIST_ORDER_CHECKS: readonly Check[] = [order, ties, keys, nulls, cursorForm, cursorId]

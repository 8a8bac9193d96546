import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { asObject } from '../leg.ts'
import { asArray, type Edge, idOf } from '../read.ts'
import { type ListRows, readRows } from '../sample.ts'

/** Which rows which task force sees. */

const NO_ROWS = both('a list of cases, warrants or requests', 'una lista de casos, órdenes o solicitudes')
const NEEDS_NAME = ['H2', 'H3']

/** The complete lists whose rows depend on the task force, in their default order, with what another task force sees of them. */
async function seenByOther(
  world: World,
): Promise<readonly { readonly list: ListRows; readonly edges: readonly Edge[] }[]> {
  const lists = world.sample.lists.filter(
    ({ connection, order, isComplete }) =>
      connection.parent === null &&
      connection.coordinate !== 'Query.statutes' &&
      order === connection.orders[0] &&
      isComplete,
  )
  const seen = []
  for (const list of lists) {
    const options = { order: list.order, limit: list.edges.length + 100, as: world.callers.other }
    seen.push({ list, edges: (await readRows(world, list.connection, options)).edges })
  }
  return seen
}

const nothingMore: Check = {
  id: 'rows.task-force',
  async run(world) {
    const tally = createTally()
    for (const { list, edges } of await seenByOther(world)) {
      const known = new Set(list.edges.map(({ node }) => idOf(node)))
      const more = edges.flatMap(({ node }) => idOf(node) ?? []).filter((id) => !known.has(id))
      tally.note(
        more.length === 0,
        list.connection.coordinate,
        both('no other rows', 'ninguna otra fila'),
        same(more.slice(0, 3).join(' ')),
      )
    }
    return tally.result(NO_ROWS)
  },
}

const handling: Check = {
  id: 'rows.handling',
  async run(world) {
    const tally = createTally()
    for (const { list, edges } of await seenByOther(world)) {
      for (const { node } of edges) {
        const codes = asArray(asObject(node.provenance).handling)
        const code = codes.find((each) => NEEDS_NAME.includes(String(each)))
        tally.note(
          code === undefined,
          `${list.connection.coordinate}, ${idOf(node)}`,
          both('hidden', 'oculta'),
          same(String(code)),
        )
      }
    }
    return tally.result(both('a row that is shared with every task force', 'una fila compartida con todos los equipos'))
  },
}

/** The checks of rows. */
export const ROW_CHECKS: readonly Check[] = [nothingMore, handling]

import { isDeepStrictEqual } from 'node:util'
import type { Domain } from '../../../contract/domain.ts'
import { type Both, both, same } from '../both.ts'
import { CONNECTIONS } from '../catalog.ts'
import { type Check, createTally, type World } from '../check.ts'
import { describeReply } from '../leg.ts'
import { briefNode, type Edge, idOf, type Node, publishes, readPage } from '../read.ts'
import { type ListRows, readRows } from '../sample.ts'
import { CASES, distinct, FILTERS, type Filter, VALUES, WARRANTS } from './filter-meanings.ts'
import { placeOfList } from './list-order.ts'

/** The filters of lists: what each finds is compared with the rows of the unfiltered list. */

/** The lists that a filter is tried on: those of its field in their default order that have a row. */
function listsOf({ sample }: World, coordinate: string): readonly ListRows[] {
  return sample.lists
    .filter(
      ({ connection, order, edges }) =>
        connection.coordinate === coordinate && order === connection.orders[0] && edges.length > 0,
    )
    .toSorted((a, b) => b.edges.length - a.edges.length)
    .slice(0, 2)
}

/** What a filtered list shows, as far as the sample goes, and what it must show. */
async function compareFiltered(
  world: World,
  list: ListRows,
  filters: Readonly<Record<string, unknown>>,
  isMet: (node: Node) => boolean,
) {
  const { connection, order, parent, edges, isComplete } = list
  const until = isComplete ? null : (edges.at(-1)?.place ?? null)
  const given = {
    order,
    filters,
    node: briefNode(connection),
    limit: edges.length + 1,
    until,
    ...(parent !== undefined && { parent }),
  }
  const filtered = await readRows(world, connection, given)
  const shown = filtered.edges.filter(({ place }) => until === null || isWithin(edges, place))
  const expected = edges.filter(({ node }) => isMet(node))
  return { shown: shown.map(keyOfEdge), expected: expected.map(keyOfEdge) }
}

const keyOfEdge = ({ place }: Edge): string => String(place?.id)

function isWithin(edges: readonly Edge[], place: Edge['place']): boolean {
  return edges.some((edge) => edge.place?.key === place?.key && edge.place?.id === place?.id)
}

function domainOf({ coordinate }: Filter): Domain {
  return CONNECTIONS.find((connection) => connection.coordinate === coordinate)?.domain ?? 'cases'
}

function filterCheck(name: string, filter: Filter): Check {
  return {
    id: `filters.${name}`,
    domain: domainOf(filter),
    async run(world) {
      const tally = createTally()
      for (const list of listsOf(world, filter.coordinate)) {
        for (const value of filter.valuesFrom(list.edges.map(({ node }) => node))) {
          const { shown, expected } = await compareFiltered(world, list, filter.argumentsFor(value), (node) =>
            filter.isMet(node, value),
          )
          tally.note(
            isDeepStrictEqual(shown, expected),
            `${placeOfList(list)}, ${JSON.stringify(filter.argumentsFor(value))}`,
            ...describeRows(expected, shown),
          )
        }
      }
      return tally.result(
        both(
          `a row of ${filter.coordinate} with a value to filter by`,
          `una fila de ${filter.coordinate} con un valor por el cual filtrar`,
        ),
      )
    },
  }
}

/** Says which rows are missing, and which are too many. */
function describeRows(expected: readonly string[], shown: readonly string[]): [expected: Both, came: Both] {
  const missing = expected.filter((id) => !shown.includes(id))
  const wrong = shown.filter((id) => !expected.includes(id))
  const some = (ids: readonly string[]): string => ids.slice(0, 3).join(' ') || '0'
  return [
    same(expected.length),
    both(
      `${shown.length}; missing: ${some(missing)}; too many: ${some(wrong)}`,
      `${shown.length}; faltan: ${some(missing)}; sobran: ${some(wrong)}`,
    ),
  ]
}

const participant: Check = {
  id: 'filters.participant',
  async run(world) {
    const tally = createTally()
    const named = world.sample.lists.filter(
      ({ connection, edges }) => connection.coordinate === 'Case.participants' && edges.length > 0,
    )
    for (const cases of listsOf(world, CASES)) {
      for (const { parent, edges } of named.slice(0, VALUES)) {
        const person = edges.map(({ node }) => idOf(node.person)).find((id) => id !== null)
        if (person === undefined) continue
        const order = cases.order
        const found = await readRows(world, cases.connection, {
          order,
          node: 'id',
          limit: cases.edges.length + 1,
          filters: { filter: { participant: person } },
        })
        const ids = found.edges.map(({ node }) => idOf(node))
        const isAll = ids.includes(parent ?? '') && (await eachNames(world, ids, person))
        tally.note(
          isAll,
          `${CASES}, participant: ${person}`,
          both(`${parent}, and only cases that list the person`, `${parent}, y solo casos que listan a la persona`),
          same(ids.slice(0, 5).join(' ') || '[]'),
        )
      }
    }
    return tally.result(both('a case with a participant', 'un caso con un participante'))
  },
}

/** Whether each of the cases lists the person. */
async function eachNames(world: World, cases: readonly (string | null)[], person: string): Promise<boolean> {
  const connection = world.sample.lists.find((list) => list.connection.coordinate === 'Case.participants')?.connection
  if (connection === undefined) return false
  for (const parent of cases) {
    const { edges } = await readPage(world, connection, { first: 100, parent: String(parent) })
    if (!(edges ?? []).some(({ node }) => idOf(node.person) === person)) return false
  }
  return true
}

const recordedSince: Check = {
  id: 'filters.recorded-since',
  async run(world) {
    const tally = createTally()
    const timeOf = ({ provenance }: Node): string => String((provenance as Node | null)?.recordedAt ?? '')
    for (const list of listsOf(world, CASES)) {
      if (!publishes(world, 'Case.provenance')) continue
      for (const value of distinct(list.edges.map(({ node }) => timeOf(node)))) {
        const { shown, expected } = await compareFiltered(
          world,
          list,
          { filter: { recordedSince: value } },
          (node) => Date.parse(timeOf(node)) >= Date.parse(String(value)),
        )
        const isAll = expected.every((id) => shown.includes(id))
        tally.note(isAll, `${CASES}, recordedSince: ${value}`, ...describeRows(expected, shown))
      }
      const { shown } = await compareFiltered(
        world,
        list,
        { filter: { recordedSince: '9999-01-01T00:00:00Z' } },
        () => false,
      )
      tally.note(shown.length === 0, `${CASES}, recordedSince: 9999`, ...describeRows([], shown))
    }
    return tally.result(both('a case', 'un caso'))
  },
}

const emptyList: Check = {
  id: 'filters.empty-list',
  async run(world) {
    const tally = createTally()
    for (const coordinate of [CASES, WARRANTS]) {
      for (const list of listsOf(world, coordinate)) {
        const empty = await compareFiltered(world, list, { filter: { status: [] } }, () => false)
        tally.note(empty.shown.length === 0, `${coordinate}, status: []`, ...describeRows([], empty.shown))
        const none = await compareFiltered(world, list, { filter: { status: null } }, () => true)
        tally.note(
          isDeepStrictEqual(none.shown, none.expected),
          `${coordinate}, status: null`,
          ...describeRows(none.expected, none.shown),
        )
      }
    }
    return tally.result(both('a case or a warrant', 'un caso o una orden'))
  },
}

const together: Check = {
  id: 'filters.together',
  async run(world) {
    const tally = createTally()
    for (const list of listsOf(world, CASES)) {
      const nodes = list.edges.map(({ node }) => node)
      const [one, other] = distinct(nodes.map(({ status }) => status))
      for (const category of distinct(nodes.map((node) => node.category))) {
        const values = [one, other].filter((value) => value !== undefined)
        const filter = { status: values, category: [category] }
        const { shown, expected } = await compareFiltered(
          world,
          list,
          { filter },
          (node) => values.some((value) => value === node.status) && node.category === category,
        )
        tally.note(
          isDeepStrictEqual(shown, expected),
          `${CASES}, ${JSON.stringify(filter)}`,
          ...describeRows(expected, shown),
        )
      }
    }
    return tally.result(both('cases with a status and a category', 'casos con un estado y una categoría'))
  },
}

const badFilter: Check = {
  id: 'filters.bad-id',
  async run(world) {
    const tally = createTally()
    for (const { connection } of listsOf(world, CASES)) {
      const page = await readPage(world, connection, { first: 1, filters: { filter: { participant: 'no id' } } })
      tally.note(
        page.edges === null,
        `${CASES}, participant: "no id"`,
        same('ID_INVALID'),
        same(describeReply(page.reply)),
      )
    }
    return tally.result(both('a case', 'un caso'))
  },
}

/** The checks of filters. */
export const FILTER_CHECKS: readonly Check[] = [
  ...Object.entries(FILTERS).map(([name, filter]) => filterCheck(name, filter)),
  ...[participant, recordedSince, emptyList, together, badFilter].map((check) => ({
    ...check,
    domain: 'cases' as const,
  })),
]

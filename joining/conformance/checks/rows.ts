import { CONNECTIONS, connectionAt, RECORD_TYPES, type RecordType, typeOf } from '../catalog.ts'
import { judgeAbsent, makeChecks, type Tried, type World } from '../check.ts'
import { asObject, type Caller, isRefused } from '../leg.ts'
import {
  asArray,
  type Edge,
  idOf,
  type ListRows,
  publishes,
  readById,
  readEntities,
  readPage,
  readRows,
} from '../read.ts'

/** Which rows which task force sees, and records that somebody must not see. */

/** Codes of handling with which a row is shown only to task forces that it names. */
const NEEDS_NAME = ['H2', 'H3']

/** How many rows of a list are compared. */
const ROWS = 300

/** The complete lists whose rows depend on the task force, in their default order. */
function guardedLists({ sample }: World): readonly ListRows[] {
  return sample.lists.filter(
    ({ connection: { parent, coordinate, orders }, order, isComplete }) =>
      parent === null && coordinate !== 'Query.statutes' && order === orders[0] && isComplete,
  )
}

const idsIn = (edges: readonly Edge[]): readonly string[] => edges.flatMap(({ node }) => idOf(node) ?? [])

/** The ids of rows that are not among others. */
function idsBesides(edges: readonly Edge[], others: readonly Edge[]): readonly string[] {
  const known = new Set(idsIn(others))
  return idsIn(edges).filter((id) => !known.has(id))
}

/** Records of a type that a caller may not see although another may. */
interface HiddenRecords {
  readonly type: RecordType
  readonly ids: readonly string[]
  readonly caller: Caller
}

/** Compares each list that the reader sees with what another caller sees of it. */
async function compareLists(
  world: World,
  as: Caller,
  compare: (own: readonly Edge[], theirs: Pick<ListRows, 'edges' | 'isComplete'>) => readonly string[],
): Promise<readonly Omit<HiddenRecords, 'caller'>[]> {
  const found = []
  for (const { connection, order, edges } of guardedLists(world)) {
    const theirs = await readRows(world, connection, { order, limit: ROWS, node: 'id', as })
    found.push({ type: typeOf(connection.nodeType, connection.domain), ids: compare(edges, theirs) })
  }
  return found
}

/** Finds what is hidden from a task force with which nothing is shared by name: what the reader's lists show and its lists do not. */
export async function hiddenFromOther(world: World): Promise<readonly HiddenRecords[]> {
  const caller = world.callers.other
  const found = await compareLists(world, caller, (own, { edges, isComplete }) =>
    isComplete ? idsBesides(own, edges) : [],
  )
  return found.map((each) => ({ ...each, caller }))
}

/** Finds what is hidden from the reader: what the lists of the second task force show and the reader's do not. Empty without a second one. */
async function hiddenFromReader(world: World) {
  const { second } = world.callers
  return second === null ? [] : compareLists(world, second, (own, { edges }) => idsBesides(edges, own))
}

/** Judges whether a record is absent for the reader, by both ways that give a record by its id. */
async function* judgeHidden(world: World, type: RecordType, id: string): AsyncGenerator<Tried> {
  const { entities, reply } = await readEntities(world, type, [id])
  yield judgeAbsent(`_entities, ${type.name}, ${id}`, reply, entities?.[0])
  if (type.root === null || !publishes(world, `Query.${type.root}`)) return
  const byId = await readById(world, type, id)
  yield judgeAbsent(`${type.root}, ${id}`, byId.reply, byId.value)
}

/** What another task force sees of each list. */
async function* seenByOther(world: World) {
  for (const { connection, order, edges: own } of guardedLists(world)) {
    const options = { order, limit: own.length + 100, as: world.callers.other }
    yield { coordinate: connection.coordinate, own, edges: (await readRows(world, connection, options)).edges }
  }
}

/** Reads the warrants of a person or a case. Empty if the country does not publish the list. */
async function readWarrants(world: World, coordinate: string, parent: string, as: Caller): Promise<readonly Edge[]> {
  if (!publishes(world, coordinate)) return []
  const connection = connectionAt(coordinate)
  return (await readRows(world, connection, { order: connection.orders[0] ?? '', limit: 100, parent, node: 'id', as }))
    .edges
}

/** The checks of rows. For some of them, the country must say what is hidden: only it knows that. */
export const ROW_CHECKS = [
  ...makeChecks('rows')({
    async *'task-force'(world) {
      for await (const { coordinate, own, edges } of seenByOther(world)) {
        const more = idsBesides(edges, own)
        yield { isGood: more.length === 0, place: coordinate, came: more.slice(0, 3).join(' ') }
      }
    },

    async *handling(world) {
      for await (const { coordinate, edges } of seenByOther(world)) {
        for (const { node } of edges) {
          const codes = asArray(asObject(node.provenance).handling).map(String)
          const code = codes.find((each) => NEEDS_NAME.includes(each))
          yield { isGood: code === undefined, place: `${coordinate}, ${idOf(node)}`, came: code ?? '' }
        }
      }
    },

    async *'second-task-force'(world) {
      for (const { type, ids } of await hiddenFromReader(world))
        for (const id of ids.slice(0, world.tries)) yield* judgeHidden(world, type, id)
    },

    async *hidden(world) {
      const types = RECORD_TYPES.filter(({ domain, isStub }) => world.schemas.has(domain) && !isStub)
      const lists = world.sample.lists.filter(({ connection }) => connection.hasNodeIds)
      for (const id of world.hidden) {
        for (const type of types) yield* judgeHidden(world, type, id)
        const shown = lists.find(({ edges }) => idsIn(edges).includes(id))
        yield { isGood: shown === undefined, place: id, came: shown?.connection.coordinate ?? '' }
      }
    },
  }),
  ...makeChecks('rows', { domain: 'cases' })({
    async *warrants(world) {
      const { reader, second } = world.callers
      const judge = (place: string, shown: readonly Edge[]): Tried => ({
        isGood: shown.length === 0,
        place,
        came: idsIn(shown).slice(0, 3).join(' '),
      })
      const listed =
        world.sample.lists.find(({ connection }) => connection.coordinate === 'Query.warrants')?.edges ?? []
      for (const id of world.hidden) {
        const own = await readWarrants(world, 'Person.warrants', id, reader)
        const named = listed.filter(({ node }) => idOf(node.subject) === id)
        yield judge(`Person.warrants, ${id}`, [...own, ...named])
      }
      const cases = (await hiddenFromReader(world)).flatMap(({ type, ids }) => (type.name === 'Case' ? ids : []))
      for (const id of cases) {
        const theirs = idsIn(await readWarrants(world, 'Case.warrants', id, second ?? reader))
        const shown = listed.filter(({ node }) => theirs.includes(String(idOf(node))))
        if (theirs.length > 0) yield judge(`Query.warrants, ${id}`, shown)
        for (const warrant of theirs.slice(0, world.tries))
          yield* judgeHidden(world, typeOf('Warrant', 'cases'), warrant)
      }
    },
  }),
  ...makeChecks('rows')({
    async *'no-task-force'(world) {
      const { askService } = world
      if (askService === null) return
      const direct: World = { ...world, ask: (leg) => askService({ as: null, ...leg }) }
      const guarded = CONNECTIONS.filter(
        ({ coordinate, parent, domain }) =>
          parent === null &&
          coordinate !== 'Query.statutes' &&
          world.schemas.has(domain) &&
          publishes(world, coordinate),
      )
      for (const connection of guarded) {
        const { edges, reply } = await readPage(direct, connection, { first: 5, node: 'id' })
        const isGood = edges === null ? isRefused(reply) : edges.length === 0
        yield { isGood, place: connection.coordinate, came: reply }
      }
      const hides = ['Case', 'Warrant', 'Person', 'MutualLegalAssistanceRequest']
      for (const { type, nodes } of world.sample.records) {
        if (type.isStub || !hides.includes(type.name)) continue
        for (const { id } of nodes.slice(0, world.tries)) {
          const { entities, reply } = await readEntities(direct, type, [String(id)])
          const isGood = entities === null ? isRefused(reply) : (entities[0] ?? null) === null
          yield { isGood, place: `_entities, ${type.name}, ${id}`, expected: 'null', came: reply }
        }
      }
    },
  }),
]

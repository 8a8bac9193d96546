import { both, same } from '../both.ts'
import { CONNECTIONS, type Connection, RECORD_TYPES, type RecordType } from '../catalog.ts'
import { type Check, createTally, type Tally, type World } from '../check.ts'
import { hiddenFromReader } from '../hidden.ts'
import { describeReply, isRefused } from '../leg.ts'
import { type Edge, idOf, isAbsent, publishes, readById, readEntities, readPage, representationOf } from '../read.ts'
import { readRows } from '../sample.ts'
import { idsOf } from './found-records.ts'

/** Records that somebody must not see. Only the country knows them: it names them, or a task force that sees them, or its service. */

const NEEDS_SECOND = both(
  '--second-task-force: a task force that sees records which --task-force does not',
  '--second-task-force: un equipo conjunto que vea registros que --task-force no ve',
)
const NEEDS_HIDDEN = both(
  '--hidden: ids of records that --task-force must not see',
  '--hidden: los id de registros que --task-force no debe ver',
)
const NEEDS_EITHER = both(
  '--hidden with the id of a person, or --second-task-force with a case that only it sees and that has a warrant',
  '--hidden con el id de una persona, o --second-task-force con un caso que solo él vea y que tenga una orden',
)
const NEEDS_SERVICE = both(
  '--upstream: only the service itself can be asked without a task force',
  '--upstream: solo al servicio mismo se le puede consultar sin equipo conjunto',
)

/** Notes whether a record is absent for the reader, by both ways that give a record by its id. */
async function noteAbsent(world: World, tally: Tally, type: RecordType, id: string): Promise<void> {
  const { entities, reply } = await readEntities(world, type, [representationOf(type, id)])
  tally.note(isAbsent(reply, entities?.[0]), `_entities, ${type.name}, ${id}`, same('null'), same(describeReply(reply)))
  if (type.root === null || !publishes(world, `Query.${type.root}`)) return
  const byId = await readById(world, type, id)
  tally.note(isAbsent(byId.reply, byId.value), `${type.root}, ${id}`, same('null'), same(describeReply(byId.reply)))
}

const ofSecond: Check = {
  id: 'rows.second-task-force',
  async run(world) {
    const tally = createTally()
    for (const { type, ids } of await hiddenFromReader(world))
      for (const id of ids.slice(0, world.tries)) await noteAbsent(world, tally, type, id)
    return tally.result(NEEDS_SECOND)
  },
}

const named: Check = {
  id: 'rows.hidden',
  async run(world) {
    const tally = createTally()
    const types = RECORD_TYPES.filter(({ domain, isStub }) => world.schemas.has(domain) && !isStub)
    for (const id of world.hidden) {
      for (const type of types) await noteAbsent(world, tally, type, id)
      const lists = world.sample.lists.filter(({ connection }) => connection.hasNodeIds)
      const shown = lists.find(({ edges }) => edges.some(({ node }) => idOf(node) === id))
      const came = shown?.connection.coordinate ?? ''
      tally.note(shown === undefined, id, both('in no list', 'en ninguna lista'), same(came))
    }
    return tally.result(NEEDS_HIDDEN)
  },
}

/** Finds the warrants of a list. */
const connectionOf = (world: World, coordinate: string): Connection | undefined =>
  publishes(world, coordinate) ? CONNECTIONS.find((each) => each.coordinate === coordinate) : undefined

const warrants: Check = {
  id: 'rows.warrants',
  async run(world) {
    const tally = createTally()
    const [all, ofPerson, ofCase] = ['Query.warrants', 'Person.warrants', 'Case.warrants'].map((name) =>
      connectionOf(world, name),
    )
    const listed = world.sample.lists.find(({ connection }) => connection.coordinate === 'Query.warrants')?.edges ?? []
    for (const id of world.hidden) {
      const own = ofPerson === undefined ? [] : await readWarrants(world, ofPerson, id)
      const shown = [...own, ...listed.filter(({ node }) => idOf(node.subject) === id)]
      tally.note(shown.length === 0, `Person.warrants, ${id}`, NO_WARRANT, nameEdges(shown))
    }
    const cases = (await hiddenFromReader(world)).filter(({ type }) => type.name === 'Case').flatMap(({ ids }) => ids)
    const type = RECORD_TYPES.find(({ name }) => name === 'Warrant')
    for (const id of ofCase === undefined || all === undefined || type === undefined ? [] : cases) {
      const theirs = await readWarrants(world, ofCase as Connection, id, 'second')
      const ids = new Set(theirs.map(({ node }) => idOf(node)))
      const shown = listed.filter(({ node }) => ids.has(idOf(node)))
      if (ids.size > 0) tally.note(shown.length === 0, `Query.warrants, ${id}`, NO_WARRANT, nameEdges(shown))
      for (const warrant of idsOf(theirs.map(({ node }) => node)).slice(0, world.tries))
        await noteAbsent(world, tally, type as RecordType, warrant)
    }
    return tally.result(NEEDS_EITHER)
  },
}

const NO_WARRANT = both('no warrant', 'ninguna orden')
const nameEdges = (edges: readonly Edge[]) =>
  same(
    edges
      .slice(0, 3)
      .flatMap(({ node }) => idOf(node) ?? [])
      .join(' '),
  )

async function readWarrants(
  world: World,
  connection: Connection,
  parent: string,
  as: 'reader' | 'second' = 'reader',
): Promise<readonly Edge[]> {
  const caller = world.callers[as] ?? world.callers.reader
  const options = { order: connection.orders[0] ?? '', limit: 100, parent, node: 'id', as: caller }
  return (await readRows(world, connection, options)).edges
}

const noTaskForce: Check = {
  id: 'rows.no-task-force',
  async run(world) {
    const tally = createTally()
    const { askService } = world
    if (askService === null) return tally.result(NEEDS_SERVICE)
    const direct = { ...world, ask: askService }
    const isOpen = ({ coordinate, parent, domain }: Connection): boolean =>
      parent === null && coordinate !== 'Query.statutes' && world.schemas.has(domain) && publishes(world, coordinate)
    for (const connection of CONNECTIONS.filter(isOpen)) {
      const { edges, reply } = await readPage(direct, connection, { first: 5, node: 'id' })
      const isNone = edges === null ? isRefused(reply) : edges.length === 0
      tally.note(isNone, connection.coordinate, both('no rows', 'ninguna fila'), same(describeReply(reply)))
    }
    const hides = ['Case', 'Warrant', 'Person', 'MutualLegalAssistanceRequest']
    for (const { type, nodes } of world.sample.records.filter((each) => !each.type.isStub)) {
      if (!hides.includes(type.name)) continue
      for (const id of idsOf(nodes).slice(0, world.tries)) {
        const { entities, reply } = await readEntities(direct, type, [representationOf(type, id)])
        const isNone = entities === null ? isRefused(reply) : (entities[0] ?? null) === null
        tally.note(isNone, `_entities, ${type.name}, ${id}`, same('null'), same(describeReply(reply)))
      }
    }
    return tally.result(NEEDS_SERVICE)
  },
}

/** The checks for which the country must say what is hidden. */
export const HIDDEN_RECORD_CHECKS: readonly Check[] = [ofSecond, named, { ...warrants, domain: 'cases' }, noTaskForce]

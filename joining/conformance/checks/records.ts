import { isDeepStrictEqual } from 'node:util'
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { isRecordId, ownerOf } from '../../../contract/record-id.ts'
import { CONNECTIONS, connectionAt, RECORD_TYPES, type RecordType, typeOf } from '../catalog.ts'
import {
  asArray,
  type Edge,
  idOf,
  judgeAbsent,
  type ListRows,
  makeChecks,
  type Node,
  once,
  publishes,
  readById,
  readEntities,
  readPage,
  readRows,
  type Tried,
  type World,
} from '../check.ts'
import { asObject, type Caller, codesOf, describeReply, errorsOf, isRefused } from '../leg.ts'

/** Records: their values, and how the gateway gets them by their ids. */

/** The records of each type that lists show, and their type in the schema. */
function eachRecord(
  world: World,
): readonly { readonly type: RecordType; readonly node: Node; readonly schema: GraphQLSchema }[] {
  return world.sample.records.flatMap(({ type, nodes }) => {
    const schema = world.schemas.get(type.domain)
    return type.isStub || schema === undefined ? [] : nodes.map((node) => ({ type, node, schema }))
  })
}

/** A value of an answer with its coordinate, and the type that the schema says. */
interface Value {
  readonly coordinate: string
  readonly type: GraphQLOutputType
  readonly value: unknown
}

/** Lists each value of each record and of what it holds. */
function eachValue(world: World): readonly (Value & { readonly node: Node })[] {
  return eachRecord(world).flatMap(({ type, node, schema }) =>
    valuesOf(schema, type.name, node).map((value) => ({ ...value, node })),
  )
}

function valuesOf(schema: GraphQLSchema, typeName: string, node: Node): readonly Value[] {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return []
  return Object.entries(type.getFields()).flatMap(([name, field]) => {
    if (!Object.hasOwn(node, name)) return []
    const one = { coordinate: `${typeName}.${name}`, type: field.type, value: node[name] }
    return [one, ...valuesInside(schema, one)]
  })
}

function valuesInside(schema: GraphQLSchema, { coordinate, type, value }: Value): readonly Value[] {
  const inner = getNullableType(type)
  if (isListType(inner)) {
    const items = asArray(value).map((item) => ({ coordinate, type: inner.ofType as GraphQLOutputType, value: item }))
    return items.flatMap((item) => [item, ...valuesInside(schema, item)])
  }
  return isObjectType(inner) && typeof value === 'object' && value !== null
    ? valuesOf(schema, inner.name, asObject(value))
    : []
}

/** Whether a value that is not null has the form of its type. */
function hasForm(given: GraphQLOutputType, value: unknown): boolean {
  const type = getNullableType(given)
  if (isListType(type)) return Array.isArray(value)
  if (!isLeafType(type)) return isObjectType(type) && typeof value === 'object'
  try {
    return type.serialize(value) === value
  } catch {
    return false
  }
}

/** An id of the country that no record has. */
export function absentId({ facts }: World, at = 0): string {
  return `${facts.country}:conformance-no-such-record-${at}`
}

/** The begin of the id of a record of another country. */
const strange = ({ facts }: World): string => (facts.country === 'UY' ? 'PY' : 'UY')

const FIELD_CHECKS = makeChecks('records')({
  *ids(world) {
    for (const { coordinate, value } of eachValue(world)) {
      if (coordinate.endsWith('.id'))
        yield { isGood: isRecordId(value), place: coordinate, came: JSON.stringify(value) }
    }
    for (const { node } of world.sample.lists.flatMap(({ edges }) => edges)) {
      const id = idOf(node.person)
      if (id !== null) yield { isGood: isRecordId(id), place: 'Participant.person', came: id }
    }
  },

  *country(world) {
    const expected = world.facts.country
    for (const { type, node } of eachRecord(world)) {
      const id = idOf(node)
      if (isRecordId(id)) {
        const came = ownerOf(id)
        yield { isGood: came === expected, place: `${type.name}.id`, expected, came }
      }
      for (const code of [node.country, asObject(node.provenance).originator]) {
        if (code !== undefined && code !== null)
          yield { isGood: code === expected, place: `${type.name}, ${id}`, expected, came: JSON.stringify(code) }
      }
    }
  },

  *values(world) {
    for (const { coordinate, type, value, node } of eachValue(world)) {
      if (value === null || coordinate.endsWith('.id')) continue
      const place = `${coordinate}, ${idOf(node)}`
      // Not the value itself: it may be personal.
      yield { isGood: hasForm(type, value), place, expected: String(type), holes: { type: typeof value } }
    }
  },

  *required(world) {
    for (const { coordinate, type, value, node } of eachValue(world)) {
      const isGood = value !== null && value !== undefined
      const place = `${coordinate}, ${idOf(node)}`
      if (isNonNullType(type)) yield { isGood, place, expected: String(type), came: 'null' }
    }
  },

  async *'by-id'(world) {
    const some = eachRecord(world).filter((_, at) => at % 3 === 0)
    for (const { type, node } of some.slice(0, world.tries * 3)) {
      const { reply, value } = await readById(world, type, String(node.id))
      yield { isGood: isDeepStrictEqual(value, { ...node }), place: `${type.root}(id: ${node.id})`, came: reply }
    }
  },

  async *absent(world) {
    for (const { type } of world.sample.records.filter((each) => !each.type.isStub)) {
      const { reply, value } = await readById(world, type, absentId(world))
      yield judgeAbsent(String(type.root), reply, value)
    }
    for (const { type, ids, caller } of await hiddenFromOther(world)) {
      for (const id of ids.slice(0, world.tries)) {
        const { reply, value } = await readById(world, type, id, caller)
        yield judgeAbsent(`${type.root}, ${id}`, reply, value)
      }
    }
  },
})

/** Where a finding is. */
const placeOf = ({ name }: RecordType, what = ''): string => `_entities, ${name}${what && `, ${what}`}`

/** Judges whether `_entities` gives no record of an id. */
async function judgeAbsentId(world: World, type: RecordType, id: string, as?: Caller): Promise<Tried> {
  const { entities, reply } = await readEntities(world, type, [id], as)
  return judgeAbsent(placeOf(type, id), reply, entities?.[0])
}

/** The ids of records. */
const idsOf = (nodes: readonly Node[]): readonly string[] => nodes.map(({ id }) => String(id))

/** The records of each type that `_entities` gives when it is asked for one at a time: what the other checks compare with. */
const findEach = once(async (world: World) => {
  const all: { readonly type: RecordType; readonly entities: readonly Node[] }[] = []
  for (const { type, nodes } of world.sample.records) {
    const entities: Node[] = []
    for (const id of idsOf(nodes).slice(0, world.tries)) {
      const [entity] = (await readEntities(world, type, [id])).entities ?? []
      if (idOf(entity) === id) entities.push(asObject(entity))
    }
    if (entities.length > 0) all.push({ type, entities })
  }
  return all
})

/** How many records are asked for at once. */
const BATCH = 100

/** Makes a check that asks for several records at once, and compares each place with what is expected there. `choose` gives no ids if there are too few. */
function batchCheck(what: string, choose: (ids: readonly string[], world: World) => readonly string[]) {
  return async function* (world: World): AsyncGenerator<Tried> {
    for (const { type, entities: known } of await findEach(world)) {
      const ids = choose(idsOf(known), world)
      if (ids.length === 0) continue
      const { entities, reply } = await readEntities(world, type, ids)
      const expected = ids.map((id) => known.find((node) => node.id === id) ?? (type.isStub ? { id } : null))
      const wrong = expected.findIndex((each, at) => !isDeepStrictEqual(entities?.[at], each && { ...each }))
      yield {
        isGood: entities?.length === ids.length && wrong === -1,
        place: placeOf(type, what),
        came: entities === null ? reply : undefined,
        holes: { came: entities?.length ?? 0, asked: ids.length, first: wrong === -1 ? ids.length + 1 : wrong + 1 },
      }
    }
  }
}

const ENTITY_CHECKS = makeChecks('entities')({
  async *found(world) {
    for (const { type, nodes } of world.sample.records) {
      for (const id of idsOf(nodes).slice(0, world.tries)) {
        const { entities, reply } = await readEntities(world, type, [id])
        const came = idOf(entities?.[0])
        yield { isGood: came === id, place: placeOf(type, id), expected: id, came: came ?? reply }
      }
    }
  },

  async *same(world) {
    for (const { type, entities } of await findEach(world)) {
      const listed = world.sample.records.find((each) => each.type === type)?.nodes ?? []
      for (const entity of entities) {
        const node = asObject(listed.find(({ id }) => id === entity.id))
        const other = Object.keys(node).filter((field) => !isDeepStrictEqual(node[field], entity[field]))
        yield {
          isGood: other.length === 0,
          place: placeOf(type, String(entity.id)),
          holes: { fields: other.join(', ') },
        }
      }
    }
  },

  async *typename(world) {
    for (const { type, entities } of await findEach(world)) {
      const answer = await readEntities(world, { ...type, fields: '__typename id' }, idsOf(entities))
      const names = [...new Set(asArray(answer.entities).map((entity) => String(asObject(entity).__typename)))]
      const came = names.join(', ')
      yield { isGood: came === type.name, place: placeOf(type), expected: type.name, came: came || answer.reply }
    }
  },

  async *absent(world) {
    for (const { type } of world.sample.records) if (!type.isStub) yield judgeAbsentId(world, type, absentId(world))
  },

  async *hidden(world) {
    for (const { type, ids, caller } of await hiddenFromOther(world))
      for (const id of ids.slice(0, world.tries)) yield judgeAbsentId(world, type, id, caller)
  },

  async *foreign(world) {
    for (const { type } of world.sample.records)
      if (!type.isStub) yield judgeAbsentId(world, type, `${strange(world)}:1`)
  },

  async *'any-id'(world) {
    for (const { type } of world.sample.records.filter((each) => each.type.isStub)) {
      for (const id of [absentId(world), `${strange(world)}:conformance-1`]) {
        const { entities, reply } = await readEntities(world, type, [id])
        const isGood = idOf(entities?.[0]) === id
        yield { isGood, place: `${placeOf(type, id)}, ${type.domain}`, expected: id, came: reply }
      }
    }
  },

  duplicates: batchCheck('2 × the same', ([first]) => (first === undefined ? [] : [first, first])),

  order: batchCheck('from Z to A', (ids) => (ids.length > 1 ? ids.toSorted().toReversed() : [])),

  batch: batchCheck('100 at once', (ids, world) => {
    const unknown = Array.from({ length: BATCH - ids.length }, (_, at) => absentId(world, at))
    return [...ids, ...unknown].toSorted()
  }),

  async *'one-bad'(world) {
    for (const { type, entities } of await findEach(world)) {
      const ids = idsOf(entities)
      const [first = '', last = ''] = [ids[0], ids.at(-1)]
      const { entities: came, reply } = await readEntities(world, type, [first, 'no id', last])
      const areThere = idOf(came?.[0]) === first && came?.[1] === null && idOf(came?.[2]) === last
      const paths = errorsOf(reply).map(({ path }) => JSON.stringify(path ?? null))
      yield {
        isGood: areThere && paths.some((each) => each.startsWith('["_entities",1')),
        place: placeOf(type),
        came: codesOf(reply).length === 0 ? reply : `${describeReply(reply)} ${paths.join(' ')}`,
      }
    }
  },
})

/** The checks of records. */
export const RECORD_CHECKS = [...FIELD_CHECKS, ...ENTITY_CHECKS]

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
async function hiddenFromOther(world: World): Promise<readonly HiddenRecords[]> {
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

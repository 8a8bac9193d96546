import { both, same } from '../both.ts'
import { type Connection, PROTECTED_PARTICIPANTS } from '../catalog.ts'
import { type Check, createTally, type World } from '../check.ts'
import { knownProtected, typeOf } from '../hidden.ts'
import { asObject, type Caller, describeReply, hasMember } from '../leg.ts'
import { idOf, type Node, readEntities, readPage, representationOf } from '../read.ts'
import { readRows } from '../sample.ts'
import { askHit, foundBy, hitsIn, type Searchable, searchPersons, toSearchable } from './ask-persons.ts'

/** Victims, witnesses and minors: who may not see them does not see, find or count them. */

const NO_VICTIM = both('a case with a victim or a witness', 'un caso con una víctima o un testigo')
const NO_PROTECTED = both(
  'a person whom a case names as a victim, and whom the domain of persons knows',
  'una persona que un caso nombra como víctima y que el dominio de personas conoce',
)
const PROTECTED_ROLES = ['VICTIM', 'WITNESS']

const casesOf = ({ sample, tries }: World): readonly string[] =>
  (sample.records.find(({ type }) => type.name === 'Case' && !type.isStub)?.nodes ?? [])
    .map(({ id }) => String(id))
    .slice(0, tries)

const participants: Check = {
  id: 'protected.participants',
  async run(world) {
    const tally = createTally()
    const connection = world.sample.lists.find((list) => list.connection.coordinate === 'Case.participants')?.connection
    for (const parent of connection === undefined ? [] : casesOf(world)) {
      for (const as of [world.callers.reader, world.callers.trusted]) {
        const { edges } = await readPage(world, connection as NonNullable<typeof connection>, {
          first: 100,
          parent,
          as,
        })
        const role = (edges ?? []).map(({ node }) => String(node.role)).find((each) => PROTECTED_ROLES.includes(each))
        tally.note(
          role === undefined,
          `Case.participants, ${parent}`,
          both('no victim and no witness', 'ninguna víctima y ningún testigo'),
          same(String(role)),
        )
      }
    }
    return tally.result(NO_VICTIM)
  },
}

const listed: Check = {
  id: 'protected.list',
  async run(world) {
    const tally = createTally()
    for (const parent of world.sample.protectedPersons.length === 0 ? [] : casesOf(world)) {
      const { edges } = await readPage(world, PROTECTED_PARTICIPANTS, { first: 100, parent, as: world.callers.trusted })
      const role = (edges ?? []).map(({ node }) => String(node.role)).find((each) => !PROTECTED_ROLES.includes(each))
      tally.note(
        role === undefined,
        `Case.protectedParticipants, ${parent}`,
        both('VICTIM or WITNESS', 'VICTIM o WITNESS'),
        same(String(role)),
      )
    }
    return tally.result(NO_VICTIM)
  },
}

const notShown: Check = {
  id: 'protected.victims-hidden',
  async run(world) {
    const tally = createTally()
    for (const parent of world.sample.protectedPersons.length === 0 ? [] : casesOf(world).slice(0, 3)) {
      const { edges, reply } = await readPage(world, PROTECTED_PARTICIPANTS, { first: 100, parent })
      tally.note(
        (edges ?? []).length === 0,
        `Case.protectedParticipants, ${parent}`,
        both('no rows', 'ninguna fila'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_VICTIM)
  },
}

const notInCases: Check = {
  id: 'protected.cases',
  async run(world) {
    const tally = createTally()
    const connections = world.sample.lists.map(({ connection }) => connection)
    const [ofPerson, all, parts] = ['Person.cases', 'Query.cases', 'Case.participants'].map((name) =>
      connections.find(({ coordinate }) => coordinate === name),
    )
    for (const person of parts === undefined ? [] : world.sample.protectedPersons) {
      for (const as of [world.callers.reader, world.callers.trusted]) {
        const options = { order: 'ID_ASC', limit: 10, node: 'id', as }
        for (const [connection, ways] of [
          [ofPerson, { parent: person }],
          [all, { filters: { filter: { participant: person } } }],
        ] as const) {
          if (connection === undefined) continue
          const { edges } = await readRows(world, connection, { ...options, ...ways })
          const through = await asyncFilter(
            edges,
            async ({ node }) => !(await isListed(world, parts, node, person, as)),
          )
          const place = `${connection.coordinate}, ${person}, ${as === world.callers.trusted ? '?1' : '?0'}`
          const came = through.map(({ node }) => idOf(node)).join(' ')
          tally.note(
            through.length === 0,
            place,
            both('no case through a protected part', 'ningún caso por una parte protegida'),
            same(came),
          )
        }
      }
    }
    return tally.result(NO_VICTIM)
  },
}

async function asyncFilter<Item>(
  items: readonly Item[],
  is: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  const kept: Item[] = []
  for (const item of items) if (await is(item)) kept.push(item)
  return kept
}

/** Whether a case lists a person among those who are neither victim nor witness, so that whoever asks may find the case through the person. */
async function isListed(
  world: World,
  parts: Connection | undefined,
  node: Node,
  person: string,
  as: Caller,
): Promise<boolean> {
  const parent = idOf(node)
  if (parts === undefined || parent === null) return false
  const { edges } = await readRows(world, parts, { order: 'ROW_ASC', limit: 1_000, parent, as })
  return edges.some(({ node: part }) => idOf(part.person) === person && !PROTECTED_ROLES.includes(String(part.role)))
}

/** The protected persons whom a trusted caller can read, with what a search can know of them. */
async function readProtected(world: World): Promise<readonly Searchable[]> {
  const type = typeOf('Person', 'persons')
  if (type === undefined || !world.schemas.has('persons')) return []
  const persons: Searchable[] = []
  for (const id of await knownProtected(world, type)) {
    const { entities } = await readEntities(world, type, [representationOf(type, id)], world.callers.trusted)
    persons.push(toSearchable(asObject(entities?.[0]) as Node))
  }
  return persons
}

const searchesFor = ({ name, birthDate, identifier }: Searchable): readonly object[] => [
  ...(name === null || birthDate === null ? [] : [{ name, birthDate }]),
  ...(identifier === null ? [] : [{ identifier }]),
]

const notFound: Check = {
  id: 'protected.search',
  async run(world) {
    const tally = createTally()
    for (const person of await readProtected(world)) {
      for (const search of searchesFor(person)) {
        for (const as of [world.callers.reader, world.callers.trusted]) {
          const reply = await searchPersons(world, search, as)
          tally.note(
            hasMember(reply, 'persons') && !foundBy(reply).has(person.id),
            `${person.id}, ${Object.keys(search).join()}`,
            both('not found', 'no encontrada'),
            same(describeReply(reply)),
          )
        }
      }
    }
    return tally.result(NO_PROTECTED)
  },
}

const noHit: Check = {
  id: 'protected.hits',
  async run(world) {
    const tally = createTally()
    for (const person of await readProtected(world)) {
      for (const search of searchesFor(person)) {
        for (const as of [world.callers.reader, world.callers.trusted]) {
          const reply = await askHit(world, search, as)
          const hit = hitsIn(reply)[0]?.hit
          tally.note(
            hit === false,
            `${person.id}, ${Object.keys(search).join()}`,
            same('hit: false'),
            same(hit === undefined ? describeReply(reply) : `hit: ${hit}`),
          )
        }
      }
    }
    return tally.result(NO_PROTECTED)
  },
}

/** The checks of protected persons. */
export const PROTECTED_CHECKS: readonly Check[] = [
  ...[participants, listed, notShown, notInCases].map((check) => ({ ...check, domain: 'cases' as const })),
  ...[notFound, noHit].map((check) => ({ ...check, domain: 'persons' as const })),
]

import { isDeepStrictEqual } from 'node:util'
import { isDocument, isIdentifierCategory, isOfOnePerson } from '../../../contract/identifiers.ts'
import { connectionAt, typeOf } from '../catalog.ts'
import {
  asArray,
  type Check,
  type Edge,
  idOf,
  makeChecks,
  type Node,
  readEntities,
  readPage,
  readRows,
  type Tried,
  type World,
} from '../check.ts'
import { asObject, type Caller, codesOf, dataOf, describeReply, hasMember, type Reply } from '../leg.ts'

/**
 * Persons: what a search and a hit must find, and that who may not see victims, witnesses and minors does not see, find or count them. What a name is near
 * to is judged by tests of the search itself.
 */

const SEARCH = `query ($countries: [CountryCode!], $search: PersonSearch!) {
  persons(countries: $countries, search: $search, first: 100) { edges { cursor band score node { id } } } }`
const HITS = `query ($countries: [CountryCode!], $search: PersonHitSearch!) {
  personHits(countries: $countries, search: $search) { hits { country hit band } } }`
const LIST_HITS = `query ($countries: [CountryCode!], $searches: [PersonHitSearch!]!) {
  personListHits(countries: $countries, searches: $searches) { hits { item country band } } }`

const ask = (world: World, query: string, search: object, as: Caller): Promise<Reply> =>
  world.ask({ domain: 'persons', query, variables: { countries: [world.facts.country], ...search }, as })

/** Searches for persons. Returns the band of each that was found. */
async function searchPersons(world: World, search: object, as = world.callers.reader) {
  const reply = await ask(world, SEARCH, { search }, as)
  const edges = asArray(asObject(dataOf(reply)?.persons).edges).map(asObject)
  return { reply, bands: new Map(edges.map(({ node, band }) => [idOf(node), String(band)])) }
}

/** Asks for hits: of one search, or with {@link LIST_HITS} of several. */
async function askHits(world: World, search: object, { as = world.callers.reader, query = HITS } = {}) {
  const reply = await ask(world, query, query === HITS ? { search } : { searches: search }, as)
  const { hits } = asObject(dataOf(reply)?.personHits ?? dataOf(reply)?.personListHits)
  return { reply, hits: asArray(hits).map(asObject) }
}

/** The band of a hit search by itself. */
async function askBand(world: World, search: object): Promise<string> {
  const { hits, reply } = await askHits(world, search)
  return hits[0] === undefined ? describeReply(reply) : String(hits[0].band)
}

/** What a search can know of a person. */
interface Searchable {
  readonly id: string
  readonly name: string | null
  readonly birthDate: string | null
  readonly identifier: { readonly category: unknown; readonly jurisdiction: unknown; readonly value: string } | null
}

/** A person whose record has these members. */
type Known<Member extends keyof Searchable> = Searchable & {
  readonly [Name in Member]: NonNullable<Searchable[Name]>
}

function toSearchable(person: Node): Searchable {
  const legal = asArray(person.names)
    .map(asObject)
    .find(({ category }) => category === 'LEGAL')
  // Only documents contradict others of their kind, and only what is of one person is EXACT_IDENTIFIER.
  const identifier = asArray(person.identifiers)
    .map(asObject)
    .find(({ category }) => isIdentifierCategory(category) && isDocument(category) && isOfOnePerson(category))
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  const { category, jurisdiction, value } = identifier ?? {}
  return {
    id: String(idOf(person)),
    name: text(legal?.full),
    birthDate: text(person.birthDate),
    identifier: identifier === undefined ? null : { category, jurisdiction, value: String(value) },
  }
}

/** The persons whom the sample has, as far as they have what a search needs. */
function searchables<Member extends keyof Searchable>(
  world: World,
  ...needed: readonly Member[]
): readonly Known<Member>[] {
  const persons = world.sample.records.find(({ type }) => type === typeOf('Person', 'persons'))?.nodes ?? []
  const able = persons.map(toSearchable).filter((person) => needed.every((member) => person[member] !== null))
  return able.slice(0, world.tries) as readonly Known<Member>[]
}

/** An identifier of the same kind that nobody has. */
const wrongly = <Identifier extends { readonly value: string }>(identifier: Identifier): Identifier => ({
  ...identifier,
  value: `X${identifier.value}9`,
})

/** Makes a check that hit searches have the same band as others, or the band that is named. */
function bandCheck<Member extends keyof Searchable>(
  needed: readonly Member[],
  listPairs: (person: Known<Member>, at: number) => readonly (readonly [expected: object | string, search: object])[],
): Check['run'] {
  return async function* (world) {
    for (const [at, person] of searchables(world, ...needed).entries()) {
      for (const [known, search] of listPairs(person, at)) {
        const expected = typeof known === 'string' ? known : await askBand(world, known)
        const came = await askBand(world, search)
        yield { isGood: came === expected, place: person.id, expected, came }
      }
    }
  }
}

const NOBODY = { identifier: { category: 'PASSPORT', jurisdiction: 'AQ', value: 'CONFORMANCE0000' } }

const SEARCH_CHECKS = makeChecks('search', { domain: 'persons' })({
  async *identifier(world) {
    const expected = 'EXACT_IDENTIFIER'
    for (const { id, identifier } of searchables(world, 'identifier')) {
      const came = (await searchPersons(world, { identifier })).bands.get(id)
      yield { isGood: came === expected, place: id, expected, came }
    }
  },

  async *name(world) {
    for (const { id, name, birthDate } of searchables(world, 'name', 'birthDate')) {
      for (const written of [name, name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()]) {
        const came = (await searchPersons(world, { name: written, birthDate })).bands.get(id)
        yield { isGood: came === 'STRONG', place: id, expected: 'STRONG', came }
      }
    }
  },

  async *contradiction(world) {
    for (const { id, identifier, name, birthDate } of searchables(world, 'name', 'birthDate')) {
      const searches: object[] = [{ name, birthDate: birthDate === '1931-07-15' ? '1962-11-26' : '1931-07-15' }]
      if (identifier !== null) searches.push({ name, identifier: wrongly(identifier) })
      for (const search of searches) {
        const { reply, bands } = await searchPersons(world, search)
        yield { isGood: hasMember(reply, 'persons') && !bands.has(id), place: id, came: reply }
      }
    }
  },

  async *nobody(world) {
    const { reply, bands } = await searchPersons(world, NOBODY)
    const isNone = hasMember(reply, 'persons') && bands.size === 0
    yield { isGood: isNone, place: 'Query.persons', expected: '[]', came: reply }
    const { hits, reply: answer } = await askHits(world, NOBODY)
    const came = hits[0] === undefined ? answer : JSON.stringify(hits[0])
    const isGood = hits[0]?.hit === false && hits[0].band === null
    yield { isGood, place: 'Query.personHits', expected: 'hit: false', came }
  },

  async *hits(world) {
    for (const { id, name, birthDate } of searchables(world, 'name', 'birthDate')) {
      const { hits, reply } = await askHits(world, { name, birthDate })
      const { hit, band, country } = hits[0] ?? {}
      const isGood = hits.length === 1 && hit === true && band === 'STRONG' && country === world.facts.country
      const came = hits.length === 0 ? reply : JSON.stringify(hits)
      yield { isGood, place: id, expected: 'hit: true, STRONG', came }
    }
  },

  'hit-dates': bandCheck(['name', 'birthDate'], ({ name, birthDate }, at) => {
    // Leap years, because somebody was born on 29 February.
    const bornOn = (day: string): object => ({ name, birthDate: `${9004 + 4 * at}${day}` })
    const day = birthDate.slice(4)
    return [[bornOn(day === '-01-01' ? '-02-02' : '-01-01'), bornOn(day)]]
  }),

  'hit-identifiers': bandCheck(['identifier', 'name', 'birthDate'], ({ name, birthDate, identifier }) => [
    [
      { name, birthDate },
      { name, birthDate, identifier: wrongly(identifier) },
    ],
    ['null', { name, identifier: wrongly(identifier) }],
  ]),

  'hit-owners': bandCheck(['identifier'], ({ identifier }) =>
    [{ name: 'Conformance Nobody' }, { birthDate: '1931-07-15' }, { nationality: 'AQ' }].map((other) => [
      'EXACT_IDENTIFIER',
      { identifier, ...other },
    ]),
  ),

  'hit-nationalities': bandCheck(['name', 'birthDate'], ({ name, birthDate }) => [
    [
      { name, birthDate },
      { name, birthDate, nationality: 'AQ' },
    ],
  ]),

  async *'list-hits'(world) {
    const known = searchables(world, 'name', 'birthDate').map(({ name, birthDate }) => ({ name, birthDate }))
    if (known.length === 0) return
    const { hits, reply } = await askHits(world, [NOBODY, ...known, NOBODY], { query: LIST_HITS })
    const [expected, came] = [known.map((_, at) => at + 1), hits.map(({ item }) => item)]
    yield {
      isGood: isDeepStrictEqual(came, expected),
      place: 'Query.personListHits',
      expected: JSON.stringify(expected),
      came: came.length === 0 ? reply : JSON.stringify(came),
    }
  },

  async *'too-wide'(world) {
    const expected = 'SEARCH_TOO_WIDE'
    for (const search of [{ name: 'Ana' }, { birthDate: '1990-01-01' }, { nationality: 'GT' }]) {
      const { hits, reply } = await askHits(world, search)
      const isGood = codesOf(reply).includes(expected) && hits.length === 0
      yield { isGood, place: Object.keys(search).join(), expected, came: reply }
    }
  },
})

const PARTICIPANTS = 'Case.participants'
const VICTIMS = 'Case.protectedParticipants'
const isProtected = ({ node }: Edge): boolean => ['VICTIM', 'WITNESS'].includes(String(node.role))
const eachCaller = ({ callers }: World): readonly Caller[] => [callers.reader, callers.trusted]

const casesOf = ({ sample, tries }: World): readonly string[] =>
  (sample.records.find(({ type }) => type === typeOf('Case', 'cases'))?.nodes ?? [])
    .map(({ id }) => String(id))
    .slice(0, tries)

const hasList = ({ sample }: World, coordinate: string): boolean =>
  sample.lists.some(({ connection }) => connection.coordinate === coordinate)

/** The cases in which victims and witnesses are looked for. */
const casesWithVictims = (world: World) => (world.sample.protectedPersons.length === 0 ? [] : casesOf(world))

/** Whether a case lists a person among those who are neither victim nor witness, so that whoever asks may find the case through the person. */
async function isListed(world: World, parent: string | null, person: string, as: Caller): Promise<boolean> {
  if (parent === null) return false
  const options = { order: 'ROW_ASC', limit: 1_000, parent, as }
  const { edges } = await readRows(world, connectionAt(PARTICIPANTS), options)
  return edges.some((edge) => idOf(edge.node.person) === person && !isProtected(edge))
}

const CASE_CHECKS = makeChecks('protected', { domain: 'cases' })({
  async *participants(world) {
    for (const parent of hasList(world, PARTICIPANTS) ? casesOf(world) : []) {
      for (const as of eachCaller(world)) {
        const { edges } = await readPage(world, connectionAt(PARTICIPANTS), { first: 100, parent, as })
        const wrong = edges?.find(isProtected)
        yield { isGood: wrong === undefined, place: `${PARTICIPANTS}, ${parent}`, came: String(wrong?.node.role) }
      }
    }
  },

  async *list(world) {
    for (const parent of casesWithVictims(world)) {
      const { edges } = await readPage(world, connectionAt(VICTIMS), {
        first: 100,
        parent,
        as: world.callers.trusted,
      })
      const wrong = edges?.find((edge) => !isProtected(edge))
      yield { isGood: wrong === undefined, place: `${VICTIMS}, ${parent}`, came: String(wrong?.node.role) }
    }
  },

  async *'victims-hidden'(world) {
    for (const parent of casesWithVictims(world).slice(0, 3)) {
      const { edges, reply } = await readPage(world, connectionAt(VICTIMS), { first: 100, parent })
      yield { isGood: (edges ?? []).length === 0, place: `${VICTIMS}, ${parent}`, came: reply }
    }
  },

  async *cases(world) {
    for (const person of hasList(world, PARTICIPANTS) ? world.sample.protectedPersons : []) {
      const ways = {
        'Person.cases': { parent: person },
        'Query.cases': { filters: { filter: { participant: person } } },
      }
      for (const as of eachCaller(world)) {
        for (const [coordinate, way] of Object.entries(ways)) {
          if (!hasList(world, coordinate)) continue
          const options = { order: 'ID_ASC', limit: 10, node: 'id', as, ...way }
          const { edges } = await readRows(world, connectionAt(coordinate), options)
          const through: (string | null)[] = []
          for (const id of edges.map(({ node }) => idOf(node)))
            if (!(await isListed(world, id, person, as))) through.push(id)
          const place = `${coordinate}, ${person}, ${as === world.callers.trusted ? '?1' : '?0'}`
          yield { isGood: through.length === 0, place, came: through.join(' ') }
        }
      }
    }
  },
})

/**
 * The protected persons that the checks know: a trusted caller reads them, and the reader does not. Whom a case names as a witness may be a suspect
 * in another, which nobody protects.
 */
async function readProtected(world: World): Promise<readonly Searchable[]> {
  const { reader, trusted } = world.callers
  const read = async (id: string, as: Caller): Promise<Node> =>
    asObject((await readEntities(world, typeOf('Person', 'persons'), [id], as)).entities?.[0])
  const persons: Searchable[] = []
  for (const id of new Set([...world.sample.protectedPersons, ...world.hidden])) {
    const person = await read(id, trusted)
    if (idOf(person) === id && (world.hidden.includes(id) || idOf(await read(id, reader)) !== id))
      persons.push(toSearchable(person))
  }
  return persons
}

/** Makes a check that asks for each protected person in each way, as each caller. */
function protectedCheck(
  judge: (world: World, search: object, as: Caller, id: string) => Promise<Omit<Tried, 'place'>>,
): Check['run'] {
  return async function* (world) {
    for (const { id, name, birthDate, identifier } of await readProtected(world)) {
      const searches: object[] = name === null || birthDate === null ? [] : [{ name, birthDate }]
      if (identifier !== null) searches.push({ identifier })
      for (const search of searches) {
        const place = `${id}, ${Object.keys(search).join()}`
        for (const as of eachCaller(world)) yield { place, ...(await judge(world, search, as, id)) }
      }
    }
  }
}

/** The checks of persons. */
export const PERSON_CHECKS = [
  ...SEARCH_CHECKS,
  ...CASE_CHECKS,
  ...makeChecks('protected', { domain: 'persons' })({
    search: protectedCheck(async (world, search, as, id) => {
      const { reply, bands } = await searchPersons(world, search, as)
      return { isGood: hasMember(reply, 'persons') && !bands.has(id), came: reply }
    }),

    hits: protectedCheck(async (world, search, as) => {
      const { hits, reply } = await askHits(world, search, { as })
      const hit = hits[0]?.hit
      return { isGood: hit === false, expected: 'hit: false', came: hit === undefined ? reply : `hit: ${hit}` }
    }),
  }),
]

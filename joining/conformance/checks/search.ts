import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, describeReply, hasMember } from '../leg.ts'
import { askHit, askListHits, foundBy, hitsIn, searchables, searchPersons } from './ask-persons.ts'

/** The search for persons, and hits. What a name is near to is judged by tests of the search itself; here only what each search must find. */

const NO_PERSONS = both(
  'a person with a name and a birth date whom a case names',
  'una persona con nombre y fecha de nacimiento que un caso nombre',
)
const NO_IDENTIFIERS = both(
  'a person with an identifier whom a case names',
  'una persona con identificador que un caso nombre',
)

const withIdentifier = (world: World) =>
  searchables(world)
    .filter(({ identifier }) => identifier !== null)
    .slice(0, world.tries)
const withName = (world: World) =>
  searchables(world)
    .filter(({ name, birthDate }) => name !== null && birthDate !== null)
    .slice(0, world.tries)

const byIdentifier: Check = {
  id: 'search.identifier',
  async run(world) {
    const tally = createTally()
    for (const { id, identifier } of withIdentifier(world)) {
      const reply = await searchPersons(world, { identifier })
      const band = foundBy(reply).get(id)
      tally.note(
        band === 'EXACT_IDENTIFIER',
        id,
        same('EXACT_IDENTIFIER'),
        band === undefined ? both('not found', 'no encontrada') : same(String(band)),
      )
    }
    return tally.result(NO_IDENTIFIERS)
  },
}

const byName: Check = {
  id: 'search.name',
  async run(world) {
    const tally = createTally()
    for (const { id, name, birthDate } of withName(world)) {
      for (const written of [name, name?.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()]) {
        const band = foundBy(await searchPersons(world, { name: written, birthDate })).get(id)
        tally.note(
          band === 'STRONG',
          id,
          same('STRONG'),
          band === undefined ? both('not found', 'no encontrada') : same(String(band)),
        )
      }
    }
    return tally.result(NO_PERSONS)
  },
}

const contradiction: Check = {
  id: 'search.contradiction',
  async run(world) {
    const tally = createTally()
    for (const { id, identifier, name, birthDate } of withName(world)) {
      const other = { name, birthDate: birthDate === '1931-07-15' ? '1962-11-26' : '1931-07-15' }
      const searches = [
        other,
        ...(identifier === null ? [] : [{ name, identifier: { ...identifier, value: `X${identifier.value}9` } }]),
      ]
      for (const search of searches) {
        const reply = await searchPersons(world, search)
        tally.note(
          hasMember(reply, 'persons') && !foundBy(reply).has(id),
          id,
          both('not found', 'no encontrada'),
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(NO_PERSONS)
  },
}

const nobody: Check = {
  id: 'search.nobody',
  async run(world) {
    const tally = createTally()
    if (!world.schemas.has('persons')) return tally.result(NO_PERSONS)
    const search = { identifier: { category: 'PASSPORT', jurisdiction: 'AQ', value: 'CONFORMANCE0000' } }
    const page = await searchPersons(world, search)
    tally.note(
      hasMember(page, 'persons') && foundBy(page).size === 0,
      'Query.persons',
      same('[]'),
      same(describeReply(page)),
    )
    const reply = await askHit(world, search)
    const [hit] = hitsIn(reply)
    tally.note(
      hit?.hit === false && hit.band === null,
      'Query.personHits',
      same('hit: false'),
      same(JSON.stringify(hit ?? describeReply(reply))),
    )
    return tally.result(NO_PERSONS)
  },
}

const hits: Check = {
  id: 'search.hits',
  async run(world) {
    const tally = createTally()
    for (const { id, name, birthDate } of withName(world)) {
      const reply = await askHit(world, { name, birthDate })
      const all = hitsIn(reply)
      const isGood =
        all.length === 1 && all[0]?.hit === true && all[0].band === 'STRONG' && all[0].country === world.facts.country
      tally.note(
        isGood,
        id,
        same('hit: true, STRONG'),
        same(all.length === 0 ? describeReply(reply) : JSON.stringify(all)),
      )
    }
    return tally.result(NO_PERSONS)
  },
}

/** The band of a hit search by itself. */
const bandOf = async (world: World, search: object): Promise<string> => {
  const reply = await askHit(world, search)
  const [hit] = hitsIn(reply)
  return hit === undefined ? describeReply(reply) : String(hit.band)
}

const hitDates: Check = {
  id: 'search.hit-dates',
  async run(world) {
    const tally = createTally()
    for (const [at, { id, name, birthDate }] of withName(world).entries()) {
      const day = String(birthDate).slice(4)
      // Leap years, because somebody was born on 29 February.
      const ask = (on: string): Promise<string> => bandOf(world, { name, birthDate: `${9004 + 4 * at}${on}` })
      const other = await ask(day === '-01-01' ? '-02-02' : '-01-01')
      const came = await ask(day)
      tally.note(came === other, id, same(other), same(came))
    }
    return tally.result(NO_PERSONS)
  },
}

const hitIdentifiers: Check = {
  id: 'search.hit-identifiers',
  async run(world) {
    const tally = createTally()
    for (const { id, identifier, name, birthDate } of withName(world)) {
      if (identifier === null) continue
      const wrong = { ...identifier, value: `X${identifier.value}9` }
      const without = await bandOf(world, { name, birthDate })
      const beside = await bandOf(world, { name, birthDate, identifier: wrong })
      tally.note(beside === without, id, same(without), same(beside))
      const dateless = await bandOf(world, { name, identifier: wrong })
      tally.note(dateless === 'null', id, same('null'), same(dateless))
    }
    return tally.result(NO_IDENTIFIERS)
  },
}

const hitOwners: Check = {
  id: 'search.hit-owners',
  async run(world) {
    const tally = createTally()
    for (const { id, identifier } of withIdentifier(world)) {
      const others = [{ name: 'Conformance Nobody' }, { birthDate: '1931-07-15' }, { nationality: 'AQ' }]
      for (const other of others) {
        const band = await bandOf(world, { identifier, ...other })
        tally.note(band === 'EXACT_IDENTIFIER', id, same('EXACT_IDENTIFIER'), same(band))
      }
    }
    return tally.result(NO_IDENTIFIERS)
  },
}

const hitNationalities: Check = {
  id: 'search.hit-nationalities',
  async run(world) {
    const tally = createTally()
    for (const { id, name, birthDate } of withName(world)) {
      const without = await bandOf(world, { name, birthDate })
      const other = await bandOf(world, { name, birthDate, nationality: 'AQ' })
      tally.note(other === without, id, same(without), same(other))
    }
    return tally.result(NO_PERSONS)
  },
}

const listHits: Check = {
  id: 'search.list-hits',
  async run(world) {
    const tally = createTally()
    const known = withName(world).map(({ name, birthDate }) => ({ name, birthDate }))
    if (known.length === 0) return tally.result(NO_PERSONS)
    const unknown = { identifier: { category: 'PASSPORT', jurisdiction: 'AQ', value: 'CONFORMANCE0000' } }
    const reply = await askListHits(world, [unknown, ...known, unknown])
    const items = hitsIn(reply).map(({ item }) => item)
    const expected = known.map((_, at) => at + 1)
    tally.note(
      JSON.stringify(items) === JSON.stringify(expected),
      'Query.personListHits',
      same(JSON.stringify(expected)),
      same(items.length === 0 ? describeReply(reply) : JSON.stringify(items)),
    )
    return tally.result(NO_PERSONS)
  },
}

const tooWide: Check = {
  id: 'search.too-wide',
  async run(world) {
    const tally = createTally()
    if (!world.schemas.has('persons')) return tally.result(NO_PERSONS)
    for (const search of [{ name: 'Ana' }, { birthDate: '1990-01-01' }, { nationality: 'GT' }]) {
      const reply = await askHit(world, search)
      tally.note(
        codesOf(reply).includes('SEARCH_TOO_WIDE') && hitsIn(reply).length === 0,
        Object.keys(search).join(),
        same('SEARCH_TOO_WIDE'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_PERSONS)
  },
}

/** The checks of searches. */
export const SEARCH_CHECKS: readonly Check[] = [
  byIdentifier,
  byName,
  contradiction,
  nobody,
  hits,
  hitDates,
  hitIdentifiers,
  hitOwners,
  hitNationalities,
  listHits,
  tooWide,
].map((check) => ({ ...check, domain: 'persons' }))

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
  title: both(
    'A search by a recorded identifier finds the person, as EXACT_IDENTIFIER',
    'Una búsqueda por un identificador registrado encuentra a la persona, como EXACT_IDENTIFIER',
  ),
  remedy: both(
    'Compare category, jurisdiction, and the letters and digits of the value.',
    'Compare categoría, jurisdicción, y las letras y cifras del valor.',
  ),
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
  title: both(
    'A search by the recorded name and birth date finds the person, as STRONG',
    'Una búsqueda por el nombre y la fecha de nacimiento registrados encuentra a la persona, como STRONG',
  ),
  remedy: both(
    'Fold names (no accents, Ñ as N) and compare their words in any order. Equal days and equal words are STRONG.',
    'Simplifique los nombres (sin tildes, Ñ como N) y compare sus palabras en cualquier orden. Días iguales y palabras iguales son STRONG.',
  ),
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
  title: both(
    'A search that contradicts a record does not find it',
    'Una búsqueda que contradice un registro no lo encuentra',
  ),
  remedy: both(
    'A recorded identifier of the same category and jurisdiction with another value excludes the person, and so does another birth date.',
    'Un identificador registrado de la misma categoría y jurisdicción con otro valor excluye a la persona, y también otra fecha de nacimiento.',
  ),
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
  title: both(
    'A search for somebody whom nobody knows finds nobody, and is not a hit',
    'Una búsqueda de alguien a quien nadie conoce no encuentra a nadie, y no es coincidencia',
  ),
  remedy: both('Give an empty page, and `hit: false`.', 'Devuelva una página vacía, y `hit: false`.'),
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
  title: both(
    'A hit says that the country knows the person, once and for itself',
    'Una coincidencia dice que el país conoce a la persona, una vez y por sí mismo',
  ),
  remedy: both(
    'Give one hit with your own code, `hit: true` and the best band.',
    'Devuelva una coincidencia con su propio código, `hit: true` y la mejor banda.',
  ),
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
  title: both(
    'A hit search for a date on which nobody alive was born does not tell day or month',
    'Una consulta de coincidencia con una fecha en la que no nació nadie que viva no revela el día ni el mes',
  ),
  remedy: both(
    'In a hit search, take only these dates as near: day and month swapped, or one year more or less. Otherwise 366 questions would tell a birthday.',
    'En una consulta de coincidencia, tome por cercanas solo estas fechas: día y mes invertidos, o un año más o menos. Si no, 366 preguntas revelarían un cumpleaños.',
  ),
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
  title: both(
    'A wrong identifier beside a name changes nothing in a hit search',
    'Un identificador equivocado junto a un nombre no cambia nada en una consulta de coincidencia',
  ),
  remedy: both(
    'In a hit search, let an identifier that nobody has neither exclude a person nor stand for the birth date.',
    'En una consulta de coincidencia, un identificador que nadie tiene no debe excluir a una persona ni reemplazar la fecha de nacimiento.',
  ),
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
  title: both(
    'A recorded identifier is a hit, whatever name, birth date and nationality stand beside it',
    'Un identificador registrado es una coincidencia, sean cuales sean el nombre, la fecha de nacimiento y la nacionalidad que lo acompañen',
  ),
  remedy: both(
    'In a hit search with an identifier that somebody has, compare nothing else. Otherwise whoever has the document could try names and dates of its owner.',
    'En una consulta de coincidencia con un identificador que alguien tiene, no compare nada más. Si no, quien tiene el documento podría probar nombres y fechas de su titular.',
  ),
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
  title: both(
    'A nationality changes nothing in a hit search',
    'Una nacionalidad no cambia nada en una consulta de coincidencia',
  ),
  remedy: both(
    'Do not compare the nationality in a hit search. Otherwise an officer could find it out by asking for one after another.',
    'No compare la nacionalidad en una consulta de coincidencia. Si no, se podría averiguar preguntando por una tras otra.',
  ),
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
  title: both(
    'A list of searches has a hit for each person whom the country knows, by the number of the search',
    'Una lista de búsquedas tiene una coincidencia por cada persona que el país conoce, por el número de la búsqueda',
  ),
  remedy: both(
    'Count items from 0, in the order asked, and leave out those without a hit.',
    'Cuente los elementos desde 0, en el orden pedido, y omita los que no coinciden.',
  ),
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
  title: both(
    'A hit search without an identifier, and without a name and a birth date, is refused',
    'Una consulta de coincidencia sin identificador, y sin nombre y fecha de nacimiento, se rechaza',
  ),
  remedy: both(
    'Give an error with the code SEARCH_TOO_WIDE. Otherwise an officer could trawl.',
    'Devuelva un error con el código SEARCH_TOO_WIDE. Si no, se podría pescar a ciegas.',
  ),
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

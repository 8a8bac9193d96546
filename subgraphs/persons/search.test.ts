import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type IdentifierCategory, normalIdentifier } from '../../contract/identifiers.ts'
import {
  bestHit,
  type FoundInWorld,
  findPersons,
  type WorldIdentifier,
  type WorldPerson,
  type WorldSearch,
} from '../../tests/oracle/band-oracle.ts'
import type { WorldName } from '../../tests/oracle/name-oracle.ts'
import { randomCases } from '../../tests/share.ts'
import { readAs } from '../kit/read-as.ts'
import { createTestExecutor, openTestDatabase, TEST_SIGHT, type TestDatabase } from '../kit/testing.ts'
import type { Reader } from '../kit/types.ts'
import { bestBands } from './matches.ts'
import { personsModule } from './module.ts'
import { type Band, parseHitSearch } from './search.ts'
import { replacePersons } from './testing.ts'

let database: TestDatabase
let ask: ReturnType<typeof createTestExecutor>

beforeAll(async () => {
  database = await openTestDatabase([personsModule], 'GT')
  ask = createTestExecutor(personsModule, database.db, 'GT', { contactPoint: 'enlace@mp.example' })
})
afterAll(() => database?.close())

interface Page {
  readonly edges: readonly {
    readonly cursor: string
    readonly band: string
    readonly score: number
    readonly matchedName: string | null
    readonly node: { readonly id: string }
  }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly endCursor: string | null
  }
}

const PAGE = `query ($search: PersonSearch!, $first: Int, $after: String, $orderBy: PersonOrder) {
  persons(countries: ["GT"], search: $search, first: $first, after: $after, orderBy: $orderBy) {
    edges { cursor band score matchedName node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`

/** Reads all pages, as `id band`. */
async function search(
  criteria: object,
  options: { first?: number; orderBy?: string } = {},
): Promise<readonly string[]> {
  return (await searchEdges(criteria, options)).map(({ id, band }) => `${id} ${band}`)
}

/** Reads all pages. */
async function searchEdges(
  search: object,
  { first = 20, orderBy = 'BEST_MATCH' } = {},
): Promise<readonly FoundInWorld[]> {
  const found: FoundInWorld[] = []
  let after: string | null = null
  do {
    const answer = await ask(PAGE, { search, first, after, orderBy })
    expect(answer.errors).toBeUndefined()
    const page: Page = (answer.data as { persons: Page }).persons
    expect(page.edges.length).toBeLessThanOrEqual(first)
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null)
    found.push(
      ...page.edges.map(({ node, band, score, matchedName }) => ({
        id: node.id,
        band: band as Band,
        score,
        matchedName,
      })),
    )
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return found
}

async function codeOf(field: 'persons' | 'personHits', search: object): Promise<unknown> {
  const query =
    field === 'persons'
      ? PAGE
      : 'query ($search: PersonHitSearch!) { personHits(countries: ["GT"], search: $search) { hits { hit } } }'
  return (await ask(query, { search })).errors?.[0]?.extensions?.code
}

function person(id: string, names: readonly (string | WorldName)[], rest: Partial<WorldPerson> = {}): WorldPerson {
  return {
    id: `GT:${id}`,
    protected: false,
    birthDate: null,
    nationalities: null,
    identifiers: [],
    ...rest,
    names: names.map((name) => (typeof name === 'string' ? { full: name, givenNames: null, surnames: null } : name)),
  }
}

const DPI: WorldIdentifier = { category: 'NATIONAL_ID', jurisdiction: 'GT', value: '2345 67890 0101' }
const NUNEZ: WorldName = {
  full: 'José Ángel Núñez Peña',
  givenNames: ['José', 'Ángel'],
  surnames: ['Núñez', 'Peña'],
}
const PEOPLE: readonly WorldPerson[] = [
  person('P-1', [NUNEZ], { birthDate: '1985-03-04', nationalities: ['GT', 'HN'], identifiers: [DPI] }),
  person('P-2', [{ full: 'Juan Carlos Pérez', givenNames: ['Juan', 'Carlos'], surnames: ['Pérez'] }], {
    birthDate: '1990-07-12',
    nationalities: ['SV'],
  }),
  person('P-3', ['María de la Cruz Rodríguez López', 'La Chata'], { birthDate: '1985-03-04' }),
  person('P-4', ['Juan Pérez Gómez'], { identifiers: [{ ...DPI, value: '999' }] }),
  person('P-5', ['José Ángel Núñez Peña'], { protected: true, birthDate: '1985-03-04', nationalities: ['GT'] }),
  person('P-6', ['Wilmer Xicará'], { nationalities: ['GT'] }),
]

describe('the search for persons', () => {
  beforeEach(() => replacePersons(database.db, PEOPLE))

  it.each<[string, WorldSearch, readonly string[]]>([
    ['the whole name', { name: 'José Ángel Núñez Peña' }, ['GT:P-1 STRONG']],
    ['Ñ and accents left out', { name: 'jose angel nunez pena' }, ['GT:P-1 STRONG']],
    ['Ñ as a letter and a combining tilde', { name: 'Jose Nun\u0303ez' }, ['GT:P-1 STRONG']],
    ['capitals', { name: 'JOSÉ NÚÑEZ' }, ['GT:P-1 STRONG']],
    ['surnames first, with a comma', { name: 'Núñez Peña, José Ángel' }, ['GT:P-1 STRONG']],
    ['one surname where two are recorded', { name: 'José Núñez' }, ['GT:P-1 STRONG']],
    ['only the second surname', { name: 'Peña José' }, ['GT:P-1 WEAK']],
    ['a surname more and a given name less than recorded', { name: 'Juan Pérez López' }, ['GT:P-2 WEAK']],
    ['another second surname than the recorded', { name: 'José Núñez Castro' }, []],
    ['a name that two share', { name: 'Juan Perez' }, ['GT:P-2 STRONG', 'GT:P-4 STRONG']],
    ['particles left out', { name: 'Maria Cruz Rodriguez' }, ['GT:P-3 STRONG']],
    ['particles too many', { name: 'María de los Cruz y Rodríguez' }, ['GT:P-3 STRONG']],
    ['an alias of one distinctive word', { name: 'la chata' }, ['GT:P-3 STRONG']],
    ['one word of several', { name: 'Xicará' }, ['GT:P-6 WEAK']],
    ['a letter wrong', { name: 'José Núñes' }, ['GT:P-1 WEAK']],
    ['two letters wrong in a long word', { name: 'María Rodriges López' }, ['GT:P-3 WEAK']],
    ['a letter more', { name: 'Wilmerr Xicará' }, ['GT:P-6 WEAK']],
    ['a letter less in a short word', { name: 'Jun Pérez Gómez' }, ['GT:P-4 WEAK', 'GT:P-2 WEAK']],
    ['neighbours swapped in a short word', { name: 'Jaun Pérez Gómez' }, ['GT:P-4 WEAK', 'GT:P-2 WEAK']],
    ['a typo and a surname more than recorded', { name: 'Jaun Peres Solórzano' }, ['GT:P-2 WEAK']],
    ['an initial and a given name more than recorded', { name: 'J. Rosa Pérez Gómez' }, ['GT:P-4 WEAK']],
    ['a word that nobody has', { name: 'José Núñez Zzyzx' }, []],
    ['the birth date too', { name: 'José Núñez', birthDate: '1985-03-04' }, ['GT:P-1 STRONG']],
    ['a day off', { name: 'José Núñez', birthDate: '1985-03-05' }, ['GT:P-1 WEAK']],
    ['day and month swapped', { name: 'José Núñez', birthDate: '1985-04-03' }, ['GT:P-1 WEAK']],
    ['another birth date', { name: 'José Núñez', birthDate: '1971-11-30' }, []],
    ['a typo and a day off', { name: 'José Núñes', birthDate: '1985-03-05' }, []],
    [
      'a birth date on which one record is silent',
      { name: 'Juan Pérez', birthDate: '1990-07-12' },
      ['GT:P-2 STRONG', 'GT:P-4 WEAK'],
    ],
    ['only a birth date', { birthDate: '1985-03-04' }, ['GT:P-1 WEAK', 'GT:P-3 WEAK']],
    ['only a birth date, a day off', { birthDate: '1985-03-05' }, []],
    [
      'an identifier written otherwise',
      { identifier: { ...DPI, value: '2345-678900101' } },
      ['GT:P-1 EXACT_IDENTIFIER'],
    ],
    ['an identifier of another category', { identifier: { ...DPI, category: 'PASSPORT' } }, []],
    ['an identifier of another jurisdiction', { identifier: { ...DPI, jurisdiction: 'HN' } }, []],
    ['identifier and a name with a typo', { identifier: DPI, name: 'José Núñes' }, ['GT:P-1 EXACT_IDENTIFIER']],
    ['identifier and another name', { identifier: DPI, name: 'Wilmer Xicará' }, ['GT:P-6 STRONG']],
    ['identifier and a contradicting birth date', { identifier: DPI, birthDate: '1971-11-30' }, []],
    ['a name and an identifier that contradicts one', { identifier: DPI, name: 'Juan Pérez' }, ['GT:P-2 STRONG']],
    ['only a nationality', { nationality: 'GT' }, ['GT:P-1 WEAK', 'GT:P-6 WEAK']],
    ['a name and a nationality', { name: 'Juan Pérez', nationality: 'SV' }, ['GT:P-2 STRONG']],
    ['a name and a nationality that it has not', { name: 'José Núñez', nationality: 'SV' }, []],
    ['signs of patterns', { name: `100% _x'); drop` }, []],
  ])('finds by %s', async (_title, criteria, expected) => {
    expect(await search(criteria)).toEqual(expected)
    expect(findPersons(PEOPLE, criteria).map(({ id, band }) => `${id} ${band}`)).toEqual(expected)
  })

  it('returns the band in the order by id too', async () => {
    const criteria = { name: 'Juan Pérez', birthDate: '1990-07-12' }
    await replacePersons(
      database.db,
      PEOPLE.map((one) => (one.id === 'GT:P-2' ? { ...one, id: 'GT:P-9' } : one)),
    )
    expect(await search(criteria, { first: 1 })).toEqual(['GT:P-9 STRONG', 'GT:P-4 WEAK'])
    expect(await search(criteria, { first: 1, orderBy: 'ID_ASC' })).toEqual(['GT:P-4 WEAK', 'GT:P-9 STRONG'])
  })

  it.each([
    ['no criterion', {}],
    ['criteria that are null', { name: null, birthDate: null, identifier: null, nationality: null }],
    ['a blank name', { name: '  ' }],
    ['a name of only signs', { name: '--' }],
    ['a name with U+0000', { name: 'a\0' }],
    ['a name of 201 characters', { name: 'a'.repeat(201) }],
    ['a name of 7 words', { name: 'b c f g h i j' }],
    ['an identifier of only signs', { identifier: { ...DPI, value: '-.' } }],
    ['an identifier of 101 characters', { identifier: { ...DPI, value: '1'.repeat(101) } }],
  ])('refuses %s', async (_title, criteria) => {
    expect(await codeOf('persons', criteria)).toBe('BAD_USER_INPUT')
  })

  it('rejects a cursor of the other order', async () => {
    const [first] = ((await ask(PAGE, { search: { nationality: 'GT' }, first: 1 })).data as { persons: Page }).persons
      .edges
    const answer = await ask(PAGE, { search: { nationality: 'GT' }, after: first?.cursor, orderBy: 'ID_ASC' })
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_CURSOR')
  })
})

describe('hit or no hit', () => {
  beforeAll(() => replacePersons(database.db, PEOPLE))

  it.each([
    ['the best band of those found', { name: 'Juan Pérez', birthDate: '1990-07-12' }, 'STRONG'],
    ['an identifier', { identifier: DPI }, 'EXACT_IDENTIFIER'],
    ['a birth date with day and month swapped', { name: 'José Núñez', birthDate: '1985-04-03' }, 'WEAK'],
    ['a birth date of the next year', { name: 'José Núñez', birthDate: '1986-03-04' }, 'WEAK'],
    ['a birth date of another day', { name: 'José Núñez', birthDate: '1985-03-05' }, null],
    ['a birth date of another year', { name: 'José Núñez', birthDate: '1987-03-04' }, null],
    [
      'a wrong identifier beside a right name and birth date',
      { name: 'Juan Pérez', birthDate: '1990-07-12', identifier: { ...DPI, value: '7' } },
      'STRONG',
    ],
    ['a wrong identifier beside a right name', { name: 'Juan Pérez Gómez', identifier: { ...DPI, value: '7' } }, null],
    ['an identifier beside another name', { name: 'Juan Pérez Gómez', identifier: DPI }, 'EXACT_IDENTIFIER'],
    ['an identifier beside another birth date', { birthDate: '1950-01-01', identifier: DPI }, 'EXACT_IDENTIFIER'],
    ['an identifier beside another nationality', { nationality: 'BZ', identifier: DPI }, 'EXACT_IDENTIFIER'],
    [
      'a name and a birth date beside another nationality',
      { name: 'Juan Pérez', birthDate: '1990-07-12', nationality: 'BZ' },
      'STRONG',
    ],
    ['nobody', { name: 'Nadie Aquí', birthDate: '1985-03-05' }, null],
  ])('answers with %s', async (_title, criteria, band) => {
    const query = `query ($search: PersonHitSearch!) {
      personHits(countries: ["GT"], search: $search) { hits { country hit band contactPoint } outcomes { country } } }`
    expect(await ask(query, { search: criteria })).toEqual({
      data: {
        personHits: {
          hits: [{ country: 'GT', hit: band !== null, band, contactPoint: 'enlace@mp.example' }],
          outcomes: [],
        },
      },
    })
  })

  it.each([
    ['seven words', 'b c f g h i j', 'at most 6 words besides «de», «la» and the like; came 7'],
    [
      'a long nickname',
      `José "${'Chepe '.repeat(12)}" Luna`,
      'at most 12 words besides «de», «la» and the like; came 14',
    ],
  ])('names the search of a list whose name has %s', async (_title, name, reason) => {
    const searches = [
      { identifier: DPI },
      { name: 'José Núñez', birthDate: '1985-03-04' },
      { name, birthDate: '1985-03-04' },
    ]
    const query = `query ($searches: [PersonHitSearch!]!) {
      personListHits(countries: ["GT"], searches: $searches) { hits { item } } }`
    const [error] = (await ask(query, { searches })).errors ?? []
    expect(error?.message).toContain(`Query.personListHits(searches:)[2].name takes ${reason}`)
    expect(error?.extensions?.code).toBe('BAD_USER_INPUT')
  })

  it('never hits a protected person', async () => {
    const only = { ...PEOPLE[4], identifiers: [DPI] } as WorldPerson
    await replacePersons(database.db, [only])
    for (const criteria of [{ identifier: DPI }, { name: 'José Ángel Núñez Peña', birthDate: '1985-03-04' }]) {
      const query = `query ($search: PersonHitSearch!) {
        personHits(countries: ["GT"], search: $search) { hits { hit band } } }`
      expect(await ask(query, { search: criteria })).toEqual({
        data: { personHits: { hits: [{ hit: false, band: null }] } },
      })
      expect(await search(criteria)).toEqual([])
    }
  })

  it.each([
    ['only a name', { name: 'Juan' }, 'SEARCH_TOO_WIDE'],
    ['only a birth date', { birthDate: '1990-07-12' }, 'SEARCH_TOO_WIDE'],
    ['only a nationality', { nationality: 'GT' }, 'SEARCH_TOO_WIDE'],
    ['nothing', {}, 'SEARCH_TOO_WIDE'],
    ['a blank name with a birth date', { name: ' ', birthDate: '1990-07-12' }, 'BAD_USER_INPUT'],
  ])('refuses %s', async (_title, criteria, code) => {
    expect(await codeOf('personHits', criteria)).toBe(code)
  })
})

describe('an identifier that identifies nobody', () => {
  const withId = (number: string, name: string, value: string): WorldPerson =>
    person(number, [name], { birthDate: '1985-03-04', identifiers: [{ ...DPI, value }] })
  // Each has another name.
  const many = (count: number, value: string): readonly WorldPerson[] =>
    Array.from({ length: count }, (_, n) => withId(`M-${n}`, `Juan Pérez ${'ABCDEFGHIJKLMN'[n]}uni`, value))
  const band = async (criteria: object): Promise<unknown> => {
    const query =
      'query ($search: PersonHitSearch!) { personHits(countries: ["GT"], search: $search) { hits { band } } }'
    const answer = (await ask(query, { search: criteria })) as { data: { personHits: { hits: [{ band: unknown }] } } }
    return answer.data.personHits.hits[0].band
  }

  it.each(['SIN CEDULA', 'sincedula', 'N/A', '000-000000-0000X', '0'])(
    'is %s: it makes no hit, and finds nobody',
    async (value) => {
      await replacePersons(database.db, [
        withId('P-1', 'Ana Paz Soto', 'SIN CEDULA'),
        withId('P-2', 'Eva Rosa Lara', '000-000000-0000X'),
        withId('P-3', 'Luz Gil Mora', 'N/A'),
      ])
      for (const more of [{}, { birthDate: '1985-03-04' }]) {
        expect(await band({ identifier: { ...DPI, value }, ...more })).toBeNull()
        expect(await search({ identifier: { ...DPI, value }, ...more })).toEqual([])
      }
      // A name and a birth date decide, as without the identifier.
      const name = 'Ana Paz Soto'
      expect(await band({ identifier: { ...DPI, value }, name, birthDate: '1985-03-04' })).toBe('STRONG')
      expect(await band({ identifier: { ...DPI, value }, name })).toBeNull()
    },
  )

  it('does not hide a person whose recorded document is a placeholder from who searches with the real one', async () => {
    await replacePersons(database.db, [withId('P-1', 'Ana Paz Soto', 'SIN CEDULA')])
    expect(await search({ identifier: DPI, name: 'Ana Paz Soto' })).toEqual(['GT:P-1 STRONG'])
  })

  it('is the number that persons of more than ten names have, and not that of ten', async () => {
    for (const [count, expected] of [
      [10, 'EXACT_IDENTIFIER'],
      [11, null],
    ] as const) {
      await replacePersons(database.db, many(count, '123456789'))
      expect([count, await band({ identifier: { ...DPI, value: '1234-56789' } })]).toEqual([count, expected])
    }
  })

  it('is not the number of one person who was recorded twelve times', async () => {
    const twelve = Array.from({ length: 12 }, (_, n) => withId(`T-${n}`, 'Ana Paz Soto', DPI.value))
    await replacePersons(database.db, twelve)
    expect(await band({ identifier: DPI })).toBe('EXACT_IDENTIFIER')
  })
})

it('reads of a telephone with a frequent name only the names of those who have it', async () => {
  const telephone = { category: 'TELEPHONE', jurisdiction: 'GT', value: '+50255551234' } as const
  const crowd = Array.from({ length: 9 }, (_, n) =>
    person(`P-${n}`, ['Ana Paz Soto', 'Eva Paz'], { identifiers: n === 4 ? [telephone] : [] }),
  )
  await replacePersons(database.db, crowd)
  const reader = readAs(database.db, TEST_SIGHT)
  const read: number[] = []
  const query = async <Row>(...[text, ...rest]: Parameters<Reader['query']>): Promise<Row[]> => {
    const rows = await reader.query<Row>(text, ...rest)
    if (text.includes('candidate_names')) read.push(rows.length)
    return rows
  }
  for (const [name, band] of [
    ['Ana Paz', 'STRONG'],
    ['Paz', 'STRONG'],
    ['Luis Gil', 'WEAK'],
  ] as const) {
    expect(await bestBands({ ...reader, query }, [parseHitSearch({ name, identifier: telephone })], TODAY)).toEqual([
      band,
    ])
  }
  expect(read).toEqual([1, 2, 0])
})

it('has one normal form of all that the database compares as one plate, so the quota of hit searches counts it as one', async () => {
  const signs = Array.from({ length: 0x1_00_00 }, (_, code) => String.fromCharCode(code)).filter((sign) =>
    /[\p{L}\p{N}]/u.test(sign),
  )
  const plates = signs.flatMap(
    (sign) => normalIdentifier({ category: 'VEHICLE_PLATE', jurisdiction: 'GT', value: `P1${sign}` }) ?? [],
  )
  const rows = await database.db.query<{ folded: string }>(
    'select persons.fold_identifier(u.value) as folded from unnest($1::text[]) with ordinality as u(value, i) order by i',
    [plates],
  )
  expect(rows.map(({ folded }) => folded.toUpperCase())).toEqual(plates)
})

// Words that agree in many ways, and signs that say how a word is used.
const WORDS =
  'Juan Jaun José Chepe María Mario Ma. Mariajose J. C. Carlos Karlos Pérez Peres Núñez Nunes López Lopes Lópes Rodríguez Rodriges Castro Zzyx Zzyz Deleón León'.split(
    ' ',
  )
const SIGNS = ['de ', 'viuda de ', 'de la ', 'alias ', '"El Seco" ', ', ']
const DAYS = ['2000-01-02', '2000-02-01', '2000-01-03', '1999-01-02', '1980-05-05']
const word = fc.constantFrom(...WORDS)
const sign = fc.integer({ min: 0, max: 40 }).map((n) => SIGNS[n] ?? '')
const signedWords = (most: number): fc.Arbitrary<string> =>
  fc.array(fc.tuple(sign, word), { minLength: 1, maxLength: most }).map((parts) => parts.flat().join(' '))
const words = (most: number): fc.Arbitrary<string[]> => fc.array(word, { minLength: 1, maxLength: most })
const day = fc.constantFrom(...DAYS)
const country = fc.constantFrom('GT', 'HN')
const identifierOf = (written: Partial<Record<IdentifierCategory, readonly string[]>>): fc.Arbitrary<WorldIdentifier> =>
  fc.oneof(
    fc.record({
      category: fc.constantFrom(
        'NATIONAL_ID' as const,
        'PASSPORT' as const,
        'OTHER' as const,
        'VEHICLE_PLATE' as const,
      ),
      jurisdiction: country,
      value: fc.constantFrom('A-1', 'a1', ' A.1', 'B2', 'ñ3', 'N3', 'S/N', '00-0X'),
    }),
    ...Object.entries(written).map(([category, values]) =>
      fc.record({
        category: fc.constant(category as IdentifierCategory),
        jurisdiction: country,
        value: fc.constantFrom(...values),
      }),
    ),
  )
/** What a search writes. */
const identifier = identifierOf({
  TELEPHONE: ['+50255551234', '+502 5555-1234', '5555 1234', '9999-8888'],
  EMAIL: ['a.b@x.gt', 'A.B@X.gt', 'ab@x.gt'],
  DEVICE_IMEI: ['49-0154', '490154', '777'],
})
/** What is recorded: normal forms, and a text that is none. */
const recordedIdentifiers = identifierOf({
  TELEPHONE: ['+50255551234', '+50299998888', '+50499998888', 'no tiene'],
  EMAIL: ['a.b@x.gt', 'ab@x.gt'],
  DEVICE_IMEI: ['490154', '777'],
})
const worldName = fc.oneof(
  signedWords(5).map((full): WorldName => ({ full, givenNames: null, surnames: null })),
  fc.tuple(words(2), words(2)).map(
    ([givenNames, surnames]): WorldName => ({
      full: [...givenNames, ...surnames].join(' '),
      givenNames,
      surnames,
    }),
  ),
)
const worlds = fc
  .array(
    fc.record({
      protected: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      birthDate: fc.option(day),
      nationalities: fc.option(fc.uniqueArray(country)),
      names: fc.array(worldName, { maxLength: 2 }),
      identifiers: fc.array(recordedIdentifiers, { maxLength: 2 }),
    }),
    { maxLength: 12 },
  )
  .map((people): WorldPerson[] => people.map((one, i) => ({ ...one, id: `GT:P-${(i * 7) % 12}` })))
const searches = fc
  .record(
    {
      name: signedWords(5),
      birthDate: day,
      identifier,
      nationality: country,
    },
    { requiredKeys: [] },
  )
  .filter((criteria) => Object.keys(criteria).length > 0)

// The two words may be one («Mari Sol»), which is a given name then, and stands before the only given name of the record.
it('reads two given names that are joined as a given name', async () => {
  const world = [person('P-0', [{ full: 'Rodríguez Karlos', givenNames: ['Rodríguez'], surnames: ['Karlos'] }])]
  await replacePersons(database.db, world)
  const criteria = { name: 'Karlos Juan Juan de Rodriges' }
  expect(await searchEdges(criteria)).toEqual([])
  expect(findPersons(world, criteria)).toEqual([])
})

it.each(['C', 'J', 'V', 'Z', 'Ñ', 'H'])('finds a surname that is recorded as the initial %s.', async (letter) => {
  const world = [person('P-0', [`de León de ${letter}. de Zzyz`])]
  await replacePersons(database.db, world)
  const criteria = { name: `de ${letter}. de Zzyz` }
  const expected = findPersons(world, criteria)
  expect(expected.map(({ band, score }) => [band, score])).toEqual([['WEAK', 680]])
  expect(await searchEdges(criteria)).toEqual(expected)
})

it('answers each search as the table of bands in memory does, in pages of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(searches, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      async (world, many, first) => {
        await replacePersons(database.db, world)
        for (const criteria of many) {
          const expected = findPersons(world, criteria)
          expect(await searchEdges(criteria, { first })).toEqual(expected)
          expect(await searchEdges(criteria, { first, orderBy: 'ID_ASC' })).toEqual(
            expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
          )
        }
      },
    ),
    { numRuns: randomCases(60) },
  )
})

/** A day on which the dates of the tests are of people who can be alive; the last is not yet. */
const TODAY = '2001-06-30'
const HIT_DAYS = [
  ...DAYS,
  '2001-01-02',
  '1998-12-31',
  '1881-01-01',
  '1880-01-01',
  '2001-07-06',
  '2001-06-07',
  '9996-02-01',
]
const hitDay = fc.constantFrom(...HIT_DAYS)
const hitSearches = fc.oneof(
  fc.record(
    { name: signedWords(4), birthDate: hitDay, identifier, nationality: country },
    { requiredKeys: ['name', 'birthDate'] },
  ),
  fc.record(
    { name: signedWords(4), birthDate: hitDay, identifier, nationality: country },
    { requiredKeys: ['identifier'] },
  ),
)

it('answers each hit search as the table of bands in memory does', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(hitDay, { minLength: 12, maxLength: 12 }),
      fc.array(hitSearches, { minLength: 1, maxLength: 12 }),
      async (people, days, many) => {
        const world = people.map((one, i) => ({ ...one, birthDate: one.birthDate === null ? null : (days[i] ?? null) }))
        await replacePersons(database.db, world)
        const expected = many.map((one) => bestHit(world, one, TODAY))
        expect(await bestBands(readAs(database.db, TEST_SIGHT), many.map(parseHitSearch), TODAY)).toEqual(expected)
      },
    ),
    { numRuns: randomCases(30) },
  )
})

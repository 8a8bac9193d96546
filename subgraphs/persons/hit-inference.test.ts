import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorldPerson } from '../../tests/oracle/band-oracle.ts'
import { randomCases } from '../../tests/share.ts'
import { readAs } from '../kit/read-as.ts'
import { openTestDatabase, type TestDatabase } from '../kit/testing.ts'
import { bestBands } from './matches.ts'
import { personsModule } from './module.ts'
import type { Band, PersonSearch } from './search.ts'
import { replacePersons } from './testing.ts'

/**
 * What can a caller learn by asking for hits only? Two registers differ only in one person's birth date and document. A caller who sees only bands,
 * and chooses each question by all answers before it, gets the same answers from both until he asks for one of the two dates (or one that is near
 * it), or for one of the two documents. So a question tells about a date or a document only whether it is the one that the caller had already.
 *
 * Whoever has a document learns that it exists, and nothing about its owner: if the registers differ in the owner's name, birth date or nationality, all
 * questions with the document have the same answers from both, and the nationality changes no answer at all.
 */

const TODAY = '2026-06-30'
const NAMES = ['Juan Carlos Pérez Núñez', 'María Elena Castro', 'José Rodríguez López']
const SPELLINGS = [
  ...NAMES,
  'Jaun Perez',
  'Chepe Rodriges',
  'M. Castro',
  'Núñez, Juan Carlos',
  'Pérez',
  'Juan Karlos Peres Nunes',
]

const dates = fc
  .date({ min: new Date('1920-01-01'), max: new Date('2020-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const document = fc.record({
  category: fc.constantFrom('NATIONAL_ID' as const, 'PASSPORT' as const),
  jurisdiction: fc.constantFrom('GT', 'HN'),
  value: fc.integer({ min: 0, max: 5 }).map((n) => `A${n}`),
})
const secret = fc.record({ birthDate: dates, identifiers: fc.array(document, { maxLength: 2 }) })
type Secret = Pick<WorldPerson, 'identifiers'> & { readonly birthDate: string }

const others = fc.array(fc.record({ name: fc.constantFrom(...NAMES), birthDate: fc.option(dates) }), { maxLength: 4 })

/** What a register knows of the person whom the attacker is after. */
type Target = Pick<WorldPerson, 'birthDate' | 'identifiers'> & {
  readonly name?: string
  readonly nationalities?: readonly string[]
}

/** The register with one of the two targets. Each register is for one task force, so a leg sees one of them. */
function registerOf(
  register: 0 | 1,
  { name: named = NAMES[0] ?? '', nationalities = [], ...of }: Target,
  rest: readonly { name: string; birthDate: string | null }[],
): readonly WorldPerson[] {
  const target = { name: named, nationalities, ...of }
  const others = rest.map((one) => ({ ...one, nationalities: ['GT'], identifiers: [] }))
  return [target, ...others].map(({ name, ...one }, at) => ({
    ...{ id: `GT:${register}-${at}`, protected: false, ...one },
    names: [{ full: name, givenNames: null, surnames: null }],
  }))
}

/** How the caller makes a date out of one that he suspects: he may keep any part of it, and ask for years in which nobody lives. */
const guesses: readonly ((date: string) => string)[] = [
  (date) => date,
  (date) => `9996${date.slice(4)}`,
  (date) => `1800${date.slice(4)}`,
  (date) => `${date.slice(0, 4)}-${date.slice(8).replace(/^(1[3-9]|[23]\d)$/, '11')}-${date.slice(5, 7)}`,
  (date) => `${date.slice(0, 8)}15`,
  (date) => `${date.slice(0, 5)}07${date.slice(7, 8)}${date.slice(8).replace(/^3.$/, '01')}`,
  (date) => `${Number(date.slice(0, 4)) + 1}${date.slice(4).replace('02-29', '03-01')}`,
  (date) => `${Number(date.slice(0, 4)) - 2}${date.slice(4).replace('02-29', '03-01')}`,
  (date) => `${date.slice(0, 3)}0${date.slice(4).replace('02-29', '02-28')}`,
]

interface Choice {
  readonly spelling: number
  readonly guess: number
  readonly ofSecond: boolean
  readonly withDate: boolean
  readonly document: Secret['identifiers'][number] | null
}

/** Chooses the questions of a step by all answers before it. */
type Attacker = (transcript: string) => readonly Choice[]
const attackers: fc.Arbitrary<Attacker> = fc.func(
  fc.array(
    fc.record({
      spelling: fc.nat({ max: SPELLINGS.length - 1 }),
      guess: fc.nat({ max: guesses.length - 1 }),
      ofSecond: fc.boolean(),
      withDate: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
      document: fc.option(document, { freq: 1 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
)

function toSearch(
  { spelling, guess, ofSecond, withDate, document: identifier }: Choice,
  secrets: readonly [Secret, Secret],
): PersonSearch {
  const name = SPELLINGS[spelling] ?? ''
  const birthDate = guesses[guess]?.(secrets[ofSecond ? 1 : 0].birthDate) ?? ''
  return { name, ...((withDate || identifier === null) && { birthDate }), ...(identifier && { identifier }) }
}

/** Whether a question asks for this secret: for the date or one that is near it, or for a document. */
function asksFor({ birthDate: asked, identifier }: PersonSearch, { birthDate, identifiers }: Secret): boolean {
  const isNamed = identifiers.some(
    ({ category, jurisdiction, value }) =>
      category === identifier?.category && jurisdiction === identifier.jurisdiction && value === identifier.value,
  )
  // Without a date, any date agrees.
  if (isNamed || asked === undefined) return isNamed
  const [year = '', month, day] = asked.split('-')
  const near = [
    asked,
    `${year}-${day}-${month}`,
    `${Number(year) - 1}-${month}-${day}`,
    `${Number(year) + 1}-${month}-${day}`,
  ]
  return near.includes(birthDate)
}

type Ask = (
  searches: readonly PersonSearch[],
  register: 0 | 1,
) => Promise<readonly (Band | null)[]> | readonly (Band | null)[]

/** Lets the attacker ask both registers until their answers differ. @returns the questions of the last step, and whether the answers differed. */
async function attack(
  attacker: Attacker,
  secrets: readonly [Secret, Secret],
  ask: Ask,
  steps: number,
): Promise<readonly PersonSearch[]> {
  let transcript = ''
  for (let step = 0; step < steps; step++) {
    const searches = attacker(transcript).map((choice) => toSearch(choice, secrets))
    const [one, two] = [await ask(searches, 0), await ask(searches, 1)]
    const telling = searches.filter((_, at) => one[at] !== two[at])
    if (telling.length > 0) return telling
    transcript += `${JSON.stringify(one)}\n`
  }
  return []
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([personsModule], 'GT')
})
afterAll(() => database?.close())

/** Registers in the database. */
async function inDatabase(registers: readonly (readonly WorldPerson[])[]): Promise<Ask> {
  await replacePersons(database.db, registers.flat())
  await database.db.query(`update persons.person set shared_with = array['force-' || substr(id, 4, 1)]`)
  return (searches, register) => {
    const db = readAs(database.db, { taskForce: `force-${register}`, showsProtected: false })
    return bestBands(db, searches, TODAY)
  }
}

it('tells two registers apart only by a question for the date or the document in which they differ', async () => {
  await fc.assert(
    fc.asyncProperty(attackers, fc.tuple(secret, secret), others, async (attacker, secrets, rest) => {
      const ask = await inDatabase([registerOf(0, secrets[0], rest), registerOf(1, secrets[1], rest)])
      for (const telling of await attack(attacker, secrets, ask, 8)) {
        expect(
          secrets.some((one) => asksFor(telling, one)),
          JSON.stringify({ telling, secrets }),
        ).toBe(true)
      }
    }),
    { numRuns: randomCases(40) },
  )
})

/** What an attacker may put beside a document, or ask without one. */
const asked = fc.record(
  {
    name: fc.constantFrom(...SPELLINGS, ...SPELLINGS.flatMap((one) => one.split(' '))),
    birthDate: fc.oneof(dates, fc.constantFrom('1974-07-10', '1974-10-07', '1981-02-03')),
    nationality: fc.constantFrom('GT', 'HN', 'SV'),
  },
  { requiredKeys: [] },
)
const OWNED = { category: 'NATIONAL_ID' as const, jurisdiction: 'GT', value: 'A1' }
const OWNER = { name: NAMES[0] ?? '', birthDate: '1974-07-10', nationalities: ['GT'], identifiers: [OWNED] }

it.each<[string, Partial<Target>]>([
  ['name', { name: NAMES[1] ?? '' }],
  ['birth date', { birthDate: '1981-02-03' }],
  ['nationality', { nationalities: ['HN'] }],
])('tells whoever has a document only that it exists, and not the %s of its owner', async (differs, other) => {
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 8 }), others, async (questions, rest) => {
      const ask = await inDatabase([registerOf(0, OWNER, rest), registerOf(1, { ...OWNER, ...other }, rest)])
      const known = questions.map((question) => ({ ...question, identifier: OWNED }))
      expect(await ask(known, 0)).toEqual(known.map(() => 'EXACT_IDENTIFIER'))
      expect(await ask(known, 1)).toEqual(known.map(() => 'EXACT_IDENTIFIER'))

      // A document of nobody opens no question by a name alone, and changes none.
      const madeUp = questions.map((question) => ({ ...question, identifier: { ...OWNED, value: 'Z9' } }))
      for (const register of [0, 1] as const) {
        const without = await ask(questions, register)
        const answers = await ask(madeUp, register)
        expect(answers).toEqual(without)
        const open = questions.flatMap(({ name, birthDate }, at) => (name && birthDate ? [] : [answers[at]]))
        expect(open).toEqual(open.map(() => null))
      }
      if (differs === 'nationality') expect(await ask(madeUp, 0)).toEqual(await ask(madeUp, 1))
    }),
    { numRuns: randomCases(25) },
  )
})

const SHARED = { category: 'TELEPHONE' as const, jurisdiction: 'GT', value: '+50255551234' }
const SHARER = { ...OWNER, identifiers: [SHARED] }

it.each<[string, Partial<Target>]>([
  ['birth date', { birthDate: '1981-02-03' }],
  ['nationality', { nationalities: ['HN'] }],
])(
  'tells whoever has a telephone only whether the name beside it is the one of its owner, and not the %s',
  async (_, other) => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 8 }), others, async (questions, rest) => {
        const ask = await inDatabase([registerOf(0, SHARER, rest), registerOf(1, { ...SHARER, ...other }, rest)])
        const known = questions.map((question) => ({ ...question, identifier: { ...SHARED, jurisdiction: null } }))
        const bands = await ask(known, 0)
        expect(bands).not.toContain(null)
        expect(bands).not.toContain('EXACT_IDENTIFIER')
        expect(await ask(known, 1)).toEqual(bands)

        const madeUp = known.map((question) => ({
          ...question,
          identifier: { ...question.identifier, value: '+50299998888' },
        }))
        expect(await ask(madeUp, 0)).toEqual(await ask(questions, 0))
      }),
      { numRuns: randomCases(25) },
    )
  },
)

it('does not tell day and month to whoever asks each day of a year in which nobody lives, nor the year to whoever has day and month', async () => {
  const secrets = { birthDate: '1974-07-10', identifiers: [] }
  const ask = await inDatabase([registerOf(0, secrets, []), []])
  const name = NAMES[0] ?? ''
  const days = Array.from({ length: 366 }, (_, n) => new Date(Date.UTC(9996, 0, 1 + n)).toISOString().slice(0, 10))
  const years = Array.from({ length: 110 }, (_, n) => `${1917 + n}-07-10`)
  const bands = async (of: readonly string[]) => {
    const found = await ask(
      of.map((birthDate) => ({ name, birthDate })),
      0,
    )
    return of.flatMap((date, at) => (found[at] === null ? [] : [`${date} ${found[at]}`]))
  }
  expect(await bands(days)).toEqual([])
  expect(await bands(years)).toEqual(['1973-07-10 WEAK', '1974-07-10 STRONG', '1975-07-10 WEAK'])
  expect(await bands(['1974-10-07', '1974-07-11', '1974-08-10', '1976-07-10'])).toEqual(['1974-10-07 WEAK'])
})

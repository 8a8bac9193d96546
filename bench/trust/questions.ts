/** What the bench asks, and what the right answers are. */

/** The countries of the bench. The first two answer the hot questions, and all of them the question of a cold caller. */
export const COUNTRIES = ['HN', 'SV', 'NI', 'CR', 'PA'] as const

/** When each case was filed. */
export const FILED_ON = '2024-03-01'

/** The numbers of the persons who take part in each case. */
export const PARTICIPANTS = [1, 2, 3]

/** Returns the country whose persons a country's records name. */
export function neighbourOf(country: string): string {
  return country === 'HN' ? 'SV' : 'HN'
}

/** Returns the court of a case. */
export const courtOf = (id: string): string => `Juzgado de Letras de ${id}`

/** Returns the name of a person. */
export const nameOf = (id: string): string => `Nombre de ${id}`

/** One question. */
export interface Question {
  readonly name: string
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  /** The `data` of the right answer. */
  readonly data: unknown
  /** The countries that the question leads to. */
  readonly countries: readonly string[]
}

/** One field of one record of one country. */
export const ONE_FIELD: Question = {
  name: 'one field',
  document: 'query OneField($id: ID!) { case(id: $id) { court } }',
  variables: { id: 'HN:C-1' },
  data: { case: { court: courtOf('HN:C-1') } },
  countries: ['HN'],
}

const CASES = 2

/** A person, the cases that two countries have about the person, and who takes part in them, in the other country. */
export const NESTED: Question = {
  name: 'nested',
  document: `query Nested($id: ID!, $countries: [CountryCode!], $cases: Int, $participants: Int) {
  person(id: $id) {
    id names { full } sameAs { id names { full } }
    cases(first: $cases, countries: $countries) {
      edges { node { id filedOn court
        participants(first: $participants) { edges { node { role person { id names { full } } } } } } }
    }
  }
}`,
  variables: { id: 'HN:P-1', countries: ['HN', 'SV'], cases: CASES, participants: PARTICIPANTS.length },
  data: {
    person: {
      ...{ id: 'HN:P-1', names: [{ full: nameOf('HN:P-1') }] },
      sameAs: [{ id: 'SV:P-9', names: [{ full: nameOf('SV:P-9') }] }],
      cases: { edges: Array.from({ length: CASES }, (_, at) => ({ node: expectedCase('HN', at) })) },
    },
  },
  countries: ['HN', 'SV'],
}

/** The cases of all countries: what a cold caller asks first. */
export const FIVE_COUNTRIES: Question = {
  name: 'five countries',
  document:
    'query Five($countries: [CountryCode!], $cases: Int) { cases(first: $cases, countries: $countries) { edges { node { id } } } }',
  variables: { countries: COUNTRIES, cases: 1 },
  data: { cases: { edges: [{ node: { id: 'CR:C-0' } }] } },
  countries: COUNTRIES,
}

function expectedCase(country: string, number: number): object {
  const id = `${country}:C-${number}`
  const edges = PARTICIPANTS.map((at) => {
    const person = `${neighbourOf(country)}:P-${at}`
    return { node: { role: 'ACCUSED', person: { id: person, names: [{ full: nameOf(person) }] } } }
  })
  return { id, filedOn: FILED_ON, court: courtOf(id), participants: { edges } }
}

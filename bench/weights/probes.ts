/** A leg for each field that has a weight, with what makes the field dearest. */
import type { Domain } from '../../contract/domain.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { COUNTRY, type LegOperation } from '../node/operations.ts'

const EVERY_FIELDS = [
  'cases',
  'warrants',
  'caseCounts',
  'statutes',
  'mlaRequests',
  'dualCriminality',
  'persons',
  'personHits',
  'personListHits',
]

/** What is asked to measure one field. */
export interface Probe {
  /** The field's coordinate. */
  readonly field: string
  readonly leg: LegOperation
  /** The same leg without the field. */
  readonly base: LegOperation
  /** How often the leg asks the field. */
  readonly calls: number
  /** How many items the list argument that is charged by item has, in all calls. */
  readonly items: number
}

/** How many records a leg asks a field of. */
const PARENTS = 50

/** How many aliases a leg asks of a field of `Query`. */
const ALIASES = 4

/** How many searches one list has. */
const SEARCHES = 100

/** Real ids and names of the country that is asked. */
interface Samples {
  readonly Case: readonly string[]
  readonly Person: readonly string[]
  readonly Warrant: readonly string[]
  readonly MutualLegalAssistanceRequest: readonly string[]
  readonly names: readonly string[]
}

/** Makes the probes for a country's database. */
export async function makeProbes(db: Database): Promise<readonly Probe[]> {
  const samples = await readSamples(db)
  return [...rootProbes(samples), ...recordProbes(samples)]
}

async function readSamples(db: Database): Promise<Samples> {
  const read = async (sql: string): Promise<readonly string[]> =>
    (await db.query<{ readonly id: string }>(`${sql} limit 2000`)).map(({ id }) => id)
  return {
    Case: await read('select id from cases.case_file order by md5(id)'),
    Person: await read('select id from persons.person where not protected order by md5(id)'),
    Warrant: await read('select id from cases.warrant order by md5(id)'),
    MutualLegalAssistanceRequest: await read('select id from legal.mla_request order by md5(id)'),
    names: await read('select full_name as id from persons.person_name order by md5(full_name)'),
  }
}

const EMPTY = '{ __typename }'

/** What an every field says to the one country that it reaches. */
const COUNTRIES = `countries: ["${COUNTRY}"], `
const HERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EVERY_FIELDS.map((name) => [name, COUNTRIES])),
  iccsClasses: `publishers: ["${COUNTRY}"], `,
  legalInstruments: `depositaries: ["${COUNTRY}"], `,
}

/** A field of `Query` with the arguments of its n-th alias, and what is selected below. */
function root(
  domain: Domain,
  name: string,
  argumentsOf: (at: number) => string,
  selection: string,
  { calls = ALIASES, items = 0 } = {},
): Probe {
  const variants = [{}]
  const texts = Array.from(
    { length: calls },
    (_, at) => `f${at}: ${name}(${HERE[name] ?? ''}${argumentsOf(at)}) ${selection}`,
  )
  return {
    ...{ field: `Query.${name}`, calls, items: items * calls },
    leg: { domain, query: `{ ${texts.join(' ')} }`, variants },
    base: { domain, query: EMPTY, variants },
  }
}

const pick = (all: readonly string[], at: number): string => all[at % Math.max(1, all.length)] ?? 'GT:NONE'

function rootProbes({ Case, Person, Warrant, MutualLegalAssistanceRequest: Mla, names }: Samples): readonly Probe[] {
  const id = (all: readonly string[]) => (at: number) => `id: "${pick(all, at)}"`
  const search = (at: number): string => `{ name: "${sixWords(names, at)}" }`
  const hit = (at: number): string =>
    `{ name: "${sixWords(names, at)}", birthDate: "${1950 + (at % 50)}-0${1 + (at % 9)}-1${at % 10}" }`
  const list = Array.from({ length: SEARCHES }, (_, at) => hit(at)).join(', ')
  const edges = (fields: string): string => `{ edges { node { ${fields} } } }`
  return [
    root('cases', 'case', id(Case), '{ id court }'),
    root('cases', 'cases', (at) => `first: 1, orderBy: FILED_ON_DESC, filter: ${CASE_FILTERS[at]}`, edges('id')),
    root('cases', 'warrant', id(Warrant), '{ id status }'),
    root('cases', 'warrants', (at) => `first: 1, filter: ${WARRANT_FILTERS[at]}`, edges('id')),
    root('cases', 'caseCounts', () => 'by: MONTH, level: 4', '{ counts { iccs } }', { calls: 1 }),
    root(
      'legal',
      'iccsClasses',
      (at) => `search: "${['homicidio', 'robo', 'trata', 'a'][at]}"`,
      '{ classes { code } }',
    ),
    root('legal', 'statute', (at) => `id: "GT:CP:${at + 123}"`, '{ id heading }'),
    root('legal', 'statutes', (at) => `first: 1, iccs: ["0${at + 1}"]`, edges('id')),
    root(
      'legal',
      'legalInstruments',
      (at) => `binding: ["GT", "${['HN', 'SV', 'MX', 'CR'][at]}"]`,
      '{ instruments { id } }',
    ),
    root('legal', 'mlaRequest', id(Mla), '{ id status }'),
    root('legal', 'mlaRequests', (at) => `first: 1, status: [${MLA_STATUS[at]}]`, edges('id')),
    root('legal', 'dualCriminality', (at) => `iccs: "0${at + 1}"`, '{ satisfied }'),
    root('persons', 'person', id(Person), '{ id sex }'),
    root('persons', 'persons', (at) => `first: 1, search: ${search(at)}`, edges('id')),
    root('persons', 'personHits', (at) => `search: ${hit(at)}`, '{ hits { band } }', { calls: 1 }),
    root('persons', 'personListHits', () => `searches: [${list}]`, '{ hits { band } }', { calls: 1, items: SEARCHES }),
  ]
}

const CASE_FILTERS = [
  '{ iccs: ["0401", "05"], organisedCrime: true }',
  '{ recordedSince: "2020-01-01T00:00:00Z" }',
  '{ iccs: ["1109"], status: [ARCHIVED] }',
  '{ subdivision: ["GT-XX"], category: [COURT] }',
]
const WARRANT_FILTERS = ['{ status: [ACTIVE] }', '{ extraditionRequested: true }', '{ issuedTo: "1999-01-01" }', '{}']
const MLA_STATUS = ['TRANSMITTED', 'EXECUTED', 'REFUSED', 'DRAFT']

/** A name of six words, each of which many persons have. */
function sixWords(names: readonly string[], at: number): string {
  const words = [0, 1, 2, 3].flatMap((step) => pick(names, at * 4 + step).split(' '))
  return words
    .filter((word) => /^\p{L}{3,}$/u.test(word))
    .slice(0, 6)
    .join(' ')
}

/** Fields that are not measured: a policy opens them, which no officer of the bench has, or only the depositary of treaties has rows. */
export const NOT_ASKED: readonly string[] = [
  ...['Case.protectedParticipants', 'Person.addresses'],
  ...['Query.legalInstrument', 'LegalInstrument.articles', 'LegalInstrument.participations'],
]

/** The fields of records, by type: the domain that answers them, and what is asked. */
const RECORD_FIELDS: Readonly<Record<string, readonly (readonly [Domain, string])[]>> = {
  Case: [
    ['cases', 'offences { iccs }'],
    ['cases', 'warrants { edges { node { id } } }'],
    ['cases', 'participants { edges { node { role } } }'],
    ['cases', 'linkedCases { id }'],
    ['cases', 'provenance { synthetic }'],
    ['legal', `mlaRequests(countries: ["${COUNTRY}"]) { edges { node { id } } }`],
  ],
  Person: [
    ['cases', `cases(countries: ["${COUNTRY}"]) { edges { node { id } } }`],
    ['cases', `warrants(countries: ["${COUNTRY}"]) { edges { node { id } } }`],
    ['persons', 'names { full }'],
    ['persons', 'identifiers { value }'],
    ['persons', 'associates { edges { node { relationship } } }'],
    ['persons', 'memberships { role }'],
    ['persons', 'sameAs { id }'],
    ['persons', 'provenance { synthetic }'],
  ],
  Warrant: [
    ['cases', 'subject { id }'],
    ['cases', 'provenance { synthetic }'],
  ],
  MutualLegalAssistanceRequest: [
    ['legal', 'legalBasis { id }'],
    ['legal', 'case { id }'],
    ['legal', 'concerns { id }'],
    ['legal', 'provenance { synthetic }'],
  ],
}

const ENTITIES = 'query ($representations: [_Any!]!) { _entities(representations: $representations)'

function recordProbes(samples: Samples): readonly Probe[] {
  return Object.entries(RECORD_FIELDS).flatMap(([type, fields]) => {
    const ids = samples[type as keyof typeof RECORD_FIELDS & keyof Samples]
    const variants = Array.from({ length: 20 }, (_, turn) => ({
      representations: Array.from({ length: PARENTS }, (__, at) => ({
        __typename: type,
        id: pick(ids, turn * PARENTS + at),
      })),
    }))
    return fields.map(([domain, selection]): Probe => {
      const leg = (below: string) => ({ domain, query: `${ENTITIES} { ... on ${type} { ${below} } } }`, variants })
      return {
        ...{ field: `${type}.${/^\w+/.exec(selection)?.[0]}`, calls: PARENTS, items: 0 },
        ...{ leg: leg(`id ${selection}`), base: leg('id') },
      }
    })
  })
}

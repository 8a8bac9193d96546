/** The documents of the bench: the bystander’s question, and what attackers send. */
import { createHash } from 'node:crypto'
import { getIntrospectionQuery } from 'graphql'
import { GIVEN, SURNAMES } from '../../demo/generator/persons.ts'

/** The question that the bystander asks: a page of cases of two countries. It is in the cache after its second use. */
export const HOT = `query ($first: Int) { cases(first: $first, countries: ["GT", "HN"]) {
  edges { node { id country status filedOn court category offences { iccs nationalLabel } } } outcomes { country reach code } } }`

/** The header by which the probe knows the bystander’s requests. The gateway ignores it. */
export const BYSTANDER_HEADER = 'fairness-bystander'

/** The variables of {@link HOT}. */
export const HOT_VARIABLES = { first: 20 }

/** A question that makes the hostile country send all the classes that it has. */
export const CLASSES = `{ iccsClasses(publishers: ["SV"], under: "01") {
  classes { country code level parent titleEn titleEs } outcomes { country reach code } } }`

/** How long a large new document is, in characters. */
export const DOCUMENT_LENGTH = 20_000

/**
 * Makes a document that the gateway has not seen, of {@link DOCUMENT_LENGTH} characters: six questions. `seed` makes it
 * different from all others in every alias, so that neither the text nor the plan is in a cache.
 */
export function newDocument(seed: string): string {
  const name = createHash('sha256').update(seed).digest('hex').slice(0, 16)
  const fields = Array.from({ length: 6 }, (_, i) => fieldOf(name, i))
  const document = `{ ${fields.join(' ')} }`
  return `${document}${' '.repeat(Math.max(0, DOCUMENT_LENGTH - document.length))}`
}

const STATUTE = ['country', 'code', 'section', 'heading', 'maxPenaltyMonths', 'untocSeriousCrime']

function fieldOf(name: string, i: number): string {
  // Long aliases: 10,000 documents of many fields would be planned for several minutes.
  const below = STATUTE.map((field, j) => `a_${name}_${'x'.repeat(500)}_${i}_${j}: ${field}`)
  return `s_${name}_${i}: statute(id: "HN:CP:${i}") { id ${below.join(' ')} }`
}

/** Makes a document that takes the planner long for its length: many fields, which cross domains. */
export function hardDocument(seed: string): string {
  const name = createHash('sha256').update(seed).digest('hex').slice(0, 8)
  const person = 'id sex names { full } cases(first: 1) { edges { node { id court } } } sameAs { id names { full } }'
  const fields = Array.from({ length: 20 }, (_, j) => `p${name}_${j}: person(id: "HN:P${j}") { ${person} }`)
  return `{ ${fields.join(' ')} }`
}

/** Returns one of the forms of introspection that tools send, or one of the sender’s own that no cache has. */
export function introspection(seed: number): string {
  const forms = [
    getIntrospectionQuery(),
    getIntrospectionQuery({ descriptions: false }),
    getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true }),
    getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }),
    `{ __schema { t${seed}: types { name kind fields { name args { name type { name } } } } } }`,
    `{ t${seed}: __type(name: "Case") { name fields { name type { name kind ofType { name } } } } }`,
    `{ __schema { types { f${seed}: fields { type { ofType { ofType { ofType { name fields { name } } } } } } } } }`,
    `{ a${seed}: __typename }`,
  ]
  return forms[seed % forms.length] ?? ''
}

const aliases = (count: number, field: (at: number) => string): string =>
  `{ ${Array.from({ length: count }, (_, at) => `f${at}: ${field(at)}`).join(' ')} }`

/** Whether conduct is a crime in each of three countries, asked forty times in one request of 5 KB. */
export const DUAL_CRIMINALITY = aliases(
  40,
  (at) =>
    `dualCriminality(countries: ["GT", "HN", "SV"], iccs: "0${1 + (at % 9)}") { satisfied perCountry { country } }`,
)

/** The counts of cases in the finest form. */
const COUNTS = 'caseCounts(by: MONTH, level: 4) { counts { iccs year month cases } outcomes { country reach } }'
export const CASE_COUNTS = `{ ${COUNTS} }`

/** Twenty tables of counts in one request. */
export const caseCountAliases = (seed: number): string =>
  aliases(20, (at) => COUNTS.replace('level: 4', `level: 4, fromYear: ${1990 + ((seed + at) % 20)}`))

/** A search for hits by a list of names. */
export const NAME_LISTS = `query ($searches: [PersonHitSearch!]!) {
  personListHits(searches: $searches) { hits { item band } outcomes { country reach code } } }`

/** Makes the n-th list of 500 names, each of six words that many persons have. */
export function listOfNames(number: number): readonly { readonly name: string; readonly birthDate: string }[] {
  const given = [...GIVEN.F, ...GIVEN.M]
  const word = (all: readonly string[], at: number): string => all[at % all.length] ?? ''
  return Array.from({ length: 500 }, (_, item) => {
    const at = number * 500 + item
    const own = [word(given, at), word(given, at * 7 + 3), word(given, at * 11 + 5)]
    const birthDate = new Date(Date.UTC(1940, 0, 1 + ((at * 37) % 25_000))).toISOString().slice(0, 10)
    const name = [...own, word(SURNAMES, at * 3), word(SURNAMES, at * 5 + 1), word(SURNAMES, at * 13 + 2)].join(' ')
    return { name, birthDate }
  })
}

/** Makes a document that the gateway has not seen: 17 pages of statutes, each with ten aliases of `heading`. */
export function newStatutes(seed: string): string {
  const name = createHash('sha256').update(seed).digest('hex').slice(0, 8)
  const headings = Array.from({ length: 10 }, (_, at) => `h${name}_${at}: heading`).join(' ')
  return aliases(17, (at) => `statutes(first: ${1 + at}) { edges { node { id ${headings} } } }`)
}

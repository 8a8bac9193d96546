/** The documents of the bench: the bystander’s question, and what attackers send. */
import { createHash } from 'node:crypto'
import { getIntrospectionQuery } from 'graphql'

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

/** What Honduras asks more than the contract in the tests of inference, and questions that would tell it without reading it. */
import { domainSdl } from '../../contract/domain-sdl.ts'

/** The scope that Honduras asks for what it guards more; the tests' caller has it in Guatemala. */
export const MORE = 'case:more'

const GUARDED = [
  'filedOn: Date',
  'status: CaseStatus',
  'category: CaseCategory',
  'subdivision: String',
  'issuedOn: Date!',
  'status: WarrantStatus!',
]

/** The contract's domain `cases`, each of these fields with one scope more. */
export const STRICTER = GUARDED.reduce((sdl, field) => {
  if (!sdl.includes(`  ${field}\n`)) throw new Error(`expected the contract to have ${field}`)
  return sdl.replace(`  ${field}\n`, `  ${field} @requiresScopes(scopes: [["${MORE}"]])\n`)
}, domainSdl('cases'))

/** A cursor that somebody may hand on who may read the field behind the order. */
export const cursorOf = (order: string): string =>
  Buffer.from(JSON.stringify([order, '8980000', 'HN:1'])).toString('base64url')

/** A question, its variables, and the argument that would tell. */
export type Question = readonly [
  title: string,
  arguments_: string,
  variables: Record<string, unknown>,
  coordinate: string,
]

/** Arguments of `Query.cases` that would tell what Honduras does not let read. */
export const TELLING: readonly Question[] = [
  ['a filter', 'filter: { status: [OPEN] }', {}, 'CaseFilter.status'],
  ['a filter in a variable', 'filter: $f', { f: { status: ['OPEN'] } }, 'CaseFilter.status'],
  ['a member of a filter in a variable', 'filter: { category: $c }', { c: ['COURT'] }, 'CaseFilter.category'],
  ['one value in place of a list', 'filter: { subdivision: "HN-FM" }', {}, 'CaseFilter.subdivision'],
  ['a bound from below', 'filter: { filedFrom: "2026-01-01" }, orderBy: ID_ASC', {}, 'CaseFilter.filedFrom'],
  ['a bound from above', 'filter: { filedTo: "2026-01-01" }, orderBy: ID_ASC', {}, 'CaseFilter.filedTo'],
  ['an order', 'orderBy: FILED_ON_ASC', {}, 'CaseOrder.FILED_ON_ASC'],
  ['an order in a variable', 'orderBy: $o', { o: 'FILED_ON_DESC' }, 'CaseOrder.FILED_ON_DESC'],
  ['the order by default', 'first: 1', {}, 'CaseOrder.FILED_ON_DESC'],
  ['the order by a variable that is not there', 'orderBy: $o', {}, 'CaseOrder.FILED_ON_DESC'],
  ['null in place of the order', 'orderBy: null', {}, 'CaseOrder.FILED_ON_DESC'],
  ['null in place of the order, in a variable', 'orderBy: $o', { o: null }, 'CaseOrder.FILED_ON_DESC'],
  [
    'a cursor of another’s',
    `orderBy: FILED_ON_DESC, after: "${cursorOf('FILED_ON_DESC')}"`,
    {},
    'CaseOrder.FILED_ON_DESC',
  ],
]

/** The document of a question to these countries. */
export function documentOf(arguments_: string, countries: readonly string[]): string {
  const declared = ['$f: CaseFilter', '$c: [CaseCategory!]', '$o: CaseOrder'].filter((one) =>
    arguments_.includes(one.slice(0, 2)),
  )
  const header = declared.length > 0 ? `query (${declared.join(', ')}) ` : ''
  return `${header}{ cases(countries: ${JSON.stringify(countries)}, ${arguments_}) { edges { cursor } } }`
}

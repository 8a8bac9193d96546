/** The stricter rules of Honduras in the tests of inference, and operations that would reveal the guarded fields without reading them. */
import { domainSdl } from '../../contract/domain-sdl.ts'

/** The scope that Honduras requires for the fields that it guards. The tests’ caller has it only in Guatemala. */
export const MORE = 'case:more'

const GUARDED = [
  'filedOn: Date',
  'status: CaseStatus',
  'category: CaseCategory',
  'subdivision: String',
  'issuedOn: Date!',
  'status: WarrantStatus!',
]

/** The contract’s domain `cases`, in which each of these fields requires one more scope. */
export const STRICTER = GUARDED.reduce((sdl, field) => {
  if (!sdl.includes(`  ${field}\n`)) throw new Error(`expected the contract to have ${field}`)
  return sdl.replace(`  ${field}\n`, `  ${field} @requiresScopes(scopes: [["${MORE}"]])\n`)
}, domainSdl('cases'))

/** Makes a cursor of an order. A caller who may read the field behind the order could pass such a cursor on. */
export const cursorOf = (order: string): string =>
  Buffer.from(JSON.stringify([order, '8980000', 'HN:1'])).toString('base64url')

/** Arguments, their variables, and the coordinate of the argument that would reveal something. */
export type Question = readonly [
  title: string,
  arguments_: string,
  variables: Record<string, unknown>,
  coordinate: string,
]

/** Arguments of `Query.cases` that would reveal what Honduras denies. */
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
  ['the order by a variable that is missing', 'orderBy: $o', {}, 'CaseOrder.FILED_ON_DESC'],
  ['null in place of the order', 'orderBy: null', {}, 'CaseOrder.FILED_ON_DESC'],
  ['null in place of the order, in a variable', 'orderBy: $o', { o: null }, 'CaseOrder.FILED_ON_DESC'],
  [
    'a cursor of another caller',
    `orderBy: FILED_ON_DESC, after: "${cursorOf('FILED_ON_DESC')}"`,
    {},
    'CaseOrder.FILED_ON_DESC',
  ],
]

/** Writes the document that asks these countries for cases with these arguments. */
export function documentOf(arguments_: string, countries: readonly string[]): string {
  const declared = ['$f: CaseFilter', '$c: [CaseCategory!]', '$o: CaseOrder'].filter((one) =>
    arguments_.includes(one.slice(0, 2)),
  )
  const header = declared.length > 0 ? `query (${declared.join(', ')}) ` : ''
  return `${header}{ cases(countries: ${JSON.stringify(countries)}, ${arguments_}) { edges { cursor } } }`
}

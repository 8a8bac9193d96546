/** The order of the rows of the hand-written world, row by row. The expected lists are literals: no code computes them. */
export interface LiteralOrder {
  readonly title: string
  readonly query: string
  /** The ids (or other marks) of the rows, as `read` reads them from the answer. */
  readonly expected: readonly unknown[]
}

const edges = (field: string, node = 'id'): string => `{ list: ${field} { edges { node { mark: ${node} } } } }`
const DATED_DOWN = ['HN:\uffa1', 'HN:\u{10400}', 'GT:10', 'SV:A', 'SV:a', 'HN:1', 'GT:9', 'SV:Ñ']
const DATED_UP = ['HN:1', 'GT:10', 'SV:A', 'SV:a', 'HN:\uffa1', 'HN:\u{10400}', 'GT:9', 'SV:Ñ']

/** One for each order of the contract. Each asks for a `list` of edges or rows, with a `mark` in each. */
export const LITERAL_ORDERS: readonly LiteralOrder[] = [
  { title: 'cases: newest first by default, undated last, ties by id', query: edges('cases'), expected: DATED_DOWN },
  { title: 'cases: FILED_ON_DESC', query: edges('cases(orderBy: FILED_ON_DESC)'), expected: DATED_DOWN },
  { title: 'cases: FILED_ON_ASC, undated last too', query: edges('cases(orderBy: FILED_ON_ASC)'), expected: DATED_UP },
  {
    title: 'cases: ID_ASC by UTF-8 bytes',
    query: edges('cases(orderBy: ID_ASC)'),
    expected: ['GT:10', 'GT:9', 'HN:1', 'HN:\uffa1', 'HN:\u{10400}', 'SV:A', 'SV:a', 'SV:Ñ'],
  },
  {
    title: 'cases of a person: without cases in which the person is a victim',
    query: `{ record: person(id: "GT:1") ${edges('cases')} }`,
    expected: ['HN:\uffa1', 'GT:10', 'SV:a', 'GT:9'],
  },
  {
    title: 'warrants: newest first, ties by id',
    query: `{ record: person(id: "GT:1") ${edges('warrants')} }`,
    expected: ['HN:10', 'HN:2', 'SV:1', 'GT:1', 'GT:2'],
  },
  {
    title: 'participants by the row’s own id',
    query: '{ record: case(id: "GT:10") { list: participants { edges { node { mark: person { id } } } } } }',
    expected: [{ id: 'SV:3' }, { id: 'HN:2' }, { id: 'GT:1' }],
  },
  {
    title: 'associates by the row’s own id',
    query: `{ record: person(id: "GT:1") ${edges('associates', 'relationship')} }`,
    expected: ['hermano', 'primo', 'socio'],
  },
  {
    title: 'linked cases by id',
    query: '{ record: case(id: "GT:10") { list: linkedCases { mark: id } } }',
    expected: ['GT:10', 'GT:9', 'HN:\uffa1', 'HN:\u{10400}'],
  },
  {
    title: 'the same person elsewhere by id',
    query: '{ record: person(id: "GT:1") { list: sameAs { mark: id } } }',
    expected: ['HN:10', 'HN:2', 'SV:2'],
  },
  {
    title: 'persons: best band first, then score, then id',
    query: edges('persons(search: { name: "pena jose", birthDate: "1990-01-01" })'),
    expected: ['GT:1', 'GT:3', 'HN:2', 'SV:1'],
  },
  {
    title: 'persons: ID_ASC',
    query: edges('persons(search: { name: "José Peña" }, orderBy: ID_ASC)'),
    expected: ['GT:1', 'GT:3', 'HN:2', 'SV:1'],
  },
  { title: 'statutes by id', query: edges('statutes'), expected: ['GT:CP:10', 'GT:CP:9', 'HN:CP:1', 'SV:CP:9'] },
  { title: 'requests by id', query: edges('mlaRequests'), expected: ['HN:3', 'SV:10', 'SV:2'] },
  {
    title: 'requests about a case by id',
    query: `{ record: case(id: "GT:10") ${edges('mlaRequests')} }`,
    expected: ['HN:3', 'SV:10', 'SV:2'],
  },
  {
    title: 'articles in the order of the instrument',
    query: `{ record: legalInstrument(id: "UN:b") ${edges('articles', 'number')} }`,
    expected: ['1', '2', '10'],
  },
  {
    title: 'participations by country',
    query: '{ record: legalInstrument(id: "UN:b") { list: participations { mark: country } } }',
    expected: ['GT', 'HN', 'SV'],
  },
  {
    title: 'instruments by country, then id',
    query: '{ record: legalInstruments(binding: ["GT"]) { list: instruments { mark: id } } }',
    expected: ['GT:z', 'UN:B', 'UN:b'],
  },
  {
    title: 'dual criminality by country',
    query:
      '{ record: dualCriminality(countries: ["SV", "UN", "GT"], iccs: "0101") { list: perCountry { mark: country } } }',
    expected: ['GT', 'SV', 'UN'],
  },
  {
    title: 'counts by country, then code and year',
    query: '{ record: caseCounts { list: counts { country mark: iccs year } } }',
    expected: ['01', '02', '01', '05', '01'],
  },
  {
    title: 'hits of a list by country, then item',
    query: `{ record: personListHits(searches: [{ name: "José Peña", birthDate: "1990-01-01" }, { name: "Ana Paz", birthDate: "1990-01-01" },
      { name: "Peña", birthDate: "1990-01-01" }]) { list: hits { mark: item country } } }`,
    expected: [0, 2, 0, 2, 0, 2],
  },
  {
    title: 'hits by country',
    query: '{ record: personHits(search: { name: "Peña", birthDate: "1990-01-01" }) { list: hits { mark: country } } }',
    expected: ['GT', 'HN', 'SV'],
  },
]

interface Marked {
  readonly mark: unknown
}

/** Reads the marks of the rows from an answer's data. */
export function marksIn(data: unknown): unknown[] {
  const { record, ...root } = data as { readonly record?: { readonly list: unknown }; readonly list?: unknown }
  const list = (record ?? root).list as readonly Marked[] | { readonly edges: readonly { readonly node: Marked }[] }
  return 'edges' in list ? list.edges.map(({ node }) => node.mark) : list.map(({ mark }) => mark)
}

/** What the officers of the story ask. */

/** The filter of the first officer. */
export const FILTER = { iccs: ['02'], status: ['OPEN'] }

/** What the first officer asks, of all countries of the mandate. */
export const DOCUMENT = `query Q($id: ID!, $filter: CaseFilter, $n: Int, $full: Boolean!) {
  person(id: $id) { id names { full } sameAs { id names { full } } }
  cases(filter: $filter, first: $n) {
    edges { node { id category narrative @include(if: $full) } }
    outcomes { country reach code }
  }
}`
export const VARIABLES = { id: 'HN:P-1', filter: FILTER, n: 3, full: false }

/** What the others ask of Honduras. */
export const SMALL = {
  document: `query Small($id: ID!, $filter: CaseFilter, $n: Int) {
    person(id: $id) { id names { full } identifiers { value } }
    cases(filter: $filter, first: $n) { edges { node { id } } }
  }`,
  variables: { id: 'HN:P-1', filter: FILTER, n: 30 },
}

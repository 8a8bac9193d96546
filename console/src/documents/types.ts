/** Names for parts of answers that several modules show. The answers themselves are in operation-types.ts. */
import type * as Types from './operation-types.ts'

/** A row of a page that may be missing. */
type RowOf<Page extends { readonly edges: readonly { readonly node: unknown }[] } | null> =
  NonNullable<Page>['edges'][number]['node']

/** A person with all that a country gives of them. */
export type DossierPerson = NonNullable<Types.DossierQuery['person']>

/** A person whom another record names. */
export type NamedPerson = Pick<DossierPerson, 'id' | 'names'>

/** A name of a person. */
export type PersonName = NonNullable<DossierPerson['names']>[number]

/** Where a record comes from, and how it may be used. */
export type Provenance = NonNullable<DossierPerson['provenance']>

/** An order of a court. */
export type Warrant = RowOf<DossierPerson['warrants']>

/** A case in a list. */
export type CaseRow = RowOf<Types.CasesQuery['cases']>

/** A case of a person, with who has which part in it. */
export type PersonCaseRow = RowOf<NonNullable<Types.PersonCasesQuery['person']>['cases']>

/** A case with all that its country gives. */
export type CaseFile = NonNullable<Types.CaseFileQuery['case']>

/** What `CaseCounts` takes, each of it given. */
export type CaseCountsVariables = Required<Types.CaseCountsQueryVariables>

/** How many cases a country has of one class in one period. */
export type CaseCount = NonNullable<Types.CaseCountsQuery['caseCounts']>['counts'][number]

/** Between which days a country's records of cases lie. */
export type CountRange = NonNullable<Types.CaseCountsQuery['caseCounts']>['ranges'][number]

/** A row of a search for persons. */
export type PersonRow = NonNullable<Types.SearchPersonsQuery['persons']>['edges'][number]

/** A person of a list that one asks about. */
export interface HitSearch {
  readonly name: string
  readonly birthDate: string
}

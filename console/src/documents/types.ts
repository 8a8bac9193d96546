/**
 * What the console's documents give and take. A field that a rule may hide, or whose owner may be silent, can be null: the schema says so, and a
 * test compares.
 */

/** Where a page ends. */
export interface PageInfo {
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}

/** A page of rows. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
  readonly pageInfo: PageInfo
}

/** Where a record comes from, and how it may be used. */
export interface Provenance {
  readonly agency: string
  readonly handling: readonly string[]
  readonly handlingNote: string | null
  readonly recordedAt: string
  readonly synthetic: boolean
}

/** A name of a person. */
export interface PersonName {
  readonly category: string
  readonly full: string
}

/** A person as a search shows them. */
export interface FoundPerson {
  readonly id: string
  readonly country: string | null
  readonly names: readonly PersonName[] | null
  readonly birthDate: string | null
  readonly nationalities: readonly string[] | null
  readonly provenance: Provenance | null
}

/** A row of a search. */
export interface PersonRow {
  readonly cursor: string
  readonly band: string | null
  readonly score: number | null
  readonly matchedName: string | null
  readonly node: FoundPerson
}

/** What `SearchPersons` gives. */
export interface SearchPersonsData {
  readonly persons: { readonly edges: readonly PersonRow[]; readonly pageInfo: PageInfo } | null
}

/** What is known of a person whom one looks for. */
export interface PersonSearch {
  readonly name?: string
  readonly birthDate?: string
  readonly identifier?: { readonly category: string; readonly jurisdiction: string; readonly value: string }
}

/** What `SearchPersons` takes. */
export interface SearchPersonsVariables {
  readonly search: PersonSearch
  readonly first: number
  readonly after: string | null
  readonly countries: readonly string[] | null
}

/** A class of the ICCS. */
export interface IccsClass {
  readonly code: string
  readonly level: number
  readonly titleEn: string
  readonly titleEs: string
}

/** What `IccsTitles` gives. */
export interface IccsTitlesData {
  readonly iccsClasses: { readonly classes: readonly IccsClass[] } | null
}

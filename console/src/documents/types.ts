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

/** A person whom another record names. */
export interface NamedPerson {
  readonly id: string
  readonly names: readonly PersonName[] | null
}

/** An order of a court. */
export interface Warrant {
  readonly id: string
  readonly country: string
  readonly category: string
  readonly status: string
  readonly issuedOn: string
  readonly expiresOn: string | null
  readonly issuingCourt: string | null
  readonly extraditionRequested: boolean | null
}

/** A person with all that a country gives of them. */
export interface DossierPerson extends FoundPerson {
  readonly birthPlace: string | null
  readonly sex: string | null
  readonly sameAs: readonly NamedPerson[] | null
  readonly identifiers:
    | readonly {
        readonly category: string
        readonly jurisdiction: string
        readonly value: string
        readonly expiresOn: string | null
      }[]
    | null
  readonly addresses:
    | readonly { readonly country: string; readonly subdivision: string | null; readonly line: string | null }[]
    | null
  readonly memberships:
    | readonly {
        readonly group: string
        readonly role: string | null
        readonly since: string | null
        readonly until: string | null
      }[]
    | null
  readonly associates: Connection<{ readonly relationship: string; readonly person: NamedPerson | null }> | null
  readonly warrants: Connection<Warrant> | null
}

/** What `Dossier` gives. */
export interface DossierData {
  readonly person: DossierPerson | null
}

/** An offence of a case. */
export interface Offence {
  readonly iccs: string
  readonly nationalLabel: string
  readonly organisedCrime: boolean | null
}

/** A case in a list. */
export interface CaseRow {
  readonly id: string
  readonly country: string | null
  readonly caseTrackingId: string | null
  readonly filedOn: string | null
  readonly closedOn: string | null
  readonly status: string | null
  readonly category: string | null
  readonly subdivision: string | null
  readonly offences: readonly Offence[] | null
  readonly provenance: Provenance | null
}

/** What `PersonCases` gives. */
export interface PersonCasesData {
  readonly person: { readonly id: string; readonly cases: Connection<CaseRow> | null } | null
}

/** What `PersonCases` takes. */
export interface PersonCasesVariables {
  readonly id: string
  readonly first: number
  readonly after: string | null
}

/** Which cases one wants. */
export interface CaseFilter {
  readonly filedFrom?: string
  readonly filedTo?: string
  readonly iccs?: readonly string[]
  readonly organisedCrime?: boolean
  readonly status?: readonly string[]
}

/** What `Cases` gives. */
export interface CasesData {
  readonly cases: Connection<CaseRow> | null
}

/** What `Cases` takes. */
export interface CasesVariables {
  readonly filter: CaseFilter
  readonly first: number
  readonly after: string | null
  readonly countries: readonly string[] | null
}

/** A case with all that its country gives. */
export interface CaseFile extends Omit<CaseRow, 'offences'> {
  readonly court: string | null
  readonly narrative: string | null
  readonly offences:
    | readonly (Offence & {
        readonly attempted: boolean | null
        readonly disposition: string | null
        readonly statute: {
          readonly id: string
          readonly heading: string | null
          readonly untocSeriousCrime: boolean | null
        } | null
      })[]
    | null
  readonly participants: Connection<{
    readonly role: string
    readonly since: string | null
    readonly person: (NamedPerson & { readonly country: string | null }) | null
  }> | null
  readonly linkedCases: readonly { readonly id: string; readonly country: string | null }[] | null
  readonly mlaRequests: Connection<{
    readonly id: string
    readonly status: string
    readonly requestedCountry: string
    readonly legalBasisArticle: string | null
    readonly legalBasis: { readonly id: string; readonly title: string | null } | null
  }> | null
}

/** What `CaseFile` gives. */
export interface CaseFileData {
  readonly case: CaseFile | null
}

/** What `PersonNetwork` gives: the persons of a person's cases, two steps away. */
export interface PersonNetworkData {
  readonly person:
    | (NamedPerson & {
        readonly sameAs: readonly NamedPerson[] | null
        readonly cases: Connection<{
          readonly id: string
          readonly filedOn: string | null
          readonly participants: Connection<{ readonly role: string; readonly person: NamedPerson | null }> | null
        }> | null
      })
    | null
}

/** How many cases a country has of one class in one period. */
export interface CaseCount {
  readonly country: string
  readonly iccs: string
  readonly year: number
  readonly month: number | null
  readonly cases: number
}

/** What `CaseCounts` gives. */
export interface CaseCountsData {
  readonly caseCounts: { readonly counts: readonly CaseCount[]; readonly withheldBy: readonly string[] } | null
}

/** What `CaseCounts` takes. */
export interface CaseCountsVariables {
  readonly iccs: string | null
  readonly level: number
  readonly by: 'MONTH' | 'YEAR'
  readonly fromYear: number | null
  readonly toYear: number | null
  readonly countries: readonly string[] | null
}

/** A person of a list that one asks about. */
export interface HitSearch {
  readonly name: string
  readonly birthDate: string
}

/** What `PersonListHits` gives. */
export interface PersonListHitsData {
  readonly personListHits: {
    readonly hits: readonly {
      readonly item: number
      readonly country: string
      readonly band: string
      readonly contactPoint: string | null
    }[]
  } | null
}

/** What `LawOfTwo` gives. */
export interface LawOfTwoData {
  readonly legalInstruments: {
    readonly instruments: readonly {
      readonly id: string
      readonly title: string | null
      readonly kind: string | null
      readonly participations: readonly { readonly country: string; readonly boundOn: string | null }[] | null
    }[]
  } | null
  readonly dualCriminality: {
    readonly satisfied: boolean | null
    readonly perCountry: readonly {
      readonly country: string
      readonly untocSeriousCrime: boolean
      readonly statutes: readonly {
        readonly id: string
        readonly code: string | null
        readonly section: string | null
        readonly heading: string | null
        readonly maxPenaltyMonths: number | null
      }[]
    }[]
  } | null
}

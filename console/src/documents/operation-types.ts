// Written by `npm run generate`: what the operations beside this file take and give. An enum is a text, because a country may know more values.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Which cases you want. All members that you give must fit. */
export type CaseFilter = {
  /** Cases that are in one of these stages. */
  readonly category?: ReadonlyArray<string> | null;
  /** Cases that were filed on this day or later. */
  readonly filedFrom?: string | null;
  /** Cases that were filed on this day or earlier. */
  readonly filedTo?: string | null;
  /** Cases with an offence of one of these classes, or of a class below them. */
  readonly iccs?: ReadonlyArray<string> | null;
  /** Cases with, or without, an offence of an organised criminal group. */
  readonly organisedCrime?: boolean | null;
  /** Cases that name this person, except as a victim or a witness. */
  readonly participant?: string | null;
  /** Cases that the country took in, changed or released at this time or later. */
  readonly recordedSince?: string | null;
  /** Cases that have one of these statuses. */
  readonly status?: ReadonlyArray<string> | null;
  /** Cases of one of these subdivisions, as ISO 3166-2 codes. */
  readonly subdivision?: ReadonlyArray<string> | null;
};

/** A document or number to look for. */
export type IdentifierInput = {
  /** What kind of document it is. */
  readonly category: string;
  /** The country that issued it. */
  readonly jurisdiction: string;
  /** The number. Spaces and hyphens do not matter. */
  readonly value: string;
};

/** What you know of a person. Give an identifier, or a name and a birth date. */
export type PersonHitSearch = {
  /** The date of birth. */
  readonly birthDate?: string | null;
  /** A document or number. */
  readonly identifier?: IdentifierInput | null;
  /** The name, with its words in any order. Accents, spelling variants and short forms count as the same. */
  readonly name?: string | null;
  /** A nationality. */
  readonly nationality?: string | null;
};

/** What you know of a person. Give at least one member. All that you give must fit. */
export type PersonSearch = {
  /** The date of birth. */
  readonly birthDate?: string | null;
  /** A document or number. */
  readonly identifier?: IdentifierInput | null;
  /** The name, with its words in any order. Accents, spelling variants and short forms count as the same. */
  readonly name?: string | null;
  /** A nationality. */
  readonly nationality?: string | null;
};

/** What the operation `CaseCounts` takes. */
export type CaseCountsQueryVariables = Exact<{
  iccs?: string | null;
  level: number;
  by: string;
  fromYear?: number | null;
  toYear?: number | null;
  countries?: ReadonlyArray<string> | null;
}>;


/** What the operation `CaseCounts` gives. */
export type CaseCountsQuery = { readonly caseCounts: { readonly withheldBy: ReadonlyArray<string>, readonly counts: ReadonlyArray<{ readonly country: string, readonly iccs: string, readonly year: number, readonly month: number | null, readonly cases: number }>, readonly ranges: ReadonlyArray<{ readonly country: string, readonly from: string | null, readonly until: string | null, readonly asOf: string | null }>, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `CaseFile` takes. */
export type CaseFileQueryVariables = Exact<{
  id: string;
  first: number;
}>;


/** What the operation `CaseFile` gives. */
export type CaseFileQuery = { readonly case: { readonly id: string, readonly country: string | null, readonly caseTrackingId: string | null, readonly filedOn: string | null, readonly closedOn: string | null, readonly status: string | null, readonly category: string | null, readonly court: string | null, readonly subdivision: string | null, readonly narrative: string | null, readonly offences: ReadonlyArray<{ readonly iccs: string, readonly nationalLabel: string, readonly attempted: boolean | null, readonly organisedCrime: boolean | null, readonly disposition: string | null, readonly statute: { readonly id: string, readonly heading: string | null, readonly untocSeriousCrime: boolean | null } | null }> | null, readonly participants: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly role: string, readonly since: string | null, readonly person: { readonly id: string, readonly country: string | null, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly linkedCases: ReadonlyArray<{ readonly id: string, readonly country: string | null }> | null, readonly mlaRequests: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly status: string, readonly requestedCountry: string, readonly legalBasisArticle: string | null, readonly legalBasis: { readonly id: string, readonly title: string | null, readonly titleEs: string | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null } | null };

/** What the operation `Cases` takes. */
export type CasesQueryVariables = Exact<{
  filter?: CaseFilter | null;
  first: number;
  after?: string | null;
  countries?: ReadonlyArray<string> | null;
}>;


/** What the operation `Cases` gives. */
export type CasesQuery = { readonly cases: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly country: string | null, readonly caseTrackingId: string | null, readonly filedOn: string | null, readonly closedOn: string | null, readonly status: string | null, readonly category: string | null, readonly subdivision: string | null, readonly offences: ReadonlyArray<{ readonly iccs: string, readonly nationalLabel: string, readonly organisedCrime: boolean | null }> | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `Dossier` takes. */
export type DossierQueryVariables = Exact<{
  id: string;
  first: number;
}>;


/** What the operation `Dossier` gives. */
export type DossierQuery = { readonly person: { readonly id: string, readonly country: string | null, readonly birthDate: string | null, readonly birthPlace: string | null, readonly sex: string | null, readonly nationalities: ReadonlyArray<string> | null, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null, readonly sameAs: ReadonlyArray<{ readonly id: string, readonly country: string | null, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null }> | null, readonly identifiers: ReadonlyArray<{ readonly category: string, readonly jurisdiction: string, readonly value: string, readonly expiresOn: string | null }> | null, readonly addresses: ReadonlyArray<{ readonly country: string, readonly subdivision: string | null, readonly line: string | null }> | null, readonly memberships: ReadonlyArray<{ readonly group: string, readonly role: string | null, readonly since: string | null, readonly until: string | null }> | null, readonly associates: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly relationship: string, readonly person: { readonly id: string, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly warrants: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly country: string, readonly category: string, readonly status: string, readonly issuedOn: string, readonly expiresOn: string | null, readonly issuingCourt: string | null, readonly extraditionRequested: boolean | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null } | null };

/** What the operation `IccsTitles` takes. */
export type IccsTitlesQueryVariables = Exact<{
  search: string;
}>;


/** What the operation `IccsTitles` gives. */
export type IccsTitlesQuery = { readonly iccsClasses: { readonly classes: ReadonlyArray<{ readonly code: string, readonly level: number, readonly titleEn: string, readonly titleEs: string }>, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `LawOfTwo` takes. */
export type LawOfTwoQueryVariables = Exact<{
  countries: ReadonlyArray<string>;
  iccs: string;
}>;


/** What the operation `LawOfTwo` gives. */
export type LawOfTwoQuery = { readonly legalInstruments: { readonly instruments: ReadonlyArray<{ readonly id: string, readonly title: string | null, readonly titleEs: string | null, readonly iccs: ReadonlyArray<string> | null, readonly asOf: string | null, readonly kind: string | null, readonly participations: ReadonlyArray<{ readonly country: string, readonly boundOn: string | null }> | null }>, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null, readonly dualCriminality: { readonly satisfied: boolean | null, readonly perCountry: ReadonlyArray<{ readonly country: string, readonly untocSeriousCrime: boolean, readonly statutes: ReadonlyArray<{ readonly id: string, readonly code: string | null, readonly section: string | null, readonly heading: string | null, readonly maxPenaltyMonths: number | null }> }>, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `PersonCases` takes. */
export type PersonCasesQueryVariables = Exact<{
  id: string;
  first: number;
  participants: number;
  after?: string | null;
}>;


/** What the operation `PersonCases` gives. */
export type PersonCasesQuery = { readonly person: { readonly id: string, readonly cases: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly country: string | null, readonly caseTrackingId: string | null, readonly filedOn: string | null, readonly closedOn: string | null, readonly status: string | null, readonly category: string | null, readonly subdivision: string | null, readonly offences: ReadonlyArray<{ readonly iccs: string, readonly nationalLabel: string, readonly organisedCrime: boolean | null }> | null, readonly participants: { readonly edges: ReadonlyArray<{ readonly node: { readonly role: string, readonly person: { readonly id: string } | null } }> } | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null } | null };

/** What the operation `PersonListHits` takes. */
export type PersonListHitsQueryVariables = Exact<{
  searches: ReadonlyArray<PersonHitSearch>;
  countries?: ReadonlyArray<string> | null;
}>;


/** What the operation `PersonListHits` gives. */
export type PersonListHitsQuery = { readonly personListHits: { readonly hits: ReadonlyArray<{ readonly item: number, readonly country: string, readonly band: string, readonly contactPoint: string | null }>, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `PersonNetwork` takes. */
export type PersonNetworkQueryVariables = Exact<{
  id: string;
  cases: number;
  participants: number;
}>;


/** What the operation `PersonNetwork` gives. */
export type PersonNetworkQuery = { readonly person: { readonly id: string, readonly birthDate: string | null, readonly nationalities: ReadonlyArray<string> | null, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null, readonly identifiers: ReadonlyArray<{ readonly category: string, readonly jurisdiction: string, readonly value: string }> | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null, readonly sameAs: ReadonlyArray<{ readonly id: string, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null }> | null, readonly cases: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly filedOn: string | null, readonly status: string | null, readonly offences: ReadonlyArray<{ readonly iccs: string, readonly nationalLabel: string }> | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null, readonly participants: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly role: string, readonly person: { readonly id: string, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null } | null };

/** What the operation `SearchPersons` takes. */
export type SearchPersonsQueryVariables = Exact<{
  search: PersonSearch;
  first: number;
  after?: string | null;
  countries?: ReadonlyArray<string> | null;
}>;


/** What the operation `SearchPersons` gives. */
export type SearchPersonsQuery = { readonly persons: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly band: string | null, readonly score: number | null, readonly matchedName: string | null, readonly node: { readonly id: string, readonly country: string | null, readonly birthDate: string | null, readonly nationalities: ReadonlyArray<string> | null, readonly names: ReadonlyArray<{ readonly category: string, readonly full: string }> | null, readonly sameAs: ReadonlyArray<{ readonly id: string }> | null, readonly provenance: { readonly agency: string, readonly handling: ReadonlyArray<string>, readonly handlingNote: string | null, readonly recordedAt: string, readonly synthetic: boolean } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly outcomes: ReadonlyArray<{ readonly country: string, readonly reach: string, readonly code: string | null }> } | null };

/** What the operation `TreatyArticles` takes. */
export type TreatyArticlesQueryVariables = Exact<{
  id: string;
  first: number;
}>;


/** What the operation `TreatyArticles` gives. */
export type TreatyArticlesQuery = { readonly legalInstrument: { readonly articles: { readonly edges: ReadonlyArray<{ readonly node: { readonly number: string, readonly heading: string | null } }> } | null } | null };

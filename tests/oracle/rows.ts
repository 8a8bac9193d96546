import type { Domain } from '../../contract/domain.ts'
import type { IdentifierCategory } from '../../contract/identifiers.ts'

/**
 * The rows of a small invented world, named like the contract's fields. The oracle answers from one store of all rows. Each country's
 * national subgraphs answer from that country's rows.
 */

export interface ProvenanceValues {
  readonly agency: string
  readonly handling: readonly string[]
  readonly handlingNote: string | null
  readonly sourceReliability: string | null
  readonly informationAccuracy: string | null
  readonly recordedAt: string
  readonly reviewBy: string | null
  readonly synthetic: boolean
}

export interface OffenceRow {
  readonly iccs: string
  readonly nationalLabel: string
  readonly statuteId: string | null
  readonly attempted: boolean | null
  readonly committedFrom: string | null
  readonly committedTo: string | null
  readonly organisedCrime: boolean | null
  readonly disposition: string | null
}

export interface ParticipantRow {
  /** Unique in the country. It is also the place in the connection's order. */
  readonly rowId: string
  readonly role: string
  readonly personId: string | null
  readonly since: string | null
  readonly until: string | null
}

/** What the oracle itself reads of a case. The rest of its values are those of contract/records (plain-values.ts). */
export interface CaseRow {
  readonly id: string
  readonly category: string | null
  readonly status: string | null
  readonly filedOn: string | null
  readonly subdivision: string | null
  readonly offences: readonly OffenceRow[]
  readonly participants: readonly ParticipantRow[]
  readonly linkedIds: readonly string[]
  readonly provenance: ProvenanceValues
}

export interface WarrantRow {
  readonly id: string
  readonly caseId: string | null
  readonly category: string
  readonly status: string
  readonly issuedOn: string
  readonly expiresOn: string | null
  readonly issuingCourt: string | null
  readonly subjectId: string | null
  readonly extraditionRequested: boolean | null
  readonly provenance: ProvenanceValues
}

export interface PersonNameRow {
  readonly category: string
  readonly full: string
  readonly givenNames: readonly string[] | null
  readonly surnames: readonly string[] | null
}

export interface IdentifierRow {
  readonly category: IdentifierCategory
  readonly jurisdiction: string
  readonly value: string
  readonly issuedOn: string | null
  readonly expiresOn: string | null
}

export interface AssociateRow {
  readonly rowId: string
  readonly personId: string | null
  readonly relationship: string
  readonly provenance: ProvenanceValues
}

export interface PersonRow {
  readonly id: string
  readonly names: readonly PersonNameRow[]
  readonly birthDate: string | null
  readonly birthPlace: string | null
  readonly sex: string | null
  readonly nationalities: readonly string[] | null
  readonly identifiers: readonly IdentifierRow[]
  readonly addresses: readonly {
    readonly line: string | null
    readonly subdivision: string | null
    readonly country: string
  }[]
  readonly associates: readonly AssociateRow[]
  readonly memberships: readonly {
    readonly group: string
    readonly role: string | null
    readonly since: string | null
    readonly until: string | null
  }[]
  readonly sameAsIds: readonly string[]
  readonly provenance: ProvenanceValues
}

export interface StatuteRow {
  readonly id: string
  readonly code: string | null
  readonly section: string | null
  readonly heading: string | null
  readonly text: string | null
  readonly iccs: readonly string[] | null
  readonly maxPenaltyMonths: number | null
  readonly inForceFrom: string | null
  readonly repealedOn: string | null
}

export interface InstrumentRow {
  readonly id: string
  readonly title: string | null
  readonly kind: string | null
  readonly adoptedOn: string | null
  readonly articles: readonly { readonly number: string; readonly heading: string | null; readonly text: string }[]
  /** At most one of each country. */
  readonly participations: readonly {
    readonly country: string
    readonly signedOn: string | null
    readonly boundOn: string | null
    readonly action: string | null
  }[]
}

export interface MlaRow {
  readonly id: string
  readonly requestedCountry: string
  readonly requestingAuthority: string | null
  readonly legalBasisId: string | null
  readonly legalBasisArticle: string | null
  readonly caseId: string | null
  readonly concernIds: readonly string[]
  readonly measures: readonly string[]
  readonly urgency: string
  readonly status: string
  readonly provenance: ProvenanceValues
}

/** A class of the ICCS. Each participant that publishes `legal` has the same ones. */
export interface IccsRow {
  readonly code: string
  readonly level: number
  readonly parent: string | null
  readonly titleEn: string
  readonly titleEs: string
}

/** Rows of all types. An id is unique within its type. */
export interface Rows {
  readonly cases: readonly CaseRow[]
  readonly warrants: readonly WarrantRow[]
  readonly persons: readonly PersonRow[]
  readonly statutes: readonly StatuteRow[]
  readonly instruments: readonly InstrumentRow[]
  readonly mlaRequests: readonly MlaRow[]
}

/** The domain that publishes each type of row. */
export const DOMAIN_OF_ROWS = {
  cases: 'cases',
  warrants: 'cases',
  persons: 'persons',
  statutes: 'legal',
  instruments: 'legal',
  mlaRequests: 'legal',
} as const satisfies Record<keyof Rows, Domain>

/** The participants, and the domains that each publishes. */
export type Publishers = Readonly<Record<string, readonly Domain[]>>

/** A world: the participants and all rows. The owner of each row publishes its domain. */
export interface World {
  readonly publishers: Publishers
  readonly rows: Rows
}

/** The names of the row types. */
export const ROW_TYPES = Object.keys(DOMAIN_OF_ROWS) as readonly (keyof Rows)[]

/** Returns the rows of one domain that one country holds. The other types are empty. */
export function rowsOf(rows: Rows, country: string, domain: Domain): Rows {
  const mine = <Row extends { readonly id: string }>(type: keyof Rows, all: readonly Row[]): readonly Row[] =>
    DOMAIN_OF_ROWS[type] === domain ? all.filter((row) => row.id.startsWith(`${country}:`)) : []
  return {
    cases: mine('cases', rows.cases),
    warrants: mine('warrants', rows.warrants),
    persons: mine('persons', rows.persons),
    statutes: mine('statutes', rows.statutes),
    instruments: mine('instruments', rows.instruments),
    mlaRequests: mine('mlaRequests', rows.mlaRequests),
  }
}

/** Lists the codes of the participants that publish a domain, sorted. */
export function publishersOf(publishers: Publishers, domain: Domain): string[] {
  return Object.keys(publishers)
    .filter((country) => publishers[country]?.includes(domain))
    .sort()
}

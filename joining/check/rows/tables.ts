import type { Domain } from '../../../contract/domain.ts'

/** The tables of a country, and the field of the contract whose value each column is (subgraphs/<domain>/tables.ts). */

/** One table. */
export interface RowTable {
  readonly table: string
  readonly domain: Domain
  /** An expression that names a row by the ids of records, for examples. */
  readonly names: string
  /** The coordinate of the field that each column answers. */
  readonly columns: Readonly<Record<string, string>>
  /** The columns that hold ids of records. */
  readonly ids: readonly IdColumn[]
  /** Pairs of columns that are in the order of time: the second is on the day of the first or later. */
  readonly ordered?: readonly (readonly [earlier: string, later: string])[]
  /** Days and moments that cannot be in the future. */
  readonly past?: readonly string[]
  /** The column that says when the row changed last: never before it was recorded. */
  readonly changes?: string
}

/** A column of ids. */
export interface IdColumn {
  readonly column: string
  /** Whose id it is: the country's own, one of any country, or one of another country. */
  readonly of: 'own' | 'any' | 'other'
  /** The table of the record; without one it is a place in this table. */
  readonly target?: string
}

const PROVENANCE = {
  agency: 'Provenance.agency',
  handling: 'Provenance.handling',
  source_reliability: 'Provenance.sourceReliability',
  information_accuracy: 'Provenance.informationAccuracy',
  recorded_at: 'Provenance.recordedAt',
  review_by: 'Provenance.reviewBy',
  synthetic: 'Provenance.synthetic',
}

const OWN_ID: IdColumn = { column: 'id', of: 'own' }
const OF_CASE: IdColumn = { column: 'case_id', of: 'own', target: 'cases.case_file' }
const OF_PERSON: IdColumn = { column: 'person_id', of: 'own', target: 'persons.person' }
const OF_INSTRUMENT: IdColumn = { column: 'instrument_id', of: 'own', target: 'legal.instrument' }

const CASES: readonly RowTable[] = [
  {
    table: 'cases.case_file',
    domain: 'cases',
    names: 'id',
    columns: {
      category: 'Case.category',
      status: 'Case.status',
      filed_on: 'Case.filedOn',
      closed_on: 'Case.closedOn',
      ...PROVENANCE,
    },
    ids: [OWN_ID],
    ordered: [['filed_on', 'closed_on']],
    past: ['filed_on', 'recorded_at'],
    changes: 'changed_at',
  },
  {
    table: 'cases.offence',
    domain: 'cases',
    names: `case_id || ' ' || ordinal`,
    columns: {
      iccs: 'Offence.iccs',
      national_label: 'Offence.nationalLabel',
      committed_from: 'Offence.committedFrom',
      committed_to: 'Offence.committedTo',
      disposition: 'Offence.disposition',
    },
    ids: [OF_CASE, { column: 'statute_id', of: 'own', target: 'legal.statute' }],
    ordered: [['committed_from', 'committed_to']],
    past: ['committed_from'],
  },
  {
    table: 'cases.warrant',
    domain: 'cases',
    names: 'id',
    columns: {
      category: 'Warrant.category',
      status: 'Warrant.status',
      issued_on: 'Warrant.issuedOn',
      expires_on: 'Warrant.expiresOn',
      ...PROVENANCE,
    },
    ids: [OWN_ID, OF_CASE, { column: 'subject_id', of: 'any', target: 'persons.person' }],
    ordered: [['issued_on', 'expires_on']],
    past: ['issued_on', 'recorded_at'],
  },
  {
    table: 'cases.participant',
    domain: 'cases',
    names: `case_id || ' ' || row_id`,
    columns: { role: 'Participant.role', since: 'Participant.since', until: 'Participant.until' },
    ids: [OF_CASE, { column: 'person_id', of: 'any', target: 'persons.person' }],
    ordered: [['since', 'until']],
  },
  {
    table: 'cases.linked_case',
    domain: 'cases',
    names: 'case_id',
    columns: {},
    ids: [OF_CASE, { column: 'linked_id', of: 'any', target: 'cases.case_file' }],
  },
]

const PERSONS: readonly RowTable[] = [
  {
    table: 'persons.person',
    domain: 'persons',
    names: 'id',
    columns: {
      birth_date: 'Person.birthDate',
      sex: 'Person.sex',
      nationalities: 'Person.nationalities',
      ...PROVENANCE,
    },
    ids: [OWN_ID],
    past: ['birth_date', 'recorded_at'],
  },
  {
    table: 'persons.person_name',
    domain: 'persons',
    names: `person_id || ' ' || ordinal`,
    columns: { category: 'PersonName.category', full_name: 'PersonName.full' },
    ids: [OF_PERSON],
  },
  {
    table: 'persons.identifier',
    domain: 'persons',
    names: `person_id || ' ' || ordinal`,
    columns: {
      category: 'Identification.category',
      jurisdiction: 'Identification.jurisdiction',
      value: 'Identification.value',
      issued_on: 'Identification.issuedOn',
      expires_on: 'Identification.expiresOn',
    },
    ids: [OF_PERSON],
    ordered: [['issued_on', 'expires_on']],
  },
  {
    table: 'persons.address',
    domain: 'persons',
    names: `person_id || ' ' || ordinal`,
    columns: { country: 'Address.country' },
    ids: [OF_PERSON],
  },
  {
    table: 'persons.associate',
    domain: 'persons',
    names: `person_id || ' ' || row_id`,
    columns: { relationship: 'Associate.relationship', ...PROVENANCE },
    ids: [OF_PERSON, { column: 'associate_id', of: 'any', target: 'persons.person' }],
    past: ['recorded_at'],
  },
  {
    table: 'persons.membership',
    domain: 'persons',
    names: `person_id || ' ' || ordinal`,
    columns: { group_name: 'GroupMembership.group', since: 'GroupMembership.since', until: 'GroupMembership.until' },
    ids: [OF_PERSON],
    ordered: [['since', 'until']],
  },
  {
    table: 'persons.same_as',
    domain: 'persons',
    names: 'person_id',
    columns: {},
    ids: [OF_PERSON, { column: 'other_id', of: 'other' }],
  },
]

const LEGAL: readonly RowTable[] = [
  {
    table: 'legal.statute',
    domain: 'legal',
    names: 'id',
    columns: { iccs: 'Statute.iccs', in_force_from: 'Statute.inForceFrom', repealed_on: 'Statute.repealedOn' },
    ids: [OWN_ID],
    ordered: [['in_force_from', 'repealed_on']],
  },
  {
    table: 'legal.instrument',
    domain: 'legal',
    names: 'id',
    columns: { kind: 'LegalInstrument.kind', adopted_on: 'LegalInstrument.adoptedOn' },
    ids: [OWN_ID],
  },
  {
    table: 'legal.article',
    domain: 'legal',
    names: `instrument_id || ' ' || ordinal`,
    columns: { number: 'Article.number', body: 'Article.text' },
    ids: [OF_INSTRUMENT],
  },
  {
    table: 'legal.participation',
    domain: 'legal',
    names: `instrument_id || ' ' || country`,
    columns: {
      country: 'Participation.country',
      signed_on: 'Participation.signedOn',
      bound_on: 'Participation.boundOn',
      action: 'Participation.action',
    },
    ids: [OF_INSTRUMENT],
  },
  {
    table: 'legal.mla_request',
    domain: 'legal',
    names: 'id',
    columns: {
      requested_country: 'MutualLegalAssistanceRequest.requestedCountry',
      measures: 'MutualLegalAssistanceRequest.measures',
      urgency: 'MutualLegalAssistanceRequest.urgency',
      status: 'MutualLegalAssistanceRequest.status',
      ...PROVENANCE,
    },
    ids: [OWN_ID, OF_CASE, { column: 'legal_basis_id', of: 'any', target: 'legal.instrument' }],
    past: ['recorded_at'],
  },
  {
    table: 'legal.mla_concern',
    domain: 'legal',
    names: 'mla_id',
    columns: {},
    ids: [
      { column: 'mla_id', of: 'own', target: 'legal.mla_request' },
      { column: 'case_id', of: 'other' },
    ],
  },
]

/** All tables whose rows become records, by domain in the order of their migrations. */
export const ROW_TABLES: readonly RowTable[] = [...CASES, ...PERSONS, ...LEGAL]

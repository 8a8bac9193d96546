import type { Table } from './table.ts'

/** The tables that the importers and the generator write, as the migrations of `subgraphs/` make them. */

const PROVENANCE = [
  'agency',
  'handling',
  'handling_note',
  'source_reliability',
  'information_accuracy',
  'recorded_at',
  'review_by',
  'synthetic',
]

const table = (name: string, key: readonly string[], columns: readonly string[]): Table => ({
  name,
  key,
  columns: [...key, ...columns],
  ...(columns.includes('recorded_at') && { stamps: ['recorded_at'] }),
})

export const ICCS_CODE = table('reference.iccs_code', ['code'], ['level', 'parent', 'title_en', 'title_es'])

export const CASE_FILE = table(
  'cases.case_file',
  ['id'],
  [
    'tracking_id',
    'category',
    'status',
    'filed_on',
    'closed_on',
    'subdivision',
    'court',
    'prosecutor',
    'narrative',
    ...PROVENANCE,
  ],
)
export const OFFENCE = table(
  'cases.offence',
  ['case_id', 'ordinal'],
  [
    'iccs',
    'national_label',
    'statute_id',
    'attempted',
    'committed_from',
    'committed_to',
    'organised_crime',
    'disposition',
  ],
)
export const WARRANT = table(
  'cases.warrant',
  ['id'],
  [
    'case_id',
    'category',
    'status',
    'issued_on',
    'expires_on',
    'issuing_court',
    'subject_id',
    'extradition_requested',
    ...PROVENANCE,
  ],
)
export const PARTICIPANT = table('cases.participant', ['row_id'], ['case_id', 'role', 'person_id', 'since', 'until'])
export const LINKED_CASE = table('cases.linked_case', ['case_id', 'linked_id'], [])

export const PERSON = table(
  'persons.person',
  ['id'],
  ['birth_date', 'birth_place', 'sex', 'nationalities', 'protected', ...PROVENANCE],
)
export const PERSON_NAME = table(
  'persons.person_name',
  ['person_id', 'ordinal'],
  ['category', 'full_name', 'given_names', 'surnames'],
)
export const IDENTIFIER = table(
  'persons.identifier',
  ['person_id', 'ordinal'],
  ['category', 'jurisdiction', 'value', 'issued_on', 'expires_on'],
)
export const ADDRESS = table('persons.address', ['person_id', 'ordinal'], ['line', 'subdivision', 'country'])
export const ASSOCIATE = table(
  'persons.associate',
  ['row_id'],
  ['person_id', 'associate_id', 'relationship', ...PROVENANCE],
)
export const MEMBERSHIP = table(
  'persons.membership',
  ['person_id', 'ordinal'],
  ['group_name', 'role', 'since', 'until'],
)
export const SAME_AS = table('persons.same_as', ['person_id', 'other_id'], [])

export const STATUTE = table(
  'legal.statute',
  ['id'],
  ['code', 'section', 'heading', 'body', 'iccs', 'max_penalty_months', 'in_force_from', 'repealed_on'],
)
export const INSTRUMENT = table('legal.instrument', ['id'], ['title', 'kind', 'adopted_on'])
export const ARTICLE = table('legal.article', ['instrument_id', 'ordinal'], ['number', 'heading', 'body'])
export const PARTICIPATION = table(
  'legal.participation',
  ['instrument_id', 'country'],
  ['signed_on', 'bound_on', 'action'],
)
export const MLA_REQUEST = table(
  'legal.mla_request',
  ['id'],
  [
    'requested_country',
    'requesting_authority',
    'legal_basis_id',
    'legal_basis_article',
    'case_id',
    'measures',
    'urgency',
    'status',
    ...PROVENANCE,
  ],
)
export const MLA_CONCERN = table('legal.mla_concern', ['mla_id', 'case_id'], [])

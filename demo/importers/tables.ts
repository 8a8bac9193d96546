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

/** The provenance of a record that is a row of its own, and whom it is shared with. */
const SHARED_PROVENANCE = [...PROVENANCE, 'shared_with']

/** `shared_with` of a record that every recognised task force may see. */
export const EVERY_TASK_FORCE: readonly string[] = ['*']

const table = (name: string, key: readonly string[], columns: readonly string[]): Table => ({
  name,
  key,
  columns: [...key, ...columns],
  ...(columns.includes('recorded_at') && { stamps: ['recorded_at'] }),
})

/** Codes of the crime classification, in every database. */
export const ICCS_CODE = table('reference.iccs_code', ['code'], ['level', 'parent', 'title_en', 'title_es'])

/** Cases. */
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
    ...SHARED_PROVENANCE,
  ],
)
/** The offences of a case. They are deleted with their case. */
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
/** Warrants; `subject_id` may be a person of any country. */
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
    ...SHARED_PROVENANCE,
  ],
)
/** Who takes part in a case; `person_id` may be a person of any country. */
export const PARTICIPANT = table('cases.participant', ['row_id'], ['case_id', 'role', 'person_id', 'since', 'until'])
/** Links from a case to one of any country. */
export const LINKED_CASE = table('cases.linked_case', ['case_id', 'linked_id'], [])

/** Persons. */
export const PERSON = table(
  'persons.person',
  ['id'],
  ['birth_date', 'birth_place', 'sex', 'nationalities', 'protected', ...SHARED_PROVENANCE],
)
/** Names of persons. The database computes `folded`. */
export const PERSON_NAME = table(
  'persons.person_name',
  ['person_id', 'ordinal'],
  ['category', 'full_name', 'given_names', 'surnames'],
)
/** Numbers of documents. The database computes `folded`. */
export const IDENTIFIER = table(
  'persons.identifier',
  ['person_id', 'ordinal'],
  ['category', 'jurisdiction', 'value', 'issued_on', 'expires_on'],
)
/** Addresses. */
export const ADDRESS = table('persons.address', ['person_id', 'ordinal'], ['line', 'subdivision', 'country'])
/** Associates: persons of any country with whom a person is seen. */
export const ASSOCIATE = table(
  'persons.associate',
  ['row_id'],
  ['person_id', 'associate_id', 'relationship', ...PROVENANCE],
)
/** Memberships in groups. */
export const MEMBERSHIP = table(
  'persons.membership',
  ['person_id', 'ordinal'],
  ['group_name', 'role', 'since', 'until'],
)
/** Records of other countries that are considered the same person. */
export const SAME_AS = table('persons.same_as', ['person_id', 'other_id'], [])

/** Sections of national law. */
export const STATUTE = table(
  'legal.statute',
  ['id'],
  ['code', 'section', 'heading', 'body', 'iccs', 'max_penalty_months', 'in_force_from', 'repealed_on'],
)
/** Treaties. */
export const INSTRUMENT = table('legal.instrument', ['id'], ['title', 'kind', 'adopted_on'])
/** Articles of a treaty. They are deleted with their treaty. */
export const ARTICLE = table('legal.article', ['instrument_id', 'ordinal'], ['number', 'heading', 'body'])
/** Participations: which state signed a treaty, and when it became bound. */
export const PARTICIPATION = table(
  'legal.participation',
  ['instrument_id', 'country'],
  ['signed_on', 'bound_on', 'action'],
)
/** Requests for mutual legal assistance. */
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
    ...SHARED_PROVENANCE,
  ],
)
/** Cases of other countries that a request is about. */
export const MLA_CONCERN = table('legal.mla_concern', ['mla_id', 'case_id'], [])
/** What the data is complete for (subgraphs/legal/migrations/004-coverage.sql). */
export const COVERAGE = table('legal.coverage', ['subject', 'key'], [])

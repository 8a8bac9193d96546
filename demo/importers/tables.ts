import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { columnsOf, kindOf } from '../../contract/records/records.ts'
import type { Table } from './table.ts'

/** The tables that the importers and the generator write. Those of records follow from contract/records. */

/** `shared_with` of a record that every recognised task force may see. */
export const EVERY_TASK_FORCE: readonly string[] = ['*']

function tableOf(name: RecordKindName): Table {
  const kind = kindOf(name)
  const columns = columnsOf(kind)
  const stamps = columns.filter((column) => column === 'recorded_at')
  return { name: kind.table, key: kind.primaryKey, columns, stamps }
}

/** Codes of the crime classification, in every database. */
export const ICCS_CODE: Table = {
  name: 'reference.iccs_code',
  key: ['code'],
  columns: ['code', 'level', 'parent', 'title_en', 'title_es'],
}

/** Cases. */
export const CASE_FILE = tableOf('cases')
/** The offences of a case. They are deleted with their case. */
export const OFFENCE = tableOf('cases.offences')
/** Warrants; `subject_id` may be a person of any country. */
export const WARRANT = tableOf('warrants')
/** Who takes part in a case; `person_id` may be a person of any country. */
export const PARTICIPANT = tableOf('cases.participants')
/** Links from a case to one of any country. */
export const LINKED_CASE = tableOf('cases.linkedCases')

/** Persons. */
export const PERSON = tableOf('persons')
/** Names of persons. The database computes `folded`. */
export const PERSON_NAME = tableOf('persons.names')
/** Numbers of documents. The database computes `folded`. */
export const IDENTIFIER = tableOf('persons.identifiers')
/** Addresses. */
export const ADDRESS = tableOf('persons.addresses')
/** Associates: persons of any country with whom a person is seen. */
export const ASSOCIATE = tableOf('persons.associates')
/** Memberships in groups. */
export const MEMBERSHIP = tableOf('persons.memberships')
/** Records of other countries that are considered the same person. */
export const SAME_AS = tableOf('persons.sameAs')

/** Sections of national law. */
export const STATUTE = tableOf('statutes')
/** Treaties. */
export const INSTRUMENT = tableOf('instruments')
/** Articles of a treaty. They are deleted with their treaty. */
export const ARTICLE = tableOf('instruments.articles')
/** Participations: which state signed a treaty, and when it became bound. */
export const PARTICIPATION = tableOf('instruments.participations')
/** Requests for mutual legal assistance. */
export const MLA_REQUEST = tableOf('mlaRequests')
/** Cases of other countries that a request is about. */
export const MLA_CONCERN = tableOf('mlaRequests.concerns')
/** What the data is complete for (subgraphs/legal/migrations/004-coverage.sql). */
export const COVERAGE: Table = { name: 'legal.coverage', key: ['subject', 'key'], columns: ['subject', 'key'] }

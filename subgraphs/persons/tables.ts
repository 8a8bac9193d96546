import { type DomainTables, derivedColumn, linksOf } from '../kit/domain-tables.ts'
import type { ListSource, RowSource } from '../kit/loaders.ts'
import type { PageSource } from '../kit/paging.ts'
import type { ProvenanceRow } from '../kit/provenance.ts'
import { recordColumns } from '../kit/record-columns.ts'
import { raw, type Sql } from '../kit/sql.ts'

/** The tables of the domain `persons` (migrations/001-persons.sql). Their columns follow from contract/records. */

/** A person in its country's database. */
export interface PersonRow extends ProvenanceRow {
  readonly id: string
}

/** A person whom a country considers close to another person. `associateId` is a person of any country. */
export interface AssociateRow extends ProvenanceRow {
  readonly relationship: string
  readonly associateId: string | null
}

/** The columns of the table or subquery with the alias `person`. */
export const PERSON_COLUMNS: Sql = recordColumns('persons', 'person')

/** The source of persons by id. */
export const PERSONS: RowSource = {
  name: 'persons.person',
  select: PERSON_COLUMNS,
  from: raw('persons.person person'),
  id: raw('person.id'),
}

/** The source of a person's names: the legal ones first, then in the order recorded. */
export const NAMES: ListSource = {
  name: 'persons.person_name',
  select: recordColumns('persons.names', 'n'),
  from: raw('persons.person_name n'),
  parent: raw('n.person_id'),
  orderBy: raw(`n.person_id, n.category <> 'LEGAL', n.ordinal`),
}

/** The source of a person's identifiers, in the order recorded. */
export const IDENTIFIERS: ListSource = {
  name: 'persons.identifier',
  select: recordColumns('persons.identifiers', 'i'),
  from: raw('persons.identifier i'),
  parent: raw('i.person_id'),
  orderBy: raw('i.person_id, i.ordinal'),
}

/** The source of a person's addresses, in the order recorded. */
export const ADDRESSES: ListSource = {
  name: 'persons.address',
  select: recordColumns('persons.addresses', 'a'),
  from: raw('persons.address a'),
  parent: raw('a.person_id'),
  orderBy: raw('a.person_id, a.ordinal'),
}

/** The source of the groups to which a person belongs, in the order recorded. */
export const MEMBERSHIPS: ListSource = {
  name: 'persons.membership',
  select: recordColumns('persons.memberships', 'm'),
  from: raw('persons.membership m'),
  parent: raw('m.person_id'),
  orderBy: raw('m.person_id, m.ordinal'),
}

/** The source of the ids of other countries' records of the same person, in the order of the ids. */
export const SAME_AS: ListSource = {
  name: 'persons.same_as',
  select: raw('s.other_id as id'),
  from: raw('persons.same_as s'),
  parent: raw('s.person_id'),
  orderBy: raw('s.person_id, s.other_id'),
}

/** The source of pages of a person's associates, by row. */
export const ASSOCIATE_PAGES: PageSource = {
  select: recordColumns('persons.associates', 'a'),
  from: raw('persons.associate a'),
  where: [raw('a.person_id = p.parent')],
  id: raw('a.row_id'),
}

/** What the node proves of the domain's tables. */
export const PERSONS_TABLES: DomainTables = {
  publicTables: [],
  links: [
    ...['person_name', 'identifier', 'address', 'membership'].flatMap((table) =>
      linksOf(`persons.${table}`, { person_id: 'person' }),
    ),
    ...linksOf('persons.associate', { person_id: 'person', associate_id: 'person' }),
    ...linksOf('persons.same_as', { person_id: 'person', other_id: 'person' }),
  ],
  derived: [
    derivedColumn('persons.person_name', 'parts', 'persons.name_parts(full_name, given_names, surnames)'),
    derivedColumn('persons.person_name', 'keys', 'persons.name_keys(parts)'),
    derivedColumn('persons.identifier', 'folded', 'persons.fold_identifier(value)'),
    derivedColumn('persons.name_word', 'sound', 'persons.name_sound(word)'),
    derivedColumn('persons.name_word', 'slips', 'persons.word_slips(word)'),
    {
      name: 'persons.name_word',
      uncovered: `select from (select substr(part, 2) as word from persons.person_name, unnest(parts) as u(part)) as written
        where not exists (select from persons.name_word known where known.word = written.word)`,
      remedy: { code: 'LEARN_WORDS' },
    },
  ],
}

import { type DomainTables, derivedColumn, linksOf } from '../kit/domain-tables.ts'
import type { ListSource } from '../kit/loaders.ts'
import type { PageSource } from '../kit/paging.ts'
import type { ProvenanceRow } from '../kit/provenance.ts'
import { listSource, recordColumns, recordSource } from '../kit/record-columns.ts'
import { raw } from '../kit/sql.ts'

/** The tables of the domain `persons` (migrations/001-persons.sql). Their columns follow from contract/records. */

/** A person in its country's database. */
export interface PersonRow extends ProvenanceRow {
  readonly id: string
}

/** The source of persons by id. */
export const PERSONS = recordSource('persons', 'person')

/** The source of a person's names: the legal ones first, then in the order recorded. */
export const NAMES: ListSource = {
  ...listSource('persons.names', 'n'),
  orderBy: raw(`n.person_id, n.category <> 'LEGAL', n.ordinal`),
}

/** The source of a person's identifiers, in the order recorded. */
export const IDENTIFIERS = listSource('persons.identifiers', 'i')

/** The source of a person's addresses, in the order recorded. */
export const ADDRESSES = listSource('persons.addresses', 'a')

/** The source of the groups to which a person belongs, in the order recorded. */
export const MEMBERSHIPS = listSource('persons.memberships', 'm')

/** The source of the ids of other countries' records of the same person, in the order of the ids. */
export const SAME_AS = listSource('persons.sameAs', 's')

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
  links: linksOf('persons'),
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

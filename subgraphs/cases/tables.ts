import { type DomainTables, derivedColumn, linksOf } from '../kit/domain-tables.ts'
import type { PageSource } from '../kit/paging.ts'
import type { ProvenanceRow } from '../kit/provenance.ts'
import { listSource, recordColumns, recordSource } from '../kit/record-columns.ts'
import { raw, type Sql, sql } from '../kit/sql.ts'

/** The tables of the domain `cases` (migrations/001-cases.sql). Their columns follow from contract/records. */

/** A case in its country's database. */
export interface CaseRow extends ProvenanceRow {
  readonly id: string
}

/** A warrant; `subjectId` is a person of any country. */
export interface WarrantRow extends ProvenanceRow {
  readonly id: string
  readonly subjectId: string | null
}

/** The source of cases by id. */
export const CASES = recordSource('cases', 'c')

/** The source of warrants by id. */
export const WARRANTS = recordSource('warrants', 'w')

/** The source of a case's charges, in the order of the indictment. */
export const OFFENCES = listSource('cases.offences', 'o')

/** The source of the ids of the cases to which a case is linked, in the order of the ids. */
export const LINKED_CASES = listSource('cases.linkedCases', 'l')

// For each order, the column whose ascending order of bytes is that order. ID_ASC needs none (contract/cursor.ts).
const CASE_KEYS: Readonly<Record<string, Sql>> = {
  FILED_ON_DESC: raw('c.filed_desc_key'),
  FILED_ON_ASC: raw('c.filed_asc_key'),
}

/** Returns the source of pages of cases in an order of `CaseOrder`. */
export function casePages(order: string, source: Pick<PageSource, 'from' | 'where'>): PageSource {
  const key = CASE_KEYS[order]
  return { select: CASES.select, id: CASES.id, ...(key && { key }), ...source }
}

/** Returns the source of pages of the warrants that meet the conditions, newest first. */
export function warrantPages(where: readonly Sql[]): PageSource {
  return {
    ...WARRANTS,
    where,
    key: raw('w.issued_desc_key'),
  }
}

/** Returns the source of pages of a case's participants, by row: either victims and witnesses, or the others, never both. */
export function participantPages(of: 'protected' | 'others', role?: string | null): PageSource {
  return {
    select: recordColumns('cases.participants', 't'),
    from: raw('cases.participant t'),
    where: [
      raw('t.case_id = p.parent'),
      raw(of === 'protected' ? 't.protected' : 'not t.protected'),
      ...(role === null || role === undefined ? [] : [sql`t.role = ${role}`]),
    ],
    id: raw('t.row_id'),
  }
}

/** What the node proves of the domain's tables. */
export const CASES_TABLES: DomainTables = {
  publicTables: [],
  links: linksOf('cases'),
  derived: [
    derivedColumn('cases.case_file', 'filed_desc_key', 'istmo.descending_date_key(filed_on)'),
    derivedColumn('cases.case_file', 'filed_asc_key', 'istmo.ascending_date_key(filed_on)'),
    {
      name: 'cases.case_file.changed_at',
      uncovered: 'select from cases.case_file where changed_at is null limit 1',
      remedy: { code: 'GIVE_CHANGE', details: { table: 'cases.case_file', column: 'changed_at' } },
    },
    derivedColumn('cases.warrant', 'issued_desc_key', 'istmo.descending_date_key(issued_on)'),
    derivedColumn('cases.participant', 'protected', `(role in ('WITNESS', 'VICTIM'))`),
  ],
}

import { type DomainTables, derivedColumn, linksOf } from '../kit/domain-tables.ts'
import type { ListSource, RowSource } from '../kit/loaders.ts'
import type { PageSource } from '../kit/paging.ts'
import type { ProvenanceRow } from '../kit/provenance.ts'
import { recordColumns } from '../kit/record-columns.ts'
import { raw, type Sql, sql } from '../kit/sql.ts'

/** The tables of the domain `legal` (migrations/001-legal.sql). Their columns follow from contract/records. */

/** An article of a national law. */
export interface StatuteRow {
  readonly id: string
  readonly maxPenaltyMonths: number | null
}

/** A treaty or an agreement. */
export interface InstrumentRow {
  readonly id: string
}

/** A request for assistance. It may refer to records of any country. */
export interface MlaRow extends ProvenanceRow {
  readonly id: string
  readonly legalBasisId: string | null
  readonly caseId: string | null
}

/** Columns of `legal.statute s`. */
export const STATUTE_COLUMNS: Sql = recordColumns('statutes', 's', 'text')

/** Columns of `legal.instrument i`. */
export const INSTRUMENT_COLUMNS: Sql = recordColumns('instruments', 'i')

const MLA_COLUMNS = recordColumns('mlaRequests', 'm')
const PARTICIPATION_COLUMNS = recordColumns('instruments.participations', 't')

/** The source of statutes by id. */
export const STATUTES: RowSource = {
  name: 'legal.statute',
  select: STATUTE_COLUMNS,
  from: raw('legal.statute s'),
  id: raw('s.id'),
}

/** Returns the condition that a statute `s` has one of these ICCS codes or a code below one. Without codes, no statute meets it. */
export function hasIccs(codes: readonly string[]): Sql {
  return sql`s.iccs_and_above && ${codes}::text[]`
}

/** Returns the source of pages of the statutes that meet the conditions. */
export function statutePages(where: readonly Sql[]): PageSource {
  return { select: STATUTE_COLUMNS, from: raw('legal.statute s'), where, id: raw('s.id') }
}

/** The source of instruments by id. */
export const INSTRUMENTS: RowSource = {
  name: 'legal.instrument',
  select: INSTRUMENT_COLUMNS,
  from: raw('legal.instrument i'),
  id: raw('i.id'),
}

/** The source of pages of an instrument's articles, in their order. */
export const ARTICLE_PAGES: PageSource = {
  select: recordColumns('instruments.articles', 'a'),
  from: raw('legal.article a'),
  where: [raw('a.instrument_id = p.parent')],
  id: raw('a.row_id'),
}

/** Returns the source of the participations in an instrument, in the order of the countries; null means all countries. */
export function participations(countries: readonly string[] | null): ListSource {
  return {
    name: `legal.participation(${JSON.stringify(countries)})`,
    select: PARTICIPATION_COLUMNS,
    from:
      countries === null
        ? raw('legal.participation t')
        : sql`(select * from legal.participation where country = any(${countries}::text[])) t`,
    parent: raw('t.instrument_id'),
    orderBy: raw('t.instrument_id, t.country'),
  }
}

/** Which requests a caller may see. Only callers of its own country see a draft. */
export interface RowVisibility {
  readonly drafts: boolean
}

function visible({ drafts }: RowVisibility): readonly Sql[] {
  return drafts ? [] : [raw(`m.status <> 'DRAFT'`)]
}

/** Returns the source of requests by id. */
export function mlaRequests({ drafts }: RowVisibility): RowSource {
  return {
    name: 'legal.mla_request',
    select: MLA_COLUMNS,
    from: raw(drafts ? 'legal.mla_request m' : `(select * from legal.mla_request where status <> 'DRAFT') m`),
    id: raw('m.id'),
  }
}

/** Returns the source of pages of the requests that meet the conditions. */
export function mlaPages(visibleRows: RowVisibility, where: readonly Sql[]): PageSource {
  return {
    select: MLA_COLUMNS,
    from: raw('legal.mla_request m'),
    where: [...visible(visibleRows), ...where],
    id: raw('m.id'),
  }
}

/** The source of pages of the requests whose `case` or `concerns` is the record that has the connection. */
export function mlaPagesOfCase(visibleRows: RowVisibility): PageSource {
  return {
    ...mlaPages(visibleRows, []),
    from: raw(`
      (select r.id from legal.mla_request r where r.case_id = p.parent
       union select c.mla_id from legal.mla_concern c where c.case_id = p.parent) named
      join legal.mla_request m on m.id = named.id`),
  }
}

/** The source of the ids of the cases that a request concerns, in the order of the ids. */
export const CONCERNS: ListSource = {
  name: 'legal.mla_concern',
  select: raw('c.case_id as id'),
  from: raw('legal.mla_concern c'),
  parent: raw('c.mla_id'),
  orderBy: raw('c.mla_id, c.case_id'),
}

/** What the node proves of the domain's tables. Law is public. */
export const LEGAL_TABLES: DomainTables = {
  publicTables: ['legal.statute', 'legal.instrument', 'legal.article', 'legal.participation', 'legal.coverage'],
  links: [...linksOf('legal.mla_request', { case_id: 'case' }), ...linksOf('legal.mla_concern', { case_id: 'case' })],
  derived: [
    derivedColumn('legal.statute', 'iccs_and_above', 'legal.iccs_and_above(iccs)'),
    derivedColumn('legal.article', 'row_id', `lpad(ordinal::text, 6, '0')`),
  ],
}

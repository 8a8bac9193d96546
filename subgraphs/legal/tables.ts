import { type DomainTables, derivedColumn, linksOf } from '../kit/domain-tables.ts'
import type { ListSource, RowSource } from '../kit/loaders.ts'
import type { PageSource } from '../kit/paging.ts'
import type { ProvenanceRow } from '../kit/provenance.ts'
import { listSource, recordColumns, recordSource } from '../kit/record-columns.ts'
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

/** The source of statutes by id. */
export const STATUTES = recordSource('statutes', 's', 'text')

/** Returns the condition that a statute `s` has one of these ICCS codes or a code below one. Without codes, no statute meets it. */
export function hasIccs(codes: readonly string[]): Sql {
  return sql`s.iccs_and_above && ${codes}::text[]`
}

/** Returns the source of pages of the statutes that meet the conditions. */
export function statutePages(where: readonly Sql[]): PageSource {
  return { ...STATUTES, where }
}

/** The source of instruments by id. */
export const INSTRUMENTS = recordSource('instruments', 'i')

/** The source of pages of an instrument's articles, in their order. */
export const ARTICLE_PAGES: PageSource = {
  select: recordColumns('instruments.articles', 'a'),
  from: raw('legal.article a'),
  where: [raw('a.instrument_id = p.parent')],
  id: raw('a.row_id'),
}

/** Returns the source of the participations in an instrument, in the order of the countries; null means all countries. */
export function participations(countries: readonly string[] | null): ListSource {
  const all = listSource('instruments.participations', 't')
  return {
    ...all,
    name: `${all.name}(${JSON.stringify(countries)})`,
    from:
      countries === null
        ? all.from
        : sql`(select * from legal.participation where country = any(${countries}::text[])) t`,
  }
}

/** Which requests a caller may see. Only callers of its own country see a draft. */
export interface RowVisibility {
  readonly drafts: boolean
}

function visible({ drafts }: RowVisibility): readonly Sql[] {
  return drafts ? [] : [raw(`m.status <> 'DRAFT'`)]
}

const REQUESTS = recordSource('mlaRequests', 'm')

/** Returns the source of requests by id. */
export function mlaRequests({ drafts }: RowVisibility): RowSource {
  if (drafts) return REQUESTS
  return { ...REQUESTS, from: raw(`(select * from legal.mla_request where status <> 'DRAFT') m`) }
}

/** Returns the source of pages of the requests that meet the conditions. */
export function mlaPages(visibleRows: RowVisibility, where: readonly Sql[]): PageSource {
  return { ...REQUESTS, where: [...visible(visibleRows), ...where] }
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
export const CONCERNS = listSource('mlaRequests.concerns', 'c')

/** What the node proves of the domain's tables. Law is public. */
export const LEGAL_TABLES: DomainTables = {
  publicTables: ['legal.statute', 'legal.instrument', 'legal.article', 'legal.participation', 'legal.coverage'],
  links: linksOf('legal'),
  derived: [
    derivedColumn('legal.statute', 'iccs_and_above', 'legal.iccs_and_above(iccs)'),
    derivedColumn('legal.article', 'row_id', `lpad(ordinal::text, 6, '0')`),
  ],
}

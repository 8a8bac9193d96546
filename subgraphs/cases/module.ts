import { type GraphQLResolveInfo, parse } from 'graphql'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { recordReference, referenceField, stubEntity } from '../kit/entities.ts'
import { listField } from '../kit/lists-ahead.ts'
import { loadRecord } from '../kit/loaders.ts'
import { noteCoverage } from '../kit/note-coverage.ts'
import { type Connection, connection, type PageArguments, pageField } from '../kit/paging.ts'
import { RECORD_FIELDS } from '../kit/provenance.ts'
import { raw, sql } from '../kit/sql.ts'
import type { DomainModule, NodeContext } from '../kit/types.ts'
import { type CaseCountArguments, type CaseCounts, countCases, readSourceTime } from './case-counts.ts'
import { type CaseFilter, caseConditions, isRangeOfOrder } from './case-filter.ts'
import {
  CASES,
  CASES_TABLES,
  type CaseRow,
  casePages,
  LINKED_CASES,
  OFFENCES,
  participantPages,
  WARRANTS,
  type WarrantRow,
  warrantPages,
} from './tables.ts'
import { type WarrantFilter, warrantConditions } from './warrant-filter.ts'

interface Reference {
  readonly id: string
}

const query = {
  case: (_root: unknown, { id }: Reference, context: NodeContext) => loadRecord<CaseRow>(context, CASES, id),

  warrant: (_root: unknown, { id }: Reference, context: NodeContext) => loadRecord<WarrantRow>(context, WARRANTS, id),

  cases(
    _root: unknown,
    args: PageArguments & { readonly filter?: CaseFilter | null },
    context: NodeContext,
    info: GraphQLResolveInfo,
  ): Promise<Connection<CaseRow>> {
    const where = caseConditions(args.filter)
    return connection({ args, context, info }, (order) => ({
      ...casePages(order, { from: raw('cases.case_file c'), where }),
      ...(isRangeOfOrder(args.filter, order) && { plan: 'keep' as const }),
    }))
  },

  warrants(
    _root: unknown,
    args: PageArguments & { readonly filter?: WarrantFilter | null },
    context: NodeContext,
    info: GraphQLResolveInfo,
  ): Promise<Connection<WarrantRow>> {
    return connection({ args, context, info }, () => warrantPages(warrantConditions(args.filter)))
  },

  async caseCounts(_root: unknown, args: CaseCountArguments, context: NodeContext) {
    const { country, db } = context
    const { counts, withheld, reachesBeyond, years } = await countCases(context, args)
    // Otherwise no count for a year that the country has no data of would say that there was no case.
    if (reachesBeyond) noteCoverage(context)
    return {
      counts: counts.map((count) => ({ ...count, country })),
      ranges: async () => [{ country, ...daysOf(years), asOf: await readSourceTime(db) }],
      withheldBy: withheld ? [country] : [],
    }
  },
}

function daysOf(years: CaseCounts['years']) {
  if (years === null) return { from: null, until: null }
  const [first, last] = [years.first, years.last].map((year) => String(year).padStart(4, '0'))
  const today = new Date().toISOString().slice(0, 10)
  // Records do not lie in days to come.
  return { from: `${first}-01-01`, until: last === today.slice(0, 4) ? today : `${last}-12-31` }
}

const caseFields = {
  __resolveReference: recordReference(CASES),

  ...RECORD_FIELDS,

  offences: listField(OFFENCES),

  warrants: pageField(() => warrantPages([raw('w.case_id = p.parent')])),

  participants: pageField((_order, { role }: PageArguments & { readonly role?: string | null }) =>
    participantPages('others', role),
  ),

  protectedParticipants: pageField(() => participantPages('protected')),

  linkedCases: listField(LINKED_CASES),
}

const offenceFields = {
  statute: referenceField('statuteId'),
}

const warrantFields = {
  __resolveReference: recordReference(WARRANTS),

  ...RECORD_FIELDS,

  subject: referenceField('subjectId'),
}

const participantFields = {
  person: referenceField('personId'),
}

const personFields = {
  __resolveReference: stubEntity,

  cases: pageField((order) =>
    casePages(order, {
      from: raw(`
          (select distinct t.case_id from cases.participant t where t.person_id = p.parent and not t.protected) named
          join cases.case_file c on c.id = named.case_id`),
      where: [],
    }),
  ),

  warrants: pageField((_order, { status }: PageArguments & { readonly status?: string | null }) =>
    warrantPages([
      raw('w.subject_id = p.parent'),
      ...(status === null || status === undefined ? [] : [sql`w.status = ${status}`]),
    ]),
  ),
}

/** The domain `cases`: one country's criminal cases with their charges, warrants and participants. */
export const casesModule: DomainModule = {
  domain: 'cases',
  typeDefs: parse(domainSdl('cases')),
  resolvers: {
    Query: query,
    Case: caseFields,
    Offence: offenceFields,
    Warrant: warrantFields,
    Participant: participantFields,
    Person: personFields,
  },
  migrations: new URL('./migrations/', import.meta.url),
  tables: CASES_TABLES,
}

import { type GraphQLResolveInfo, parse } from 'graphql'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { recordReference, stubEntity } from '../kit/entities.ts'
import { listField } from '../kit/lists-ahead.ts'
import { loadRecord } from '../kit/loaders.ts'
import { noteCoverage } from '../kit/note-coverage.ts'
import { type Connection, connection, type PageArguments } from '../kit/paging.ts'
import { provenanceOf } from '../kit/provenance.ts'
import { raw, sql } from '../kit/sql.ts'
import type { DomainModule, NodeContext } from '../kit/types.ts'
import { type CaseCountArguments, countCases } from './case-counts.ts'
import { type CaseFilter, caseConditions, isRangeOfOrder } from './case-filter.ts'
import {
  CASES,
  CASES_TABLES,
  type CaseRow,
  casePages,
  LINKED_CASES,
  OFFENCES,
  type OffenceRow,
  type ParticipantRow,
  participantPages,
  WARRANTS,
  type WarrantRow,
  warrantPages,
} from './tables.ts'
import { type WarrantFilter, warrantConditions } from './warrant-filter.ts'

interface Reference {
  readonly id: string
}

/** A reference to a record of this or another country, only by its id. The owner, or the record's domain, answers the other fields. */
function recordOf(id: string | null): Reference | null {
  return id === null ? null : { id }
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
    const { country } = context
    const { counts, withheld, reachesBeyond } = await countCases(context, args)
    // Otherwise no count for a year that the country has no data of would say that there was no case.
    if (reachesBeyond) noteCoverage(context)
    return { counts: counts.map((count) => ({ ...count, country })), withheldBy: withheld ? [country] : [] }
  },
}

const caseFields = {
  __resolveReference: recordReference(CASES),

  country: (_case: CaseRow, _args: unknown, context: NodeContext) => context.country,

  offences: listField(OFFENCES),

  warrants: ({ id }: CaseRow, args: PageArguments, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<WarrantRow>({ args, context, info, parent: id }, () => warrantPages([raw('w.case_id = p.parent')])),

  participants: (
    { id }: CaseRow,
    args: PageArguments & { readonly role?: string | null },
    context: NodeContext,
    info: GraphQLResolveInfo,
  ) => connection<ParticipantRow>({ args, context, info, parent: id }, () => participantPages('others', args.role)),

  protectedParticipants: ({ id }: CaseRow, args: PageArguments, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<ParticipantRow>({ args, context, info, parent: id }, () => participantPages('protected')),

  linkedCases: listField(LINKED_CASES),

  provenance: (row: CaseRow, _args: unknown, context: NodeContext) => provenanceOf(row, context.country),
}

const offenceFields = {
  statute: ({ statuteId }: OffenceRow) => recordOf(statuteId),
}

const warrantFields = {
  __resolveReference: recordReference(WARRANTS),

  country: (_warrant: WarrantRow, _args: unknown, context: NodeContext) => context.country,

  subject: ({ subjectId }: WarrantRow) => recordOf(subjectId),

  provenance: (row: WarrantRow, _args: unknown, context: NodeContext) => provenanceOf(row, context.country),
}

const participantFields = {
  person: ({ personId }: ParticipantRow) => recordOf(personId),
}

const personFields = {
  __resolveReference: stubEntity,

  cases: ({ id }: Reference, args: PageArguments, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<CaseRow>({ args, context, info, parent: id }, (order) =>
      casePages(order, {
        from: raw(`
          (select distinct t.case_id from cases.participant t where t.person_id = p.parent and not t.protected) named
          join cases.case_file c on c.id = named.case_id`),
        where: [],
      }),
    ),

  warrants: (
    { id }: Reference,
    args: PageArguments & { readonly status?: string | null },
    context: NodeContext,
    info: GraphQLResolveInfo,
  ) =>
    connection<WarrantRow>({ args, context, info, parent: id }, () =>
      warrantPages([
        raw('w.subject_id = p.parent'),
        ...(args.status === null || args.status === undefined ? [] : [sql`w.status = ${args.status}`]),
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

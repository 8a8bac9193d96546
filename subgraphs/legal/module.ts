import { type GraphQLResolveInfo, parse } from 'graphql'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { referenceField, stubEntity } from '../kit/entities.ts'
import { listField } from '../kit/lists-ahead.ts'
import { loadList, loadRecord } from '../kit/loaders.ts'
import { connection, type PageArguments, pageField } from '../kit/paging.ts'
import { RECORD_FIELDS } from '../kit/provenance.ts'
import { sql } from '../kit/sql.ts'
import type { DomainModule, NodeContext } from '../kit/types.ts'
import { noteIccsCoverage, noteStatuteCoverage, noteTreatyCoverage } from './coverage.ts'
import { findIccsClasses, type IccsClassArguments } from './iccs-classes.ts'
import { dualCriminality, instrumentsBinding, isSeriousCrime } from './law.ts'
import {
  ARTICLE_PAGES,
  CONCERNS,
  hasIccs,
  INSTRUMENTS,
  type InstrumentRow,
  LEGAL_TABLES,
  type MlaRow,
  mlaPages,
  mlaPagesOfCase,
  mlaRequests,
  participations,
  type RowVisibility,
  STATUTES,
  type StatuteRow,
  statutePages,
} from './tables.ts'

interface Reference {
  readonly id: string
}

function sightOf({ claims, country }: NodeContext): RowVisibility {
  return { drafts: claims.org?.country === country }
}

interface StatuteArguments extends PageArguments {
  readonly iccs?: readonly string[] | null
}

interface MlaArguments extends PageArguments {
  readonly requestedCountry?: string | null
  readonly status?: readonly string[] | null
}

const query = {
  statute: (_root: unknown, { id }: Reference, context: NodeContext) => loadRecord<StatuteRow>(context, STATUTES, id),

  async statutes(_root: unknown, args: StatuteArguments, context: NodeContext, info: GraphQLResolveInfo) {
    await noteStatuteCoverage(context, args.iccs ?? null)
    return connection<StatuteRow>({ args, context, info }, () => statutePages(args.iccs ? [hasIccs(args.iccs)] : []))
  },

  async iccsClasses(_root: unknown, args: IccsClassArguments, context: NodeContext) {
    await noteIccsCoverage(context)
    const { country } = context
    return { classes: (await findIccsClasses(context.db, args)).map((row) => ({ ...row, country })) }
  },

  legalInstrument: (_root: unknown, { id }: Reference, context: NodeContext) =>
    loadRecord<InstrumentRow>(context, INSTRUMENTS, id),

  async legalInstruments(_root: unknown, args: { readonly binding: readonly string[] }, context: NodeContext) {
    await noteTreatyCoverage(context, args.binding.length > 0 ? args.binding : null)
    return { instruments: await instrumentsBinding(context.db, args.binding) }
  },

  mlaRequest: (_root: unknown, { id }: Reference, context: NodeContext) =>
    loadRecord<MlaRow>(context, mlaRequests(sightOf(context)), id),

  mlaRequests: (_root: unknown, args: MlaArguments, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<MlaRow>({ args, context, info }, () =>
      mlaPages(sightOf(context), [
        ...(args.requestedCountry ? [sql`m.requested_country = ${args.requestedCountry}`] : []),
        ...(args.status ? [sql`m.status = any(${args.status}::text[])`] : []),
      ]),
    ),

  async dualCriminality(_root: unknown, { iccs }: { readonly iccs: string }, context: NodeContext) {
    await noteStatuteCoverage(context, [iccs])
    return dualCriminality(context, iccs)
  },
}

const statuteFields = {
  __resolveReference: ({ id }: Reference, context: NodeContext) => loadRecord<StatuteRow>(context, STATUTES, id),

  country: RECORD_FIELDS.country,

  untocSeriousCrime: (statute: StatuteRow) => isSeriousCrime(statute),
}

const instrumentFields = {
  __resolveReference: ({ id }: Reference, context: NodeContext) => loadRecord<InstrumentRow>(context, INSTRUMENTS, id),

  articles: pageField(() => ARTICLE_PAGES),

  async participations(
    { id }: InstrumentRow,
    { countries }: { readonly countries?: readonly string[] | null },
    context: NodeContext,
  ) {
    await noteTreatyCoverage(context, countries ?? null)
    return loadList(context, participations(countries ?? null), id)
  },
}

const mlaFields = {
  __resolveReference: ({ id }: Reference, context: NodeContext) =>
    loadRecord<MlaRow>(context, mlaRequests(sightOf(context)), id),

  ...RECORD_FIELDS,

  legalBasis: referenceField('legalBasisId'),

  case: referenceField('caseId'),

  concerns: listField(CONCERNS),
}

const caseFields = {
  __resolveReference: stubEntity,

  mlaRequests: pageField((_order, _args, context) => mlaPagesOfCase(sightOf(context))),
}

/** The domain `legal`: one participant's statutes, treaties and requests for assistance, and dual criminality. */
export const legalModule: DomainModule = {
  domain: 'legal',
  typeDefs: parse(domainSdl('legal')),
  resolvers: {
    Query: query,
    Statute: statuteFields,
    LegalInstrument: instrumentFields,
    MutualLegalAssistanceRequest: mlaFields,
    Case: caseFields,
  },
  migrations: new URL('./migrations/', import.meta.url),
  tables: LEGAL_TABLES,
}

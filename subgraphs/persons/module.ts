import { type GraphQLResolveInfo, parse } from 'graphql'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { loadList, loadRecord } from '../kit/loaders.ts'
import { type Connection, connection, type PageArguments } from '../kit/paging.ts'
import { provenanceOf } from '../kit/provenance.ts'
import type { DomainModule, NodeContext } from '../kit/types.ts'
import { bestBand, matchPages, readySearch } from './matches.ts'
import { type BandKey, bandOf, parseHitSearch, parseSearch, type SearchInput } from './search.ts'
import {
  ADDRESSES,
  ASSOCIATE_PAGES,
  type AssociateRow,
  IDENTIFIERS,
  MEMBERSHIPS,
  NAMES,
  PERSONS,
  PERSONS_TABLES,
  type PersonRow,
  SAME_AS,
} from './tables.ts'

interface Reference {
  readonly id: string
}

interface FoundRow extends PersonRow {
  readonly band: BandKey
}

interface Search {
  readonly search: SearchInput
}

const query = {
  person: (_root: unknown, { id }: Reference, context: NodeContext) => loadRecord<PersonRow>(context, PERSONS, id),

  async persons(
    _root: unknown,
    args: PageArguments & Search,
    context: NodeContext,
    info: GraphQLResolveInfo,
  ): Promise<Connection<FoundRow>> {
    const search = await readySearch(context.db, parseSearch(args.search))
    return connection<FoundRow>(
      { args, context, info },
      (order) => matchPages(search, order),
      ({ band }) => ({ band: bandOf(band) }),
    )
  },

  async personHits(_root: unknown, args: Search, { db, country, contactPoint }: NodeContext) {
    const band = await bestBand(db, await readySearch(db, parseHitSearch(args.search)))
    return { hits: [{ country, hit: band !== null, band, contactPoint }] }
  },
}

const personFields = {
  __resolveReference: ({ id }: Reference, context: NodeContext) => loadRecord<PersonRow>(context, PERSONS, id),

  country: (_person: PersonRow, _args: unknown, context: NodeContext) => context.country,

  names: ({ id }: PersonRow, _args: unknown, context: NodeContext) => loadList(context, NAMES, id),

  identifiers: ({ id }: PersonRow, _args: unknown, context: NodeContext) => loadList(context, IDENTIFIERS, id),

  addresses: ({ id }: PersonRow, _args: unknown, context: NodeContext) => loadList(context, ADDRESSES, id),

  memberships: ({ id }: PersonRow, _args: unknown, context: NodeContext) => loadList(context, MEMBERSHIPS, id),

  sameAs: ({ id }: PersonRow, _args: unknown, context: NodeContext) => loadList<Reference>(context, SAME_AS, id),

  associates: ({ id }: PersonRow, args: PageArguments, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<AssociateRow>({ args, context, info, parent: id }, () => ASSOCIATE_PAGES),

  provenance: (row: PersonRow, _args: unknown, context: NodeContext) => provenanceOf(row, context.country),
}

const associateFields = {
  person: ({ associateId }: AssociateRow): Reference | null => (associateId === null ? null : { id: associateId }),

  provenance: (row: AssociateRow, _args: unknown, context: NodeContext) => provenanceOf(row, context.country),
}

/** The domain `persons`: one country's records of persons, the search for them, and hits. */
export const personsModule: DomainModule = {
  domain: 'persons',
  typeDefs: parse(domainSdl('persons')),
  resolvers: { Query: query, Person: personFields, Associate: associateFields },
  migrations: new URL('./migrations/', import.meta.url),
  tables: PERSONS_TABLES,
}

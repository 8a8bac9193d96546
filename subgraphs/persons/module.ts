import { type GraphQLResolveInfo, parse } from 'graphql'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { recordReference, referenceField } from '../kit/entities.ts'
import { listField } from '../kit/lists-ahead.ts'
import { loadRecord } from '../kit/loaders.ts'
import { type Connection, connection, type PageArguments, pageField, parsePage } from '../kit/paging.ts'
import { RECORD_FIELDS } from '../kit/provenance.ts'
import type { DomainModule, NodeContext } from '../kit/types.ts'
import { bestBands, matchPages } from './matches.ts'
import {
  bandOf,
  type MatchKey,
  parseHitSearch,
  parseHitSearches,
  parseSearch,
  type SearchInput,
  scoreOf,
} from './search.ts'
import {
  ADDRESSES,
  ASSOCIATE_PAGES,
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
  readonly matchKey: MatchKey
  readonly matchedName: string | null
}

interface Search {
  readonly search: SearchInput
}

interface Searches {
  readonly searches: readonly SearchInput[]
}

const query = {
  person: (_root: unknown, { id }: Reference, context: NodeContext) => loadRecord<PersonRow>(context, PERSONS, id),

  async persons(
    _root: unknown,
    args: PageArguments & Search,
    context: NodeContext,
    info: GraphQLResolveInfo,
  ): Promise<Connection<FoundRow>> {
    const { source, isTooLittle } = await matchPages(context.db, parseSearch(args.search), parsePage(args, info))
    // Otherwise an empty page would say that the country has no such person.
    if (isTooLittle) context.notes.push({ code: 'COVERAGE_PARTIAL' })
    return connection<FoundRow>(
      { args, context, info },
      () => source,
      ({ matchKey, matchedName }) => ({ band: bandOf(matchKey), score: scoreOf(matchKey), matchedName }),
    )
  },

  async personHits(_root: unknown, args: Search, { db, country, contactPoint }: NodeContext) {
    const [band = null] = await bestBands(db, [parseHitSearch(args.search)], today(), () => 'Query.personHits(search:)')
    return { hits: [{ country, hit: band !== null, band, contactPoint }] }
  },

  async personListHits(_root: unknown, args: Searches, { db, country, contactPoint }: NodeContext) {
    const bands = await bestBands(db, parseHitSearches(args.searches), today())
    return { hits: bands.flatMap((band, item) => (band === null ? [] : [{ item, country, band, contactPoint }])) }
  },
}

/** The day of UTC. */
const today = (): string => new Date().toISOString().slice(0, 10)

const personFields = {
  __resolveReference: recordReference(PERSONS),

  ...RECORD_FIELDS,

  names: listField(NAMES),

  identifiers: listField(IDENTIFIERS),

  addresses: listField(ADDRESSES),

  memberships: listField(MEMBERSHIPS),

  sameAs: listField(SAME_AS),

  associates: pageField(() => ASSOCIATE_PAGES),
}

const associateFields = {
  person: referenceField('associateId'),

  provenance: RECORD_FIELDS.provenance,
}

/** The domain `persons`: one country's records of persons, the search for them, and hits. */
export const personsModule: DomainModule = {
  domain: 'persons',
  typeDefs: parse(domainSdl('persons')),
  resolvers: { Query: query, Person: personFields, Associate: associateFields },
  migrations: new URL('./migrations/', import.meta.url),
  tables: PERSONS_TABLES,
}

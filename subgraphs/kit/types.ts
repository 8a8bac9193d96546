import type { DocumentNode, GraphQLResolveInfo, GraphQLScalarType } from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import type { LegClaims } from '../../contract/leg-token.ts'

/** What a leg reads through: one statement at a time, filtered to the rows that it may see (read-as.ts). */
export interface Reader {
  /** Runs one statement; rows as objects by column name. `date` columns come as `YYYY-MM-DD` strings, `timestamptz` as ISO strings. */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>
}

/** One PostgreSQL database: a server's, or PGlite in process. The same SQL on both; parameters are `$1`, `$2` … */
export interface Database extends Reader {
  /** Runs `work` in one transaction; a throw rolls it back. */
  transaction<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** Runs a script of several statements without parameters. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

/** What a resolver of a national subgraph is given. One per leg. */
export interface NodeContext {
  /** The country whose rows these are. */
  readonly country: string
  /** Reads the rows that the leg may see. */
  readonly db: Reader
  /** The verified leg token. */
  readonly claims: LegClaims
  /** The leg's own batch loader for `key`, made once by `create`: rows are never shared between legs. */
  loader<K, V>(key: string, create: () => (keys: readonly K[]) => Promise<readonly V[]>): { load(key: K): Promise<V> }
  /** The smallest count that this country gives out in statistics. */
  readonly countThreshold: number
  /** Whom a hit is to be followed up with, shown in `personHits`. */
  readonly contactPoint: string | null
}

/** A resolver as graphql-js calls it. */
export type Resolver = (parent: never, args: never, context: NodeContext, info: GraphQLResolveInfo) => unknown

/** One domain as this kit serves it: its schema and what answers its fields. */
export interface DomainModule {
  readonly domain: Domain
  readonly typeDefs: DocumentNode
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>> | GraphQLScalarType>>
  /** Folder of this domain's migrations, as a file URL. */
  readonly migrations: URL
}

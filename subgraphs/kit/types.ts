import type { DocumentNode, GraphQLResolveInfo, GraphQLScalarType } from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import type { LegNote } from '../../contract/leg-notes.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { DomainTables } from './domain-tables.ts'
import type { LegMemory } from './leg-memory.ts'
import type { LegTime } from './leg-time.ts'
import type { Read } from './pg-read.ts'

/**
 * What a server keeps of a statement whose text is one of few. `keep`: the statement and its plan, because the plan is good for each value of the
 * parameters: it finds rows by ids, say. `anew`: the statement, and it is planned for the values each time (docs/decisions/0075).
 */
export type KeptPlan = 'keep' | 'anew'

/** How a leg reads: one statement at a time, filtered to the rows that the leg may see (read-as.ts). */
export interface Reader {
  /**
   * Runs one statement. Returns rows as objects by column name: `date` columns as `YYYY-MM-DD` strings, `timestamptz` columns as ISO
   * strings.
   * @param plan what the server may keep for the next leg; without it, nothing.
   */
  query<Row>(sql: string, params?: readonly unknown[], plan?: KeptPlan): Promise<Row[]>
  /** Lets other legs run, if this one has computed for a while. Long computations call it now and then. Absent where nobody waits. */
  pause?(): Promise<void>
}

/** The connections to a PostgreSQL server. */
export interface Connections {
  readonly busy: number
  readonly idle: number
  readonly waiting: number
}

/** One PostgreSQL database, on a server or in process (PGlite). The same SQL runs on both; parameters are `$1`, `$2` … */
export interface Database extends Reader {
  /**
   * Runs `work` in one transaction. If `work` rejects, the transaction is rolled back.
   * @param time how long it may take. When the time is over, the running statement is cancelled and the promise rejects with the
   * IstmoError `LEG_DEADLINE`. Only for work that reads. If absent, nothing is cancelled.
   */
  transaction<T>(work: (db: Database) => Promise<T>, time?: LegTime): Promise<T>
  /**
   * Runs a statement in a transaction of its own, after the one that sets something for it, in one round trip. Absent where a round trip costs
   * nothing.
   */
  read?<Row>(read: Read, time?: LegTime): Promise<Row[]>
  /** Returns the connections that it has now. Absent if it has only one. */
  connections?(): Connections
  /** Copies the folder of an embedded database, as it is at one moment, into one that does not exist. Absent without a folder. */
  copyFolder?(target: string): Promise<void>
  /** Runs a script of several statements without parameters. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

/** The context that a resolver of a national subgraph receives. Each leg has its own. */
export interface NodeContext {
  /** The country whose rows these are. */
  readonly country: string
  /** Reads the rows that the leg may see. */
  readonly db: Reader
  /** The verified leg token. */
  readonly claims: LegClaims
  /** Returns the leg's own batch loader for `key`, which `create` makes once. Legs never share rows. */
  loader<K, V>(key: string, create: () => (keys: readonly K[]) => Promise<readonly V[]>): { load(key: K): Promise<V> }
  /** What the kit keeps for the leg (leg-memory.ts). */
  memory?: LegMemory
  /** What the country says about this answer beside its data. A resolver may add to it. */
  readonly notes: LegNote[]
  /** The smallest count that this country publishes in statistics. */
  readonly countThreshold: number
  /** The office that follows up a hit, shown in `personHits`. */
  readonly contactPoint: string | null
}

/** A resolver as graphql-js calls it. */
export type Resolver = (parent: never, args: never, context: NodeContext, info: GraphQLResolveInfo) => unknown

/** One domain as this kit serves it: its schema and the resolvers of its fields. */
export interface DomainModule {
  readonly domain: Domain
  readonly typeDefs: DocumentNode
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>> | GraphQLScalarType>>
  /** Folder of this domain's migrations, as a file URL. */
  readonly migrations: URL
  /** What the node proves of the domain's tables. If absent, none is public, and nothing is derived. */
  readonly tables?: DomainTables
}

import type { GraphQLResolveInfo } from 'graphql'
import {
  CONNECTION_ORDERS,
  checkFirst,
  comparePlaces,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../contract/cursor.ts'
import type { Domain } from '../../contract/domain.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Rows } from './rows.ts'

/**
 * What the plain resolvers of resolvers.ts ask of their surroundings: the oracle answers for all countries over one store,
 * a national subgraph for one country over its part.
 */
export interface AnswerContext {
  readonly rows: Rows
  /** The countries of an EVERY field, in code order, each with what becomes of its part. */
  spread(
    domain: Domain,
    argument: readonly string[] | null | undefined,
    info: GraphQLResolveInfo,
  ): readonly CountryPart[]
  /** Whether an OWNER field of this record can be read. Where not, what follows from it is noted and the field is null. */
  mayRead(domain: Domain, id: string, info: GraphQLResolveInfo): boolean
  /** The most edges that this side gives at once, whatever `first` says. */
  edgeCap(info: GraphQLResolveInfo): number
  /** Whether `outcomes` is filled. */
  readonly givesOutcomes: boolean
}

/** A country's part of an EVERY field. */
export interface CountryPart {
  readonly country: string
  readonly outcome: Outcome
}

/** The arguments that make a page, as graphql-js coerced them. */
export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly orderBy?: string | null
}

/** A row at its place in a connection. `extra`: what its edge has beside cursor and node. */
export interface Placed {
  readonly place: Place
  readonly node: unknown
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Whether a country is silent for now: it failed. Its place is kept in cursors (docs/design/contract.md, Order and cursors). */
function isSilent({ outcome }: CountryPart): boolean {
  return outcome.reach === 'UNAVAILABLE' || outcome.reach === 'TIMED_OUT'
}

/** The countries whose rows are in the answer. */
export function answering(parts: readonly CountryPart[]): string[] {
  return parts.filter(({ outcome }) => outcome.reach === 'ANSWERED').map(({ country }) => country)
}

/** `outcomes` of an EVERY field. */
export function outcomesOf(parts: readonly CountryPart[], context: AnswerContext): unknown[] {
  return context.givesOutcomes ? parts.map(({ country, outcome }) => ({ country, ...outcome })) : []
}

/** The order of a connection field: `orderBy`, else the contract's (contract/cursor.ts). */
export function orderOf(args: PageArguments, info: GraphQLResolveInfo): string {
  const orderBy = args.orderBy ?? defaultOf('orderBy', info)
  return String(orderBy ?? CONNECTION_ORDERS[`${info.parentType.name}.${info.fieldName}`] ?? 'ID_ASC')
}

/**
 * The page of a connection.
 * @param parts of an EVERY field; empty for a connection of one country.
 */
export function pageOf(
  all: readonly Placed[],
  parts: readonly CountryPart[],
  args: PageArguments,
  context: AnswerContext,
  info: GraphQLResolveInfo,
): Record<string, unknown> {
  const order = orderOf(args, info)
  const first = checkFirst(Number(args.first ?? defaultOf('first', info)), info.fieldName)
  const after = typeof args.after === 'string' ? decodeCursor(args.after, order) : null
  const sorted = all.toSorted((a, b) => comparePlaces(a.place, b.place))
  const beyond = after ? sorted.filter(({ place }) => comparePlaces(place, after) > 0) : sorted
  const kept = beyond.slice(0, Math.min(first, context.edgeCap(info)))
  const silent = parts.filter(isSilent).map(({ country }) => [country, after ? { key: after.key, id: after.id } : 0])
  const cursorOf = ({ key, id }: Place): string => encodeCursor({ order, key, id, silent: Object.fromEntries(silent) })
  const edges = kept.map(({ place, node, extra }) => ({ ...extra, cursor: cursorOf(place), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: beyond.length > kept.length,
      hasPreviousPage: beyond.length < sorted.length,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? (silent.length > 0 ? (args.after ?? null) : null),
    },
    outcomes: outcomesOf(parts, context),
  }
}

function defaultOf(name: string, info: GraphQLResolveInfo): unknown {
  return info.parentType.getFields()[info.fieldName]?.args.find((argument) => argument.name === name)?.defaultValue
}

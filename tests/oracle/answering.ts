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
 * The context of the plain resolvers of resolvers.ts. The oracle answers for all countries from one store; a national subgraph answers
 * for one country from its part.
 */
export interface AnswerContext {
  readonly rows: Rows
  /** Lists the countries that an EVERY field concerns, sorted by code, each with the outcome of its part. */
  spread(
    domain: Domain,
    argument: readonly string[] | null | undefined,
    info: GraphQLResolveInfo,
  ): readonly CountryPart[]
  /** Whether an OWNER field of this record can be read. If not, notes the error and the outcome; the field is null. */
  mayRead(domain: Domain, id: string, info: GraphQLResolveInfo): boolean
  /** Returns the largest number of edges in one page, even if `first` is larger. */
  edgeCap(info: GraphQLResolveInfo): number
  /** Whether to fill `outcomes`. */
  readonly hasOutcomes: boolean
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

/** A row at its place in a connection. `extra`: the fields of its edge besides cursor and node. */
export interface Placed {
  readonly place: Place
  readonly node: unknown
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Whether a country failed and is silent for now. Cursors then have its place (docs/design/contract.md, Order and cursors). */
function isSilent({ outcome }: CountryPart): boolean {
  return outcome.reach === 'UNAVAILABLE' || outcome.reach === 'TIMED_OUT'
}

/** Lists the countries whose rows are in the answer. */
export function answering(parts: readonly CountryPart[]): string[] {
  return parts.filter(({ outcome }) => outcome.reach === 'ANSWERED').map(({ country }) => country)
}

/** Makes `outcomes` of an EVERY field. */
export function outcomesOf(parts: readonly CountryPart[], context: AnswerContext): unknown[] {
  return context.hasOutcomes ? parts.map(({ country, outcome }) => ({ country, ...outcome })) : []
}

/** Returns the order of a connection field: `orderBy`, else that of the contract (contract/cursor.ts). */
export function orderOf(args: PageArguments, info: GraphQLResolveInfo): string {
  const orderBy = args.orderBy ?? defaultOf('orderBy', info)
  return String(orderBy ?? CONNECTION_ORDERS[`${info.parentType.name}.${info.fieldName}`] ?? 'ID_ASC')
}

/**
 * Makes the page of a connection.
 * @param parts the parts of an EVERY field; empty for a connection of one country.
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
  const onPage = beyond.slice(0, Math.min(first, context.edgeCap(info)))
  const silent = parts.filter(isSilent).map(({ country }) => [country, after ? { key: after.key, id: after.id } : 0])
  const cursorOf = ({ key, id }: Place): string => encodeCursor({ order, key, id, silent: Object.fromEntries(silent) })
  const edges = onPage.map(({ place, node, extra }) => ({ ...extra, cursor: cursorOf(place), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: beyond.length > onPage.length,
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

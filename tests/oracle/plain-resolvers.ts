import type { GraphQLResolveInfo } from 'graphql'
import { compareBytes, type Place } from '../../contract/cursor.ts'
import type { Domain } from '../../contract/domain.ts'
import { ownerOf } from '../../contract/record-id.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { type AnswerContext, answering, orderOf, type PageArguments, type Placed, pageOf } from './answering.ts'
import { plainFields } from './plain-values.ts'
import type { ProvenanceValues } from './rows.ts'

/**
 * The contract's fields as plain functions over rows in memory, without planner, SQL or batches. The oracle uses them with all rows, the
 * national subgraphs in memory with their own rows. A record is `{ id }`; each field looks up its row.
 */

/** Finds a record of any country by its id. */
export interface Reference {
  readonly id: string
}

/** A resolver as graphql-js calls it. */
export type PlainResolver = (source: never, args: never, context: AnswerContext, info: GraphQLResolveInfo) => unknown

/** Resolvers by type and field. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, PlainResolver>>>>

/** The argument of an EVERY field. */
export interface Every {
  readonly countries?: readonly string[] | null
}

/** Makes the record that a row refers to. */
export const refer = (id: string | null): Reference | null => (id === null ? null : { id })

/** Makes the records that a row refers to, sorted by id. */
export const referAll = (ids: readonly string[]): Reference[] => ids.toSorted(compareBytes).map((id) => ({ id }))

/** Whether a row belongs to one of these countries. */
export const isOf = (countries: readonly string[]) => (row: Reference) => countries.includes(ownerOf(row.id))

/** Returns a row’s place in the order by id. */
export const byId = (row: Reference): Place => ({ key: '', id: row.id })

/** Makes the provenance of a row. Its originator is the country that holds it. */
export const provenance = (row: { readonly id: string; readonly provenance: ProvenanceValues }): unknown => ({
  ...row.provenance,
  originator: ownerOf(row.id),
})

/** Returns the country that holds a row. */
export const country = (row: Reference): string => ownerOf(row.id)

/** Makes resolvers of an entity's fields that its owner answers from its row. */
export function owned<Row extends Reference>(
  domain: Domain,
  find: (context: AnswerContext, id: string) => Row | undefined,
  fields: Readonly<
    Record<string, (row: Row, args: never, context: AnswerContext, info: GraphQLResolveInfo) => unknown>
  >,
): Readonly<Record<string, PlainResolver>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, read]) => [
      name,
      ({ id }: Reference, args: never, context: AnswerContext, info: GraphQLResolveInfo) => {
        if (!context.mayRead(domain, id, info)) return null
        const row = find(context, id)
        return row ? read(row, args, context, info) : null
      },
    ]),
  )
}

/** Makes resolvers of fields that the row has under the same name. */
export function columns<Row>(...names: (keyof Row & string)[]): Record<string, (row: Row) => unknown> {
  return Object.fromEntries(names.map((name) => [name, (row: Row) => row[name]]))
}

/** Makes resolvers of the plain fields of a kind: each row has them under the same name. */
export function values(name: RecordKindName): Record<string, (row: object) => unknown> {
  return Object.fromEntries(plainFields(name).map((field) => [field, (row) => (row as Record<string, unknown>)[field]]))
}

/** Makes the resolver of a root field that the owner of its id answers. */
export function root(
  domain: Domain,
  find: (context: AnswerContext, id: string) => Reference | undefined,
): PlainResolver {
  return (_root: unknown, { id }: Reference, context: AnswerContext, info: GraphQLResolveInfo) =>
    context.mayRead(domain, id, info) && find(context, id) ? { id } : null
}

/** Makes an EVERY connection: the rows of the countries that answer, at their places. */
export function every<Row extends Reference, Source, Args extends Every & PageArguments>(
  domain: Domain,
  rowsOf: (context: AnswerContext, source: Source, args: Args) => readonly Row[],
  placeOf: (row: Row, order: string) => Place,
): PlainResolver {
  return (source: Source, args: Args, context: AnswerContext, info: GraphQLResolveInfo) => {
    const parts = context.spread(domain, args.countries, info)
    const rows = rowsOf(context, source, args).filter(isOf(answering(parts)))
    const placed = rows.map((row): Placed => ({ place: placeOf(row, orderOf(args, info)), node: { id: row.id } }))
    return pageOf(placed, parts, args, context, info)
  }
}

/** Makes a connection of one country. */
export function own<Row>(
  rowsOf: (row: Row, args: PageArguments, context: AnswerContext) => readonly Placed[],
): (row: Row, args: PageArguments, context: AnswerContext, info: GraphQLResolveInfo) => unknown {
  return (row, args, context, info) => pageOf(rowsOf(row, args, context), [], args, context, info)
}

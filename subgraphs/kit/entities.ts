import { type GraphQLObjectType, type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import { ownerOf, parseRecordId } from '../../contract/record-id.ts'
import { checkRepresentations, LIMITS } from './execute.ts'
import { loadListsAhead } from './lists-ahead.ts'
import { asError, loadRecord, loadRecords, type RowSource } from './loaders.ts'
import type { NodeContext } from './types.ts'

/**
 * Resolves `_entities`, each representation by itself (Federation subgraph specification, `Query._entities`). The resolver of
 * @apollo/subgraph loses the complete batch if one representation is bad.
 */

type ResolveReference = (reference: { readonly id: string }, context: NodeContext, info: GraphQLResolveInfo) => unknown

/**
 * Puts this kit's resolver of `_entities` into the schema, in place. A representation resolves to null with an error at its own place
 * if its `__typename` is not an entity's, if its `id` does not have the form of an id, or if its `__resolveReference` throws.
 */
export function isolateEntities(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities
  if (!field) return
  const countByLeg = new WeakMap<NodeContext, number>()
  field.resolve = (_root, { representations }: { representations: readonly unknown[] }, context: NodeContext, info) => {
    const count = (countByLeg.get(context) ?? 0) + representations.length
    countByLeg.set(context, count)
    checkRepresentations(count, LIMITS)
    return resolveAll(representations, context, info)
  }
}

/** A list item that is an error becomes null with that error at the item's path (graphql-js, completeValue). */
type Resolved = object | Error | null

/** Makes the `__resolveReference` of a type whose records are the rows of a source. Many references are loaded together. */
export function recordReference(
  source: RowSource,
): (reference: { readonly id: string }, context: NodeContext) => unknown {
  const resolve = ({ id }: { readonly id: string }, context: NodeContext): unknown => loadRecord(context, source, id)
  sources.set(resolve, source)
  return resolve
}

const sources = new WeakMap<ResolveReference, RowSource>()

/** What is read together before representations are resolved. */
interface Wanted {
  /** The ids of this country, by type, for the lists that the operation surely asks for. */
  readonly own: Map<string, Set<string>>
  /** The ids of records to be read, by source. */
  readonly records: Map<RowSource, Set<string>>
}

/** One promise for all, because graphql-js needs several for each item that is a promise. */
async function resolveAll(
  representations: readonly unknown[],
  context: NodeContext,
  info: GraphQLResolveInfo,
): Promise<readonly Resolved[]> {
  const wanted: Wanted = { own: new Map(), records: new Map() }
  const values = representations.map((representation): Resolved | Promise<Resolved> | Reference => {
    try {
      const { type, id } = readRepresentation(representation, info.schema)
      const isOwn = ownerOf(id) === context.country
      if (isOwn) addTo(wanted.own, type.name, id)
      const source = sources.get(referenceResolver(type))
      if (source === undefined) return resolveOne(type, id, context, info)
      if (isOwn) addTo(wanted.records, source, id)
      return isOwn ? new Reference(type, source, id) : null
    } catch (error) {
      return asError(error)
    }
  })
  const lists = [...wanted.own].map(([type, ids]) => loadListsAhead(context, info, type, [], [...ids]))
  const found = new Map<RowSource, ReadonlyMap<string, object | null> | Error>()
  const records = [...wanted.records].map(async ([source, ids]) =>
    found.set(source, await loadRecords<object>(context, source, ids).catch(asError)),
  )
  await Promise.all([...lists, ...records])
  const resolved = values.map((value) => {
    if (!(value instanceof Reference)) return value
    const rows = found.get(value.source)
    return rows instanceof Error ? rows : named(value.type, rows?.get(value.id))
  })
  return resolved.some((value) => value instanceof Promise) ? Promise.all(resolved) : (resolved as readonly Resolved[])
}

/** A representation whose row is read together with others. */
class Reference {
  readonly type: GraphQLObjectType
  readonly source: RowSource
  readonly id: string

  constructor(type: GraphQLObjectType, source: RowSource, id: string) {
    this.type = type
    this.source = source
    this.id = id
  }
}

function addTo<Key>(sets: Map<Key, Set<string>>, key: Key, id: string): void {
  const known = sets.get(key)
  if (known === undefined) sets.set(key, new Set([id]))
  else known.add(id)
}

function named(type: GraphQLObjectType, value: unknown): Resolved {
  return typeof value === 'object' && value !== null ? { ...value, __typename: type.name } : null
}

function resolveOne(
  type: GraphQLObjectType,
  id: string,
  context: NodeContext,
  info: GraphQLResolveInfo,
): Resolved | Promise<Resolved> {
  const value = referenceResolver(type)({ id }, context, info)
  return value instanceof Promise ? value.then((came) => named(type, came)).catch(asError) : named(type, value)
}

function readRepresentation(value: unknown, schema: GraphQLSchema): { type: GraphQLObjectType; id: string } {
  const { __typename, id } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const type = typeof __typename === 'string' ? schema.getType(__typename) : undefined
  if (!isObjectType(type) || !hasReferenceResolver(type)) {
    throw new IstmoError(
      'BAD_USER_INPUT',
      'expected a representation with the `__typename` of an entity that this domain resolves',
    )
  }
  parseRecordId(id)
  return { type, id: id as string }
}

function hasReferenceResolver(type: GraphQLObjectType): boolean {
  return findReferenceResolver(type) !== undefined
}

function referenceResolver(type: GraphQLObjectType): ResolveReference {
  return findReferenceResolver(type) ?? (() => null)
}

// @apollo/subgraph stores a type's `__resolveReference` in its extensions.
function findReferenceResolver(type: GraphQLObjectType): ResolveReference | undefined {
  const { apollo } = type.extensions as { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }
  return apollo?.subgraph?.resolveReference
}

/**
 * Resolves a reference to an entity to which a domain contributes only EVERY fields: each well-formed id exists there
 * (docs/design/contract.md, Ids).
 */
export function stubEntity({ id }: { readonly id: string }): { readonly id: string } {
  return { id }
}

/**
 * Makes the resolver of a field that refers to a record of this or another country, only by its id. The owner, or the record's domain, answers the other
 * fields. @param column what a row calls the id.
 */
export function referenceField<Name extends string>(column: Name) {
  return ({ [column]: id }: Readonly<Record<Name, string | null>>): { readonly id: string } | null =>
    id === null ? null : { id }
}

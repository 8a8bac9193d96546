import { type GraphQLObjectType, type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import { ownerOf, parseRecordId } from '../../contract/record-id.ts'
import { checkRepresentations, LIMITS } from './limits.ts'
import { loadListsAhead } from './lists-ahead.ts'
import { asError } from './loaders.ts'
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

/** One promise for all, because graphql-js needs several for each item that is a promise. */
function resolveAll(
  representations: readonly unknown[],
  context: NodeContext,
  info: GraphQLResolveInfo,
): Promise<readonly Resolved[]> {
  const own = new Map<string, Set<string>>()
  const values = representations.map((representation): Resolved | Promise<Resolved> => {
    try {
      const { type, id } = readRepresentation(representation, info.schema)
      if (ownerOf(id) === context.country) own.set(type.name, (own.get(type.name) ?? new Set()).add(id))
      return resolveOne(type, id, context, info)
    } catch (error) {
      return asError(error)
    }
  })
  const lists = [...own].map(([type, ids]) => loadListsAhead(context, info, type, [], [...ids]))
  return Promise.all(lists).then(() => Promise.all(values))
}

function resolveOne(
  type: GraphQLObjectType,
  id: string,
  context: NodeContext,
  info: GraphQLResolveInfo,
): Resolved | Promise<Resolved> {
  const named = (value: unknown): Resolved =>
    typeof value === 'object' && value !== null ? { ...value, __typename: type.name } : null
  const value = referenceResolver(type)({ id }, context, info)
  return value instanceof Promise ? value.then(named).catch(asError) : named(value)
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

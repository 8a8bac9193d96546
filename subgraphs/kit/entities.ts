import { type GraphQLObjectType, type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import { parseRecordId } from '../../contract/record-id.ts'
import { checkRepresentations, LIMITS } from './limits.ts'
import type { NodeContext } from './types.ts'

/**
 * `_entities`, each representation by itself (Federation subgraph specification, `Query._entities`). That of @apollo/subgraph
 * loses the whole batch to one bad representation.
 */

type ResolveReference = (reference: { readonly id: string }, context: NodeContext, info: GraphQLResolveInfo) => unknown

/**
 * Puts this kit's `_entities` into the schema, in place. A representation without a `__typename` of an entity or an `id` of the
 * form is null with an error at its own place; so is one whose `__resolveReference` throws.
 */
export function isolateEntities(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities
  if (!field) return
  const asked = new WeakMap<NodeContext, number>()
  field.resolve = (_root, { representations }: { representations: readonly unknown[] }, context: NodeContext, info) => {
    const count = (asked.get(context) ?? 0) + representations.length
    asked.set(context, count)
    checkRepresentations(count, LIMITS)
    return representations.map((representation) => resolveOne(representation, context, info).catch(asError))
  }
}

// A list item that is an error becomes null with that error at the item's path (graphql-js, completeValue).
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is no error was thrown.', { cause: error })
}

async function resolveOne(representation: unknown, context: NodeContext, info: GraphQLResolveInfo): Promise<unknown> {
  const { type, id } = readRepresentation(representation, info.schema)
  const value = await referenceResolver(type)({ id }, context, info)
  return typeof value === 'object' && value !== null ? { ...value, __typename: type.name } : null
}

function readRepresentation(value: unknown, schema: GraphQLSchema): { type: GraphQLObjectType; id: string } {
  const { __typename, id } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const type = typeof __typename === 'string' ? schema.getType(__typename) : undefined
  if (!isObjectType(type) || !hasReferenceResolver(type)) {
    throw new IstmoError(
      'BAD_USER_INPUT',
      'a representation has the `__typename` of an entity that this domain resolves',
    )
  }
  parseRecordId(id)
  return { type, id: id as string }
}

function hasReferenceResolver(type: GraphQLObjectType): boolean {
  return extensionOf(type) !== undefined
}

function referenceResolver(type: GraphQLObjectType): ResolveReference {
  return extensionOf(type) ?? (() => null)
}

// Where @apollo/subgraph keeps a type's `__resolveReference`.
function extensionOf(type: GraphQLObjectType): ResolveReference | undefined {
  const { apollo } = type.extensions as { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }
  return apollo?.subgraph?.resolveReference
}

/**
 * The reference resolver of an entity to which a domain gives EVERY fields alone: any well-formed id is there
 * (docs/design/contract.md, Ids).
 */
export function stubEntity({ id }: { readonly id: string }): { readonly id: string } {
  return { id }
}

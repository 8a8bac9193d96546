import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { type ListSource, loadList, loadListsOf } from './loaders.ts'
import type { DomainModule, NodeContext, Resolver } from './types.ts'

/**
 * Loads the lists of many records before graphql-js asks for them one by one. A list that is there already costs no promise, and the statement goes out
 * together with the one for the records.
 */

const sources = new WeakMap<Resolver, ListSource>()
const fieldsOf = new WeakMap<GraphQLSchema, ReadonlyMap<string, ListSource>>()

/** Makes the resolver of a field without arguments that answers with the rows of a source that belong to the record. */
export function listField(source: ListSource): Resolver {
  const resolve: Resolver = ({ id }: { readonly id: string }, _args, context) => loadList(context, source, id)
  sources.set(resolve, source)
  return resolve
}

/** Notes which fields of a schema were made by {@link listField}. */
export function noteListFields(schema: GraphQLSchema, resolvers: DomainModule['resolvers']): void {
  const found = Object.entries(resolvers).flatMap(([type, fields]) =>
    Object.entries(fields).flatMap(([field, resolver]) => {
      const source = typeof resolver === 'function' ? sources.get(resolver as Resolver) : undefined
      return source === undefined ? [] : [[`${type}.${field}`, source] as const]
    }),
  )
  fieldsOf.set(schema, new Map(found))
}

/**
 * Loads the lists that an operation surely asks for of records of one type. A list that cannot be loaded fails where it is asked for.
 * @param path the fields between the resolved field and the records: none for `_entities`, `edges` and `node` for a connection.
 * @returns null if it asks for none.
 */
export function loadListsAhead(
  context: NodeContext,
  info: GraphQLResolveInfo,
  type: string,
  path: readonly string[],
  ids: readonly string[],
): Promise<void> | null {
  const known = fieldsOf.get(info.schema)
  if (known === undefined || known.size === 0 || ids.length === 0) return null
  let nodes: readonly FieldNode[] = info.fieldNodes
  for (const name of path) nodes = fieldsBelow(nodes, null, info.fragments).filter((node) => node.name.value === name)
  const asked = new Set(
    fieldsBelow(nodes, type, info.fragments).flatMap((node) => known.get(`${type}.${node.name.value}`) ?? []),
  )
  if (asked.size === 0) return null
  return Promise.all([...asked].map((source) => loadListsOf(context, source, ids))).then(() => undefined)
}

/** Lists the fields below others. Whatever has a directive may be left out, so it is not listed. `type`: the type of the objects that have them; null for any. */
function fieldsBelow(
  nodes: readonly FieldNode[],
  type: string | null,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly FieldNode[] {
  const found: FieldNode[] = []
  const add = ({ selections }: SelectionSetNode): void => {
    for (const each of selections) {
      if ((each.directives?.length ?? 0) > 0) continue
      if (each.kind === Kind.FIELD) {
        found.push(each)
        continue
      }
      const fragment = each.kind === Kind.FRAGMENT_SPREAD ? fragments[each.name.value] : each
      const condition = fragment?.typeCondition?.name.value ?? null
      if (fragment && (type === null || condition === null || condition === type)) add(fragment.selectionSet)
    }
  }
  for (const { selectionSet } of nodes) if (selectionSet) add(selectionSet)
  return found
}

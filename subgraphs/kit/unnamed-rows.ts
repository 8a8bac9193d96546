import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'

/** Of how many documents the node remembers whether they ask for every id. */
const CACHED_DOCUMENTS = 1_000

/**
 * Makes a function that counts the rows of an answer that no id names. A gateway asks for the id of each record
 * (docs/design/contract.md, Checks on each answer), so there are none. If a leg asks for a record without its id, so that nobody could count
 * it, each object in the answer counts as a row.
 */
export function createUnnamedRows(
  schema: GraphQLSchema,
): (leg: { readonly query: string; readonly operationName?: string | undefined; readonly data: unknown }) => number {
  const asksEveryId = new LRUCache<string, boolean>({ max: CACHED_DOCUMENTS })
  return ({ query, operationName, data }) => {
    // No document is written as a list of JSON.
    const key = operationName === undefined ? query : JSON.stringify([operationName, query])
    const asks = asksEveryId.get(key) ?? asksForEveryId(parse(query, { noLocation: true }), operationName, schema)
    asksEveryId.set(key, asks)
    return asks ? 0 : countObjects(data) - 1
  }
}

function asksForEveryId(document: DocumentNode, operationName: string | undefined, schema: GraphQLSchema): boolean {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return true
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const walking = { schema, fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])) }
  return isNamed(operation.selectionSet, root, false, walking)
}

interface Walking {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/**
 * Whether each record that a selection asks for has its id.
 * @param hasId whether a selection around this one asks for the id of the same object.
 */
function isNamed(set: SelectionSetNode, type: GraphQLNamedType, hasId: boolean, walking: Walking): boolean {
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
  const isRecord = Object.hasOwn(fields, 'id')
  const asksId = hasId || set.selections.some((each) => each.kind === Kind.FIELD && each.name.value === 'id')
  return set.selections.every((each) => {
    if (each.kind === Kind.FIELD) {
      if (isRecord && !asksId && each.name.value !== '__typename') return false
      const field = fields[each.name.value]
      return !each.selectionSet || !field || isNamed(each.selectionSet, getNamedType(field.type), false, walking)
    }
    const fragment = each.kind === Kind.INLINE_FRAGMENT ? each : walking.fragments.get(each.name.value)
    if (!fragment) return true
    const name = fragment.typeCondition?.name.value
    const narrowed = name === undefined ? type : (walking.schema.getType(name) ?? type)
    return isNamed(fragment.selectionSet, narrowed, asksId, walking)
  })
}

function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce<number>((sum, each) => sum + countObjects(each), 0)
  return below + (Array.isArray(value) ? 0 : 1)
}

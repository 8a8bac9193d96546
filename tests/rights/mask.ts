import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import type { Operation } from '../oracle/operation.ts'

/**
 * Makes the answer to a caller who may not read the fields at `denied`, from the answer to a caller who may read all. It is the naive
 * oracle of removal, for graphs of object types. A field without fields left below it is removed too. A selection set whose conditions
 * leave out all that it selects asks for the object itself, so it remains. Null propagates as the schema says.
 */
export function maskAnswer(
  schema: GraphQLSchema,
  { document, operationName, variables }: Operation,
  completeData: unknown,
  denied: ReadonlySet<string>,
): unknown {
  const operation = getOperationAST(document, operationName)
  const root = schema.getQueryType()
  if (!operation || !root) throw new Error('expected an operation')
  const fragments: Record<string, FragmentDefinitionNode> = {}
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node
  const values = withDefaults(operation.variableDefinitions ?? [], variables)
  const masking: Masking = { schema, fragments, values, denied }
  if (isNothingLeft(root, operation.selectionSet, masking)) return null
  const fields = collectFields(schema, fragments, values, root, operation.selectionSet)
  const masked = maskFields(root, fields, completeData, masking)
  return masked === PROPAGATING_NULL ? null : masked
}

interface Masking {
  readonly schema: GraphQLSchema
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly values: { [name: string]: unknown }
  readonly denied: ReadonlySet<string>
}

type Fields = ReadonlyMap<string, readonly FieldNode[]>

const PROPAGATING_NULL = Symbol('propagating null')

function withDefaults(
  definitions: readonly { readonly variable: { name: { value: string } }; readonly defaultValue?: unknown }[],
  variables: Readonly<Record<string, unknown>>,
): { [name: string]: unknown } {
  const values: { [name: string]: unknown } = { ...variables }
  for (const { variable, defaultValue } of definitions) {
    const node = defaultValue as { kind: string; value?: unknown } | undefined
    if (!(variable.name.value in values) && node?.kind === Kind.BOOLEAN) values[variable.name.value] = node.value
  }
  return values
}

function below(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  masking: Masking,
): [GraphQLObjectType, Fields] | null {
  const named = getNamedType(type)
  if (!isObjectType(named)) return null
  return [named, collectSubfields(masking.schema, masking.fragments, masking.values, named, nodes as FieldNode[])]
}

/** Whether the caller may read nothing of what the set asks for, as it is written: the set of another field with the same key is not seen. */
function isNothingLeft(type: GraphQLObjectType, set: SelectionSetNode, masking: Masking): boolean {
  const selections = set.selections.filter((node) => isIncluded(node, masking))
  return (
    selections.length > 0 &&
    selections.every((node) => {
      if (node.kind === Kind.FIELD) return isDenied(type, node, masking)
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : masking.fragments[node.name.value]
      if (!inner) throw new Error('expected a fragment')
      return isNothingLeft(type, inner.selectionSet, masking)
    })
  )
}

function isIncluded(node: SelectionNode, { values }: Masking): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, values)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, values)?.if !== false
  )
}

function isDenied(type: GraphQLObjectType, node: FieldNode, masking: Masking): boolean {
  const name = node.name.value
  if (masking.denied.has(`${type.name}.${name}`)) return true
  const field = type.getFields()[name]
  const inner = field && getNamedType(field.type)
  return isObjectType(inner) && node.selectionSet !== undefined && isNothingLeft(inner, node.selectionSet, masking)
}

function maskFields(type: GraphQLObjectType, fields: Fields, value: unknown, masking: Masking): unknown {
  const result: Record<string, unknown> = {}
  let isNull = false
  for (const [key, nodes] of fields) {
    const name = nodes[0]?.name.value ?? ''
    const field = type.getFields()[name]
    const complete = (value as Record<string, unknown>)[key]
    const masked = !field
      ? complete
      : nodes.every((node) => isDenied(type, node, masking))
        ? isNonNullType(field.type)
          ? PROPAGATING_NULL
          : null
        : maskValue(field.type, nodes, complete, masking)
    if (masked === PROPAGATING_NULL) isNull = true
    result[key] = masked
  }
  return isNull ? PROPAGATING_NULL : result
}

function maskValue(type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown, masking: Masking): unknown {
  if (value === null || value === undefined) return value
  if (isNonNullType(type)) {
    const masked = maskValue(type.ofType, nodes, value, masking)
    return masked === null ? PROPAGATING_NULL : masked
  }
  if (isListType(type)) {
    const items = (value as unknown[]).map((item) => maskValue(type.ofType, nodes, item, masking))
    return items.includes(PROPAGATING_NULL) ? null : items
  }
  const inner = below(type, nodes, masking)
  if (!inner) return value
  const masked = maskFields(inner[0], inner[1], value, masking)
  return masked === PROPAGATING_NULL ? null : masked
}

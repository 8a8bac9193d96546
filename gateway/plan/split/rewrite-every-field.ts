/**
 * What an EVERY field needs besides its split: arguments in variables, the facts of the page, and how the parts are merged.
 */
import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  parseType,
  type VariableDefinitionNode,
} from 'graphql'
import type { ConnectionMerge, MergeRule, MergeSpec, ObjectMerge, OutcomesKey } from '../../types/merge.ts'
import type { GatewayKeys } from '../../types/plan.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import { type CollectedField, collectFields, fieldDefinition, type ShapeOptions } from '../shapes/compile-shape.ts'
import { connectionOf, fieldNode, nameNode, responseKey, setOf } from '../syntax/nodes.ts'

/**
 * Defines the variables that the legs of EVERY fields may use, besides those of the operation.
 * @param afterCount how many top fields the fetch has.
 */
export function defineEveryVariables(keys: GatewayKeys, afterCount: number): VariableDefinitionNode[] {
  const define = (name: string, type: string): VariableDefinitionNode => ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: nameNode(name) },
    type: parseType(type, { noLocation: true }),
  })
  return [
    define(countriesVariable(keys), '[CountryCode!]!'),
    ...Array.from({ length: afterCount }, (_, bit) => define(afterVariable(keys, bit), 'String')),
  ]
}

/** Returns the name of the variable that carries a list with only the country's own code. */
export function countriesVariable(keys: GatewayKeys): string {
  return `${keys.prefix}Countries`
}

/** Returns the name of the variable that carries the `after` cursor for the top field with this ordinal. */
export function afterVariable(keys: GatewayKeys, bit: number): string {
  return `${keys.prefix}After${bit}`
}

/**
 * Rewrites a field as legs ask for it: with the EVERY argument and `after` in variables, and with the facts of the page in a connection.
 * @param node the field after its split.
 * @param argument the name of the EVERY argument.
 */
export function rewriteEveryField(
  node: FieldNode,
  type: GraphQLObjectType,
  argument: string,
  bit: number,
  keys: GatewayKeys,
  takesAfter: boolean,
): FieldNode {
  const argumentFromVariable = (name: string, variable: string): ArgumentNode => ({
    kind: Kind.ARGUMENT,
    name: nameNode(name),
    value: { kind: Kind.VARIABLE, name: nameNode(variable) },
  })
  const otherArguments = (node.arguments ?? []).filter(
    ({ name }) => name.value !== argument && !(takesAfter && name.value === 'after'),
  )
  const gatewayArguments = [argumentFromVariable(argument, countriesVariable(keys))]
  if (takesAfter) gatewayArguments.push(argumentFromVariable('after', afterVariable(keys, bit)))
  const pageFacts = connectionOf(type)
    ? [
        fieldNode('pageInfo', `${keys.prefix}P`, [
          fieldNode('hasNextPage', `${keys.prefix}n`),
          fieldNode('hasPreviousPage', `${keys.prefix}b`),
        ]),
      ]
    : []
  return {
    ...node,
    arguments: [...otherArguments, ...gatewayArguments],
    selectionSet: setOf([...(node.selectionSet?.selections ?? []), ...pageFacts]),
  }
}

/**
 * Compiles how the gateway merges the countries' parts of an EVERY field (`@merge`).
 * @param original the node before the split, with its `outcomes`.
 * @param rewritten the node as legs ask for it.
 */
export function compileMerge(
  type: GraphQLObjectType,
  original: FieldNode,
  rewritten: FieldNode,
  keys: GatewayKeys,
  table: DirectiveTable,
  options: ShapeOptions,
): MergeSpec {
  const requested = collectFields(type, original.selectionSet ? [original.selectionSet] : [], options)
  if (!connectionOf(type)) return compileObjectMerge(type, requested, table, options)
  const sent = collectFields(type, rewritten.selectionSet ? [rewritten.selectionSet] : [], options)
  return compileConnectionMerge(type.name, requested, sent, keys)
}

function compileConnectionMerge(
  typeName: string,
  requested: readonly CollectedField[],
  sent: readonly CollectedField[],
  keys: GatewayKeys,
): ConnectionMerge {
  const named = (fields: readonly CollectedField[], name: string): readonly CollectedField[] =>
    fields.filter((field) => field.nodes[0].name.value === name)
  const edges = named(sent, 'edges')
  const withCursor = edges.find((field) => mapKeysBelow(field).has(`${keys.prefix}C`))
  return {
    kind: 'CONNECTION',
    typeName,
    typename: named(requested, '__typename').map((field) => field.key),
    edges: edges.map((field) => ({
      key: field.key,
      cursors: [...mapKeysBelow(field)].flatMap(([key, name]) => (name === 'cursor' ? [key] : [])),
    })),
    pageInfo: named(requested, 'pageInfo').map((field) => ({ key: field.key, fields: mapKeysBelow(field) })),
    outcomes: outcomesKeys(requested),
    gatewayKeys: {
      edges: withCursor?.key ?? `${keys.prefix}E`,
      cursor: `${keys.prefix}C`,
      page: `${keys.prefix}P`,
      hasNext: `${keys.prefix}n`,
      hasPrevious: `${keys.prefix}b`,
    },
  }
}

function compileObjectMerge(
  type: GraphQLObjectType,
  requested: readonly CollectedField[],
  table: DirectiveTable,
  options: ShapeOptions,
): ObjectMerge {
  const fields = requested.filter(
    ({ nodes: [node] }) => node.name.value !== '__typename' && node.name.value !== 'outcomes',
  )
  return {
    kind: 'OBJECT',
    typeName: type.name,
    typename: requested.filter(({ nodes: [node] }) => node.name.value === '__typename').map((field) => field.key),
    fields: fields.map((field) => ({
      key: field.key,
      coordinate: `${type.name}.${field.nodes[0].name.value}`,
      rule: compileFieldRule(type, field, table, options),
    })),
    outcomes: outcomesKeys(requested),
  }
}

function compileFieldRule(
  type: GraphQLObjectType,
  field: CollectedField,
  table: DirectiveTable,
  options: ShapeOptions,
): MergeRule | MergeSpec {
  const name = field.nodes[0].name.value
  const rule = table.merge.get(`${type.name}.${name}`)
  if (rule && rule !== 'CONNECTION') return rule
  const definition = fieldDefinition(type, name)
  if (!definition) return 'EQUAL'
  if (isListType(getNullableType(definition.type))) return 'JOIN'
  const named = getNamedType(definition.type)
  if (!isObjectType(named) || table.entities.has(named.name)) return 'EQUAL'
  const sets = field.nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  return compileObjectMerge(named, collectFields(named, sets, options), table, options)
}

function outcomesKeys(requested: readonly CollectedField[]): OutcomesKey[] {
  return requested
    .filter(({ nodes: [node] }) => node.name.value === 'outcomes')
    .map((field) => ({ key: field.key, fields: mapKeysBelow(field) }))
}

/** Maps the response keys directly below a field, also those in inline fragments, to field names. */
function mapKeysBelow(field: CollectedField): Map<string, string> {
  const keys = new Map<string, string>()
  const addKeys = (node: FieldNode | { selectionSet?: FieldNode['selectionSet'] }): void => {
    for (const child of node.selectionSet?.selections ?? []) {
      if (child.kind === Kind.FIELD) keys.set(responseKey(child), child.name.value)
      else if (child.kind === Kind.INLINE_FRAGMENT) addKeys(child)
    }
  }
  for (const node of field.nodes) addKeys(node)
  return keys
}

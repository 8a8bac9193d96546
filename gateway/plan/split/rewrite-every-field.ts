/**
 * What an EVERY field needs besides its split: arguments in variables, the page's facts, and how the parts become one.
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

/** The variables that every leg of an EVERY field may use, beside the operation's own. */
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

/** The variable that carries `[itself]` to a country. */
export function countriesVariable(keys: GatewayKeys): string {
  return `${keys.prefix}Countries`
}

/** The variable that carries a page's place to a country, for the top field of this ordinal. */
export function afterVariable(keys: GatewayKeys, bit: number): string {
  return `${keys.prefix}After${bit}`
}

/**
 * The field as a country is asked it: the EVERY argument and `after` in variables, and in a connection the page's facts.
 * `node` is split already.
 */
export function rewriteEveryField(
  node: FieldNode,
  type: GraphQLObjectType,
  argument: string,
  bit: number,
  keys: GatewayKeys,
  takesAfter: boolean,
): FieldNode {
  const set = (name: string, variable: string): ArgumentNode => ({
    kind: Kind.ARGUMENT,
    name: nameNode(name),
    value: { kind: Kind.VARIABLE, name: nameNode(variable) },
  })
  const others = (node.arguments ?? []).filter(
    ({ name }) => name.value !== argument && !(takesAfter && name.value === 'after'),
  )
  const own = [set(argument, countriesVariable(keys)), ...(takesAfter ? [set('after', afterVariable(keys, bit))] : [])]
  const page = connectionOf(type)
    ? [
        fieldNode('pageInfo', `${keys.prefix}P`, [
          fieldNode('hasNextPage', `${keys.prefix}n`),
          fieldNode('hasPreviousPage', `${keys.prefix}b`),
        ]),
      ]
    : []
  return {
    ...node,
    arguments: [...others, ...own],
    selectionSet: setOf([...(node.selectionSet?.selections ?? []), ...page]),
  }
}

/**
 * How the countries' parts of an EVERY field become one (`@merge`).
 * @param original the node before the split, with its `outcomes`.
 * @param rewritten the node as it is sent.
 */
export function compileMerge(
  type: GraphQLObjectType,
  original: FieldNode,
  rewritten: FieldNode,
  keys: GatewayKeys,
  table: DirectiveTable,
  options: ShapeOptions,
): MergeSpec {
  const asked = collectFields(type, original.selectionSet ? [original.selectionSet] : [], options)
  if (!connectionOf(type)) return objectMerge(type, asked, table, options)
  const sent = collectFields(type, rewritten.selectionSet ? [rewritten.selectionSet] : [], options)
  return connectionMerge(type.name, asked, sent, keys)
}

function connectionMerge(
  typeName: string,
  asked: readonly CollectedField[],
  sent: readonly CollectedField[],
  keys: GatewayKeys,
): ConnectionMerge {
  const named = (fields: readonly CollectedField[], name: string): readonly CollectedField[] =>
    fields.filter((field) => field.nodes[0].name.value === name)
  const edges = named(sent, 'edges')
  const own = edges.find((field) => flatKeys(field).has(`${keys.prefix}C`))
  return {
    kind: 'CONNECTION',
    typeName,
    typename: named(asked, '__typename').map((field) => field.key),
    edges: edges.map((field) => ({
      key: field.key,
      cursors: [...flatKeys(field)].flatMap(([key, name]) => (name === 'cursor' ? [key] : [])),
    })),
    pageInfo: named(asked, 'pageInfo').map((field) => ({ key: field.key, fields: flatKeys(field) })),
    outcomes: outcomesKeys(asked),
    gatewayKeys: {
      edges: own?.key ?? `${keys.prefix}E`,
      cursor: `${keys.prefix}C`,
      page: `${keys.prefix}P`,
      hasNext: `${keys.prefix}n`,
      hasPrevious: `${keys.prefix}b`,
    },
  }
}

function objectMerge(
  type: GraphQLObjectType,
  asked: readonly CollectedField[],
  table: DirectiveTable,
  options: ShapeOptions,
): ObjectMerge {
  const fields = asked.filter(({ nodes: [node] }) => node.name.value !== '__typename' && node.name.value !== 'outcomes')
  return {
    kind: 'OBJECT',
    typeName: type.name,
    typename: asked.filter(({ nodes: [node] }) => node.name.value === '__typename').map((field) => field.key),
    fields: fields.map((field) => ({
      key: field.key,
      coordinate: `${type.name}.${field.nodes[0].name.value}`,
      rule: fieldRule(type, field, table, options),
    })),
    outcomes: outcomesKeys(asked),
  }
}

function fieldRule(
  type: GraphQLObjectType,
  field: CollectedField,
  table: DirectiveTable,
  options: ShapeOptions,
): MergeRule | MergeSpec {
  const name = field.nodes[0].name.value
  const said = table.merge.get(`${type.name}.${name}`)
  if (said && said !== 'CONNECTION') return said
  const definition = fieldDefinition(type, name)
  if (!definition) return 'EQUAL'
  if (isListType(getNullableType(definition.type))) return 'JOIN'
  const named = getNamedType(definition.type)
  if (!isObjectType(named) || table.entities.has(named.name)) return 'EQUAL'
  const sets = field.nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  return objectMerge(named, collectFields(named, sets, options), table, options)
}

function outcomesKeys(asked: readonly CollectedField[]): OutcomesKey[] {
  return asked
    .filter(({ nodes: [node] }) => node.name.value === 'outcomes')
    .map((field) => ({ key: field.key, fields: flatKeys(field) }))
}

/** Response key → field name directly below a field, through inline fragments. */
function flatKeys(field: CollectedField): Map<string, string> {
  const keys = new Map<string, string>()
  const take = (node: FieldNode | { selectionSet?: FieldNode['selectionSet'] }): void => {
    for (const child of node.selectionSet?.selections ?? []) {
      if (child.kind === Kind.FIELD) keys.set(responseKey(child), child.name.value)
      else if (child.kind === Kind.INLINE_FRAGMENT) take(child)
    }
  }
  for (const node of field.nodes) take(node)
  return keys
}

import { type FieldNode, type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType, Kind } from 'graphql'
import { isOpen } from '../../../contract/access/rule.ts'
import { CONNECTION_ORDERS } from '../../../contract/cursor.ts'
import type { PlannedSpreadRule, PlannedTopField } from '../../types/plan.ts'
import type { PlannedFieldShape, PlannedPage } from '../../types/plan-shape.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import type { LoadedSupergraph } from '../graph/supergraph.ts'
import { type CollectedField, compileField, fieldDefinition, type ShapeOptions } from '../shapes/compile-shape.ts'
import { connectionOf, responseKey } from '../syntax/nodes.ts'
import type { TypedNode } from './list-typed-nodes.ts'
import { afterVariable, compileMerge, rewriteEveryField } from './rewrite-every-field.ts'
import { type SplitContext, splitField } from './split-field.ts'

/**
 * Compiles a field at the top of a fetch: splits it, rewrites it as legs ask for it, and compiles how the gateway reads and merges the
 * countries' parts.
 * @param bit the field's ordinal within the fetch.
 * @param path the place of the field's parent.
 */
export function compileTopField(
  { typeName, node }: TypedNode,
  bit: number,
  path: readonly string[],
  split: SplitContext,
  graph: LoadedSupergraph,
): PlannedTopField {
  const parent = objectType(split.schema, typeName)
  const rewritten = splitField(node, parent, path, split)
  const spread = readSpreadRule(parent, node, graph)
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const isEvery = spread?.who === 'EVERY' && isObjectType(type)
  const takesAfter = definition?.args.some((argument) => argument.name === 'after') ?? false
  const sent = isEvery ? rewriteEveryField(rewritten, type, spread.argument, bit, split.keys, takesAfter) : rewritten
  split.originals.set(sent, node)
  const options = makeShapeOptions(split, isEvery && takesAfter ? afterVariable(split.keys, bit) : null, sent)
  return {
    bit,
    typeName,
    node: sent,
    spread,
    shape: compileField(parent, { key: responseKey(node), nodes: [sent] }, options),
    merge: isEvery ? compileMerge(type, node, sent, split.keys, graph.directives, options) : null,
  }
}

/** Makes the options for the shape of one top field: marks for borders, countries, pages and connections. */
function makeShapeOptions(split: SplitContext, after: string | null, top: FieldNode): ShapeOptions {
  const { directives, schema, keys } = split
  const rows = listRowTypes(directives, schema)
  return {
    schema,
    fragments: new Map(),
    outKey: (key) => key,
    isRecord: (typeName) => directives.entities.has(typeName),
    mark: (parent, node) => ({
      border: directives.crossBorder.has(`${parent.name}.${node.name.value}`),
      namesCountry: namesCountry(parent, node, directives, rows),
      page: readPage(parent, split.originals.get(node) ?? node, node === top ? after : null),
    }),
    connection: (type, fields) => {
      if (!connectionOf(type)) return null
      const edges = fields.filter((field) => field.nodes[0].name.value === 'edges')
      const withCursor = edges.find((field) => hasKeyBelow(field, `${keys.prefix}C`))
      if (!withCursor) return null
      const node = withCursor.nodes[0].selectionSet?.selections.find(
        (child): child is FieldNode => child.kind === Kind.FIELD && child.name.value === 'node',
      )
      return {
        edges: edges.map((field) => field.key),
        gatewayEdges: withCursor.key,
        gatewayCursor: `${keys.prefix}C`,
        gatewayNode: node ? responseKey(node) : null,
      }
    },
  }
}

function hasKeyBelow(field: CollectedField, key: string): boolean {
  return field.nodes.some((node) =>
    node.selectionSet?.selections.some((child) => child.kind === Kind.FIELD && responseKey(child) === key),
  )
}

function namesCountry(
  parent: GraphQLObjectType,
  node: FieldNode,
  directives: DirectiveTable,
  rows: ReadonlySet<string>,
): PlannedFieldShape['namesCountry'] {
  if (node.name.value === 'originator') return true
  const definition = fieldDefinition(parent, node.name.value)
  // A joined list of countries, such as `withheldBy`: each country can only name itself.
  const isJoined = directives.merge.get(`${parent.name}.${node.name.value}`) === 'JOIN'
  if (definition && isJoined && getNamedType(definition.type).name === 'CountryCode') return true
  return node.name.value === 'country' && (directives.entities.has(parent.name) || rows.has(parent.name))
}

/** Lists the types whose rows are joined over countries. The `country` of such a row is the country that answers. */
function listRowTypes(directives: DirectiveTable, schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [coordinate, kind] of directives.merge) {
    if (kind !== 'JOIN') continue
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    if (!isObjectType(type)) continue
    const definition = fieldDefinition(type, fieldName)
    if (definition) names.add(getNamedType(definition.type).name)
  }
  return names
}

/**
 * Reads where the page of a connection field comes from; null for any other field.
 * @param node the field as the client wrote it.
 * @param afterVariableName the variable that carries `after` to a country; null if the field has none.
 */
export function readPage(
  parent: GraphQLObjectType,
  node: FieldNode,
  afterVariableName: string | null,
): PlannedPage | null {
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const argument = (name: string): boolean => definition?.args.some((arg) => arg.name === name) ?? false
  if (!definition || !isObjectType(type) || !connectionOf(type) || !argument('first') || !argument('after')) return null
  const coordinate = `${parent.name}.${node.name.value}`
  return {
    coordinate,
    node,
    fixedOrder: argument('orderBy') ? null : (CONNECTION_ORDERS[coordinate] ?? 'ID_ASC'),
    afterVariable: afterVariableName,
  }
}

/** Reads how the gateway spreads a field; null if it has no `@answeredBy`. */
export function readSpreadRule(
  parent: GraphQLObjectType,
  node: FieldNode,
  { directives, rules }: Pick<LoadedSupergraph, 'directives' | 'rules'>,
): PlannedSpreadRule | null {
  const coordinate = `${parent.name}.${node.name.value}`
  const answered = directives.answeredBy.get(coordinate)
  const definition = fieldDefinition(parent, node.name.value)
  const argument = definition?.args.find(({ name }) => name === answered?.argument)
  if (!answered || !argument) return null
  return {
    who: answered.who,
    argument: argument.name,
    node,
    isGuarded: !isOpen(rules.ofField(parent.name, node.name.value)),
  }
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`expected an object type; came ${name}`)
  return type
}

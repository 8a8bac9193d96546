import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import { isAbstractType } from 'graphql'
import type { GatewayKeys, RequiredSelection } from '../../types/plan.ts'
import type { LoadedSupergraph } from '../graph/supergraph.ts'

/** Lists what the representations of a follow-up are made of: the gateway keys. */
export function requireGatewayKeys(typeName: string, keys: GatewayKeys, graph: LoadedSupergraph): RequiredSelection[] {
  const field = (key: string, name: string): RequiredSelection => ({ kind: 'field', key, name, selections: null })
  return [
    {
      kind: 'fragment',
      types: listPossibleTypes(typeName, graph),
      selections: [field(keys.typename, '__typename'), field(keys.id, 'id')],
    },
  ]
}

/** Lists what the representations of a planner's fetch are made of. */
export function requireSelections(
  selections: readonly QueryPlanSelectionNode[],
  graph: LoadedSupergraph,
): RequiredSelection[] {
  return selections.map((node) =>
    node.kind === 'Field'
      ? {
          kind: 'field',
          key: node.alias ?? node.name,
          name: node.alias ?? node.name,
          selections: node.selections ? requireSelections(node.selections, graph) : null,
        }
      : {
          kind: 'fragment',
          types: node.typeCondition === undefined ? null : listPossibleTypes(node.typeCondition, graph),
          selections: requireSelections(node.selections, graph),
        },
  )
}

/** Lists the runtime types that a type condition accepts in the API schema and in each subgraph, and the condition's own name. */
export function listPossibleTypes(name: string, graph: LoadedSupergraph): ReadonlySet<string> {
  const names = new Set([name])
  for (const schema of [graph.apiSchema, ...[...graph.subgraphs.values()].map((subgraph) => subgraph.schema)]) {
    const type = schema.getType(name)
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) names.add(possible.name)
  }
  return names
}

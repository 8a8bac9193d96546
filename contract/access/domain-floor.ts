import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parseType,
} from 'graphql'
import { directiveArguments } from './linked-names.ts'
import { readSdlFloor, type SdlFloor } from './sdl-faults.ts'

/**
 * Reads from a supergraph what one of its subgraphs contributes (specs.apollo.dev/join): a field belongs to each graph that its
 * `@join__field` names, with the type that is given there. Without one, it belongs to each graph of its type.
 * @param subgraph the subgraph's name, such as `persons`.
 */
export function readDomainFloor(supergraph: DocumentNode, subgraph: string): SdlFloor {
  const graph = findGraph(supergraph, subgraph)
  const definitions = supergraph.definitions.flatMap((node): readonly DefinitionNode[] => {
    if (!('directives' in node) || !graphsOf(node.directives, 'join__type').includes(graph)) return []
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [node]
    return [{ ...node, fields: (node.fields ?? []).flatMap((field) => fieldIn(graph, field)) }]
  })
  const { fields, shape } = readSdlFloor({ kind: Kind.DOCUMENT, definitions })
  return { fields, policies: readSdlFloor(supergraph).policies, shape }
}

/** Returns the name that the supergraph gives to a subgraph in `join__Graph`; undefined if it does not have the subgraph. */
function findGraph({ definitions }: DocumentNode, subgraph: string): string | undefined {
  const graphs = definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  )
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : []
  return values.find(({ directives = [] }) => directives.some((each) => directiveArguments(each).name === subgraph))
    ?.name.value
}

/** Returns the field with the type that it has in the graph; empty if the graph does not resolve it. */
function fieldIn(graph: string | undefined, field: FieldDefinitionNode): readonly FieldDefinitionNode[] {
  const joins = (field.directives ?? []).filter(({ name }) => name.value === 'join__field').map(directiveArguments)
  if (joins.length === 0) return [field]
  const own = joins.find((join) => join.external !== true && (join.graph === undefined || join.graph === graph))
  if (own === undefined) return []
  return [typeof own.type === 'string' ? { ...field, type: parseType(own.type, { noLocation: true }) } : field]
}

function graphsOf(directives: readonly DirectiveNode[] | undefined, name: string): readonly unknown[] {
  return (directives ?? []).filter((each) => each.name.value === name).map((each) => directiveArguments(each).graph)
}

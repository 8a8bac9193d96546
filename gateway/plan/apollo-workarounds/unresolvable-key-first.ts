/**
 * Puts the keys by which a subgraph resolves an entity before those by which it only refers to it (`resolvable: false`).
 *
 * If a subgraph's field requires a field of another subgraph, Apollo's planner (2.14.4) leaves the subgraph and comes back by the first
 * key of the entity there, even if the subgraph cannot resolve the entity by that key. The subgraph then answers null, or an error.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql'

const JOIN_TYPE = 'join__type'

/** Returns a supergraph with the keys of each type in the order that the planner needs. It returns a supergraph without unresolvable keys as it is. */
export function putResolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  const sorted = <T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
    node: T,
  ): T | undefined => {
    const { directives = [] } = node
    if (directives.every(isUseful)) return undefined
    return { ...node, directives: [...directives.filter(isUseful), ...directives.filter((each) => !isUseful(each))] }
  }
  return visit(supergraph, { ObjectTypeDefinition: { enter: sorted }, InterfaceTypeDefinition: { enter: sorted } })
}

/** Whether a directive is anything but a key by which a subgraph does not resolve the entity. */
function isUseful({ name, arguments: values = [] }: ConstDirectiveNode): boolean {
  if (name.value !== JOIN_TYPE) return true
  return !values.some(
    ({ name: argument, value }) => argument.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
  )
}

import { Kind, parse, type SelectionNode } from 'graphql'

/** Reads a field set, as the `fields` of `@key`, `@requires` and `@provides` are written. */
export function readFieldSet(fields: string): readonly SelectionNode[] {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []
}

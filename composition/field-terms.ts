/**
 * What a subgraph's Federation directives say about its fields: `@requires`, `@provides`, `@external`, and the field sets in them.
 * Read when a supergraph is composed and when it is loaded.
 */
import { FieldDefinition, type Subgraph } from '@apollo/federation-internals'
import { type ArgumentNode, type FieldNode, Kind, parse, print, type SelectionNode } from 'graphql'

/** What the `@requires` of one field names. */
export interface Requirement {
  readonly selections: readonly SelectionNode[]
  /** Names at its top. */
  readonly names: readonly string[]
  /** Path of names below the object → the arguments asked there, as text. */
  readonly withArguments: ReadonlyMap<string, string>
}

/** What one subgraph says of a field by Federation's directives. */
export interface FieldTerms {
  readonly requires: Requirement | null
  /** Declared `@external`: answered only below a field that provides it. */
  readonly isExternal: boolean
  /** What its `@provides` names, fragments written out. */
  readonly provides: readonly FieldNode[]
}

/** By coordinate; of one subgraph. Fields without such directives are not in it. */
export type Requirements = ReadonlyMap<string, FieldTerms>

/** Reads the requirements of a subgraph's fields, what they provide, and which are external. */
export function requirementsOf(subgraph: Subgraph): Requirements {
  const metadata = subgraph.metadata()
  const terms = new Map<string, FieldTerms>()
  const add = (parent: unknown, more: Partial<FieldTerms>): void => {
    if (!(parent instanceof FieldDefinition)) return
    const known = terms.get(parent.coordinate) ?? { requires: null, isExternal: false, provides: [] }
    terms.set(parent.coordinate, { ...known, ...more })
  }
  for (const { parent } of metadata.externalDirective().applications()) {
    if (parent instanceof FieldDefinition && metadata.isFieldExternal(parent)) add(parent, { isExternal: true })
  }
  for (const application of metadata.requiresDirective().applications()) {
    add(application.parent, {
      requires: readRequirement((application.arguments() as { readonly fields: string }).fields),
    })
  }
  for (const application of metadata.providesDirective().applications()) {
    const { fields } = application.arguments() as { readonly fields: string }
    add(application.parent, { provides: fieldsIn(readFieldSet(fields)) })
  }
  return terms
}

/** The field nodes of a selection, with the fields of inline fragments among them. */
export function fieldsIn(nodes: readonly SelectionNode[]): readonly FieldNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    return node.kind === Kind.INLINE_FRAGMENT ? fieldsIn(node.selectionSet.selections) : []
  })
}

/** Reads the field set of a `@requires`. */
export function readRequirement(fields: string): Requirement {
  const selections = readFieldSet(fields)
  const names: string[] = []
  const withArguments = new Map<string, string>()
  const walk = (nodes: readonly SelectionNode[], path: readonly string[]): void => {
    for (const node of nodes) {
      if (node.kind === Kind.FRAGMENT_SPREAD) continue
      const below = node.selectionSet?.selections ?? []
      if (node.kind === Kind.INLINE_FRAGMENT) {
        walk(below, path)
        continue
      }
      const at = [...path, node.name.value]
      if (path.length === 0 && node.name.value !== '__typename') names.push(node.name.value)
      if (node.arguments?.length) withArguments.set(at.join('.'), argumentsText(node.arguments))
      walk(below, at)
    }
  }
  walk(selections, [])
  return { selections, names, withArguments }
}

/** Arguments as one text, in the order of their names: equal for equal arguments. */
export function argumentsText(nodes: readonly ArgumentNode[] | undefined): string {
  return (nodes ?? []).map(print).sort().join(', ')
}

/** Reads a field set, as the `fields` of `@key`, `@requires` and `@provides` are written. */
export function readFieldSet(fields: string): readonly SelectionNode[] {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []
}

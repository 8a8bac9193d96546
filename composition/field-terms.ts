/**
 * What a subgraph's Federation directives say about its fields: `@requires`, `@provides`, `@external`, and the field sets in them.
 * Composition reads them, and so does the gateway when it loads a supergraph.
 */
import { FieldDefinition, type Subgraph } from '@apollo/federation-internals'
import { type ArgumentNode, type FieldNode, Kind, parse, print, type SelectionNode } from 'graphql'

/** What the `@requires` of one field names. */
export interface Requirement {
  readonly selections: readonly SelectionNode[]
  /** The names of its top-level fields. */
  readonly names: readonly string[]
  /** Path of field names below the object → the arguments of the last field, as text. Only fields with arguments are in it. */
  readonly withArguments: ReadonlyMap<string, string>
}

/** What one subgraph's Federation directives say about a field. */
export interface FieldTerms {
  readonly requires: Requirement | null
  /** Whether the field is `@external`: the subgraph answers it only below a field that provides it. */
  readonly isExternal: boolean
  /** The fields that its `@provides` names; the fields of inline fragments are among them. */
  readonly provides: readonly FieldNode[]
}

/** The terms of one subgraph's fields, by coordinate. Fields without such directives are not in it. */
export type Requirements = ReadonlyMap<string, FieldTerms>

/** Reads what a subgraph's fields require, what they provide, and which fields are external. */
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

/** Returns the field nodes of a selection, including the fields of its inline fragments. */
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

/** Writes arguments as one text, in the order of their names, so that equal arguments have equal texts. */
export function argumentsText(nodes: readonly ArgumentNode[] | undefined): string {
  return (nodes ?? []).map(print).sort().join(', ')
}

/** Reads a field set: the text of `fields` in `@key`, `@requires` and `@provides`. */
export function readFieldSet(fields: string): readonly SelectionNode[] {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []
}

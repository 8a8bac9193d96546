import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsInOrderOfUse } from '../../contract/fragments.ts'

/** The size of an operation or a fragment, where each use of a fragment counts again. Infinity: more than a number holds. */
export interface Size {
  readonly fields: number
  /** Fields directly in it, with fragments followed. */
  readonly rootFields: number
  readonly aliases: number
  readonly directives: number
  /** How deep selection sets are nested. */
  readonly depth: number
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode

const NOTHING: Size = { fields: 0, rootFields: 0, aliases: 0, directives: 0, depth: 0 }

/**
 * Measures each operation and fragment of a document without expanding fragments: it measures each fragment once, after those
 * that the fragment uses, however often the fragment is used. The time is linear in the document.
 * @throws {IstmoError} `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size: two have one name, or they use one another in a
 * cycle. Validation would reject them too, but only after it had compared everything in them.
 */
export function measureDocument(document: DocumentNode): ReadonlyMap<Definition, Size> {
  const sizes = new Map<string, Size>()
  const measured = new Map<Definition, Size>()
  for (const fragment of fragmentsInOrderOfUse(document)) {
    const size = measure(fragment, sizes)
    sizes.set(fragment.name.value, size)
    measured.set(fragment, size)
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) measured.set(definition, measure(definition, sizes))
  }
  return measured
}

/** Measures one definition. It keeps its own stack, because a document could make recursion overflow. */
function measure(definition: Definition, fragments: ReadonlyMap<string, Size>): Size {
  const total = { ...NOTHING, directives: countDirectives(definition.directives) }
  const stack: { set: SelectionSetNode; depth: number; isRoot: boolean }[] = [
    { set: definition.selectionSet, depth: 1, isRoot: true },
  ]
  for (const variable of 'variableDefinitions' in definition ? (definition.variableDefinitions ?? []) : []) {
    total.directives += countDirectives(variable.directives)
  }
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { set, depth, isRoot } = next
    total.depth = Math.max(total.depth, depth)
    for (const selection of set.selections) {
      total.directives += countDirectives(selection.directives)
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const size = fragments.get(selection.name.value) ?? NOTHING
        total.fields += size.fields
        total.aliases += size.aliases
        total.directives += size.directives
        if (isRoot) total.rootFields += size.rootFields
        total.depth = Math.max(total.depth, depth + size.depth)
        continue
      }
      const isField = selection.kind === Kind.FIELD
      if (isField) total.fields++
      if (isField && isRoot) total.rootFields++
      if (isField && selection.alias) total.aliases++
      if (selection.selectionSet) {
        stack.push({ set: selection.selectionSet, depth: depth + 1, isRoot: isRoot && !isField })
      }
    }
  }
  return total
}

function countDirectives(directives: readonly DirectiveNode[] | undefined): number {
  return directives?.length ?? 0
}

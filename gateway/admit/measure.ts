import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsInOrderOfUse } from '../../contract/fragments.ts'

/** How large an operation or a fragment is with every use of a fragment counted anew; Infinity is more than a number holds. */
export interface Size {
  readonly fields: number
  /** Fields that stand directly in it, fragments followed. */
  readonly rootFields: number
  readonly aliases: number
  readonly directives: number
  /** Selection sets within one another. */
  readonly depth: number
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode

const NOTHING: Size = { fields: 0, rootFields: 0, aliases: 0, directives: 0, depth: 0 }

/**
 * Measures every operation and fragment of a document without writing fragments out: each is measured once, after those
 * that it uses, however often it is used. Linear in the document.
 * @throws {IstmoError} `GRAPHQL_VALIDATION_FAILED` for fragments without a size: of one name, or that use one another in a circle.
 * Validation would refuse them too, but only after it had compared all that is in them.
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

/** The walk keeps its own stack: what recursed with the document could be made to overflow. */
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

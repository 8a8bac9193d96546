import {
  type DirectiveNode,
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { fragmentsOf } from '../fragments.ts'

/** A hit search (`PersonHitSearch`) as it came. Nobody has checked it yet. */
export type HitSearchValue = Readonly<Record<string, unknown>>

interface Asked {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>> | undefined
}

/**
 * Lists the hit searches of an operation, those of lists too, in the order of the document. A field that two names ask for counts twice. Empty
 * without such an operation.
 */
export function listHitSearches({ document, operationName, variables }: Asked): readonly HitSearchValue[] {
  const operation = getOperationAST(document, operationName)
  if (!operation) return []
  const values = withDefaults(operation, variables ?? {})
  const fragments = fragmentsOf(document)
  const followed = new Set<string>()
  const listIn = ({ selections }: SelectionSetNode): readonly unknown[] =>
    selections.flatMap((selection): readonly unknown[] => {
      if (isLeftOut(selection, values)) return []
      if (selection.kind === Kind.INLINE_FRAGMENT) return listIn(selection.selectionSet)
      const { value: name } = selection.name
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = followed.has(name) ? undefined : fragments.get(name)
        followed.add(name)
        return fragment ? listIn(fragment.selectionSet) : []
      }
      if (name !== 'personHits' && name !== 'personListHits') return []
      const given = (selection.arguments ?? []).find(({ name: { value } }) => value === SEARCHES[name])?.value
      const searches: unknown = given && valueFromASTUntyped(given, values)
      // GraphQL takes one value where it expects a list.
      return Array.isArray(searches) ? searches : [searches]
    })
  return listIn(operation.selectionSet).filter((one) => typeof one === 'object' && one !== null) as HitSearchValue[]
}

const SEARCHES = { personHits: 'search', personListHits: 'searches' } as const

/** A variable that did not come has its default. */
function withDefaults(operation: OperationDefinitionNode, came: HitSearchValue): Record<string, unknown> {
  const values: Record<string, unknown> = { ...came }
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const { value: name } = variable.name
    if (values[name] === undefined && defaultValue) values[name] = valueFromASTUntyped(defaultValue)
  }
  return values
}

function isLeftOut({ directives = [] }: SelectionNode, values: Record<string, unknown>): boolean {
  return directives.some((directive) => {
    const isOn = conditionOf(directive, values)
    return (directive.name.value === 'skip' && isOn === true) || (directive.name.value === 'include' && isOn === false)
  })
}

function conditionOf({ arguments: [condition] = [] }: DirectiveNode, values: Record<string, unknown>): unknown {
  return condition && valueFromASTUntyped(condition.value, values)
}

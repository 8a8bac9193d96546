import type { Subgraph } from '@apollo/federation-internals'
import { type GraphQLSchema, getNamedType, isCompositeType, Kind, type SelectionNode } from 'graphql'
import { fieldDefinition } from './shapes.ts'
import type { fetchNodes } from './supergraph.ts'

/**
 * Guards against a plan that asks a subgraph for a field before it has what the field requires. Apollo's planner (2.14.4)
 * makes such plans, in silence, where a requirement is itself required of the subgraph that the path comes from: the
 * resolver then computes from nothing. A refusal is better than a wrong answer.
 */

/** `Type.field` → the names that its `@requires` begins with. Of one subgraph. */
export type Requirements = ReadonlyMap<string, readonly string[]>

type FetchNode = ReturnType<typeof fetchNodes> extends Generator<{ node: infer N }> ? N : never
type Required = NonNullable<FetchNode['requires']>[number]

/** Reads the requirements of a subgraph's fields. */
export function requirementsOf(subgraph: Subgraph): Requirements {
  const applications = [...subgraph.metadata().requiresDirective().applications()]
  return new Map(
    applications.map((application) => {
      const { fields } = application.arguments() as { readonly fields: string }
      return [String((application.parent as { coordinate?: unknown }).coordinate), topNames(fields)]
    }),
  )
}

/**
 * The first field that a fetch asks for without what it requires; null where there is none.
 * @param schema the schema of the fetch's subgraph.
 */
export function unsoundField(node: FetchNode, schema: GraphQLSchema, requirements: Requirements): string | null {
  if (requirements.size === 0) return null
  const operation = node.operationDocumentNode?.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return null
  const given = namesGiven(node.requires ?? [])
  const root = schema.getRootType(operation.operation)?.name ?? ''
  const walk = (selections: readonly SelectionNode[], typeName: string, have: ReadonlySet<string>): string | null => {
    for (const selection of selections) {
      const found = selection.kind === Kind.FRAGMENT_SPREAD ? null : step(selection, typeName, have)
      if (found !== null) return found
    }
    return null
  }
  const step = (
    selection: Exclude<SelectionNode, { kind: Kind.FRAGMENT_SPREAD }>,
    typeName: string,
    have: ReadonlySet<string>,
  ): string | null => {
    const below = selection.selectionSet?.selections ?? []
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return walk(below, selection.typeCondition?.name.value ?? typeName, have)
    const coordinate = `${typeName}.${selection.name.value}`
    if (requirements.get(coordinate)?.some((name) => !have.has(name))) return coordinate
    const type = schema.getType(typeName)
    const definition = isCompositeType(type) ? fieldDefinition(type, selection.name.value) : undefined
    const isEntities = typeName === root && selection.name.value === '_entities'
    return definition ? walk(below, getNamedType(definition.type).name, isEntities ? given : NOTHING) : null
  }
  return walk(operation.selectionSet.selections, root, NOTHING)
}

const NOTHING: ReadonlySet<string> = new Set()

function namesGiven(requires: readonly Required[]): ReadonlySet<string> {
  return new Set(requires.flatMap((node) => (node.kind === 'Field' ? [node.name] : [...namesGiven(node.selections)])))
}

/** The names at depth 0 of a field set, through fragments, without what is in parentheses. */
function topNames(fields: string): readonly string[] {
  let depth = 0
  const names: string[] = []
  const bare = fields.replace(/\([^)]*\)/g, '').replace(/\.\.\.\s*(?:on\s+\w+)?\s*\{([^{}]*)\}/g, '$1')
  for (const [token] of bare.matchAll(/[{}]|[_A-Za-z]\w*/g)) {
    if (token === '{') depth += 1
    else if (token === '}') depth -= 1
    else if (depth === 0 && token !== '__typename') names.push(token)
  }
  return names
}

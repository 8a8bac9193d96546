/**
 * Reads from a supergraph which fields carry which directive of the istmo spec, by coordinate.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, type ObjectTypeDefinitionNode } from 'graphql'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'

/** The values of `@merge(by:)`. */
export type MergeKind = 'CONNECTION' | 'JOIN' | 'SUM' | 'ALL' | 'ANY' | 'EQUAL'

/** The directives of a supergraph's fields, by coordinate `Type.field`. */
export type DirectiveTable = ReturnType<typeof readDirectiveTable>

/** Reads the table from a supergraph's document. The names of the directives come from its `@link`s, which may rename them. */
export function readDirectiveTable(supergraph: DocumentNode) {
  const linkedNames = readLinkedNames(supergraph)
  const answeredByNames = linkedNames.of('answeredBy')
  const mergeNames = linkedNames.of('merge')
  const crossBorderNames = linkedNames.of('crossBorder')
  const types = supergraph.definitions.filter(isFieldsDefinition)
  const answeredBy = new Map<string, { who: 'OWNER' | 'EVERY'; argument: string }>()
  const merge = new Map<string, MergeKind>()
  const crossBorder = new Set<string>()
  for (const type of types) {
    for (const field of type.fields ?? []) {
      const coordinate = `${type.name.value}.${field.name.value}`
      const answered = argumentsOf(field.directives, answeredByNames)
      if (answered) answeredBy.set(coordinate, answered as unknown as { who: 'OWNER' | 'EVERY'; argument: string })
      const merged = argumentsOf(field.directives, mergeNames)
      if (merged) merge.set(coordinate, merged.by as MergeKind)
      if (argumentsOf(field.directives, crossBorderNames)) crossBorder.add(coordinate)
    }
  }
  return {
    answeredBy,
    merge,
    crossBorder,
    /** The entity types: those that have a key in some subgraph. */
    entities: listEntityTypes(types),
    /** Names of fields in any `key` or `requires` field set. The planner would lose an alias that equals such a name. */
    keyFields: new Set(['__typename', ...findNamesInSets(types, /[_A-Za-z]\w*/g)]),
    /**
     * Names of fields that some `requires` asks for with arguments. If a client asks for such a field, perhaps with other arguments, the
     * planner would take its value for the required one.
     */
    requiredWithArguments: new Set(findNamesInSets(types, /[_A-Za-z]\w*(?=\s*\()/g)),
  }
}

type FieldsDefinition =
  | Extract<DocumentNode['definitions'][number], { kind: Kind.OBJECT_TYPE_DEFINITION }>
  | ObjectTypeDefinitionNode

function isFieldsDefinition(node: DocumentNode['definitions'][number]): node is FieldsDefinition {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || (node.kind as string) === Kind.INTERFACE_TYPE_DEFINITION
}

function argumentsOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  names: ReadonlySet<string>,
): Record<string, unknown> | undefined {
  const directive = directives?.find((node) => names.has(node.name.value))
  return directive && directiveArguments(directive)
}

function listEntityTypes(types: readonly FieldsDefinition[]): Set<string> {
  return new Set(
    types
      .filter((type) =>
        type.directives?.some((node) => node.name.value === 'join__type' && 'key' in directiveArguments(node)),
      )
      .map((type) => type.name.value),
  )
}

/** Finds each match of `pattern` in the `key` and `requires` field sets. */
function findNamesInSets(types: readonly FieldsDefinition[], pattern: RegExp): string[] {
  return types
    .flatMap((type) => [type, ...(type.fields ?? [])])
    .flatMap(({ directives }) => directives ?? [])
    .filter((directive) => directive.name.value.startsWith('join__'))
    .flatMap((directive) => {
      const { key, requires } = directiveArguments(directive)
      return [key, requires].flatMap((set) => (typeof set === 'string' ? (set.match(pattern) ?? []) : []))
    })
}

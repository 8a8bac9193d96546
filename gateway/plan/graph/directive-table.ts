/**
 * Which fields carry which directive of the istmo spec, read from a supergraph by coordinate.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, type ObjectTypeDefinitionNode } from 'graphql'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'

/** How `@merge(by:)` may say it. */
export type MergeKind = 'CONNECTION' | 'JOIN' | 'SUM' | 'ALL' | 'ANY' | 'EQUAL'

/** What the supergraph says of its fields, by coordinate `Type.field`. */
export interface DirectiveTable {
  readonly answeredBy: ReadonlyMap<string, { readonly who: 'OWNER' | 'EVERY'; readonly argument: string }>
  readonly merge: ReadonlyMap<string, MergeKind>
  readonly crossBorder: ReadonlySet<string>
  /** Entity types: those with a key in some subgraph. */
  readonly entities: ReadonlySet<string>
  /** Names of fields in any `key` or `requires` field set: an alias of such a name would be lost to the planner. */
  readonly keyFields: ReadonlySet<string>
  /**
   * Names of fields that some `requires` asks for with arguments: what the client asks under such a name, with other
   * arguments perhaps, would be taken for what is required.
   */
  readonly requiredWithArguments: ReadonlySet<string>
}

/** Reads the table from a supergraph's document. Directive names are taken from its `@link`s, renamed or not. */
export function readDirectiveTable(supergraph: DocumentNode): DirectiveTable {
  const linked = readLinkedNames(supergraph)
  const [answerer, merging, border] = [linked.of('answeredBy'), linked.of('merge'), linked.of('crossBorder')]
  const types = supergraph.definitions.filter(isFieldsDefinition)
  const answeredBy = new Map<string, { who: 'OWNER' | 'EVERY'; argument: string }>()
  const merge = new Map<string, MergeKind>()
  const crossBorder = new Set<string>()
  for (const type of types) {
    for (const field of type.fields ?? []) {
      const coordinate = `${type.name.value}.${field.name.value}`
      const answered = argumentsOf(field.directives, answerer)
      if (answered) answeredBy.set(coordinate, answered as unknown as { who: 'OWNER' | 'EVERY'; argument: string })
      const merged = argumentsOf(field.directives, merging)
      if (merged) merge.set(coordinate, merged.by as MergeKind)
      if (argumentsOf(field.directives, border)) crossBorder.add(coordinate)
    }
  }
  return {
    answeredBy,
    merge,
    crossBorder,
    entities: entityTypes(types),
    keyFields: new Set(['__typename', ...namesInSets(types, /[_A-Za-z]\w*/g)]),
    requiredWithArguments: new Set(namesInSets(types, /[_A-Za-z]\w*(?=\s*\()/g)),
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

function entityTypes(types: readonly FieldsDefinition[]): Set<string> {
  return new Set(
    types
      .filter((type) =>
        type.directives?.some((node) => node.name.value === 'join__type' && 'key' in directiveArguments(node)),
      )
      .map((type) => type.name.value),
  )
}

/** What `pattern` finds in the `key` and `requires` field sets. */
function namesInSets(types: readonly FieldsDefinition[], pattern: RegExp): string[] {
  return types
    .flatMap((type) => [type, ...(type.fields ?? [])])
    .flatMap(({ directives }) => directives ?? [])
    .filter((directive) => directive.name.value.startsWith('join__'))
    .flatMap((directive) => {
      const { key, requires } = directiveArguments(directive)
      return [key, requires].flatMap((set) => (typeof set === 'string' ? (set.match(pattern) ?? []) : []))
    })
}

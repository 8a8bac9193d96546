/**
 * Which fields carry which directive of the istmo spec or of the access specs, read from a supergraph by coordinate.
 */
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type ObjectTypeDefinitionNode,
  valueFromASTUntyped,
} from 'graphql'

/** How `@merge(by:)` may say it. */
export type MergeKind = 'CONNECTION' | 'JOIN' | 'SUM' | 'ALL' | 'ANY' | 'EQUAL'

/** What the supergraph says of its fields, by coordinate `Type.field`. */
export interface DirectiveTable {
  readonly answeredBy: ReadonlyMap<string, { readonly who: 'OWNER' | 'EVERY'; readonly argument: string }>
  readonly merge: ReadonlyMap<string, MergeKind>
  readonly crossBorder: ReadonlySet<string>
  /** Fields that carry an access rule themselves, or whose type does. */
  readonly ruled: ReadonlySet<string>
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

const ISTMO = /\/istmo\/v1\.\d+$/
const ACCESS = /^https:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\/v/

/** Reads the table from a supergraph's document. Directive names are taken from its `@link`s, renamed or not. */
export function readDirectiveTable(supergraph: DocumentNode): DirectiveTable {
  const names = linkedNames(supergraph)
  const types = supergraph.definitions.filter(isFieldsDefinition)
  const ruledTypes = new Set(
    supergraph.definitions.flatMap((node) =>
      'name' in node && node.name && 'directives' in node && hasAny(node.directives, names.access)
        ? [node.name.value]
        : [],
    ),
  )
  const answeredBy = new Map<string, { who: 'OWNER' | 'EVERY'; argument: string }>()
  const merge = new Map<string, MergeKind>()
  const crossBorder = new Set<string>()
  const ruled = new Set<string>()
  for (const type of types) {
    for (const field of type.fields ?? []) {
      const coordinate = `${type.name.value}.${field.name.value}`
      const answered = argumentsOf(field.directives, names.istmo('answeredBy'))
      if (answered) answeredBy.set(coordinate, answered as unknown as { who: 'OWNER' | 'EVERY'; argument: string })
      const merged = argumentsOf(field.directives, names.istmo('merge'))
      if (merged) merge.set(coordinate, merged.by as MergeKind)
      if (argumentsOf(field.directives, names.istmo('crossBorder'))) crossBorder.add(coordinate)
      if (hasAny(field.directives, names.access) || ruledTypes.has(namedType(field.type))) ruled.add(coordinate)
    }
  }
  return {
    answeredBy,
    merge,
    crossBorder,
    ruled,
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

function linkedNames(supergraph: DocumentNode): { istmo: (name: string) => string; access: ReadonlySet<string> } {
  let istmo = (name: string): string => `istmo__${name}`
  const access = new Set<string>()
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION) continue
    for (const link of definition.directives?.filter((directive) => directive.name.value === 'link') ?? []) {
      const { url, as, import: imports } = argumentsRecord(link)
      if (typeof url !== 'string') continue
      if (ISTMO.test(url)) istmo = (name) => localName(name, 'istmo', as, imports)
      const spec = ACCESS.exec(url)?.[1]
      if (spec !== undefined) access.add(typeof as === 'string' ? as : (importedAs(`@${spec}`, imports) ?? spec))
    }
  }
  return { istmo, access }
}

function localName(name: string, spec: string, as: unknown, imports: unknown): string {
  return importedAs(`@${name}`, imports) ?? `${typeof as === 'string' ? as : spec}__${name}`
}

function importedAs(name: string, imports: unknown): string | undefined {
  if (!Array.isArray(imports)) return undefined
  for (const item of imports) {
    if (item === name) return name.slice(1)
    if (typeof item === 'object' && item !== null && item.name === name)
      return String(item.as ?? name).replace(/^@/, '')
  }
  return undefined
}

function hasAny(directives: readonly DirectiveNode[] | undefined, names: ReadonlySet<string>): boolean {
  return directives?.some((directive) => names.has(directive.name.value)) ?? false
}

function argumentsOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Record<string, unknown> | undefined {
  const directive = directives?.find((node) => node.name.value === name)
  return directive && argumentsRecord(directive)
}

function argumentsRecord(directive: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(
    (directive.arguments ?? []).map((node) => [node.name.value, valueFromASTUntyped(node.value as ConstValueNode)]),
  )
}

function entityTypes(types: readonly FieldsDefinition[]): Set<string> {
  return new Set(
    types
      .filter((type) =>
        type.directives?.some((node) => node.name.value === 'join__type' && 'key' in argumentsRecord(node)),
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
      const { key, requires } = argumentsRecord(directive)
      return [key, requires].flatMap((set) => (typeof set === 'string' ? (set.match(pattern) ?? []) : []))
    })
}

function namedType(type: { kind: Kind; type?: unknown; name?: { value: string } }): string {
  let current = type
  while (current.type) current = current.type as typeof current
  return current.name?.value ?? ''
}

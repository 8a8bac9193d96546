/**
 * What the document of an officer's question asks for, field by field, for whoever compares a leg with it (docs/design/trust.md, What a
 * node checks of a leg). Pure. Nothing here recurses with the document.
 */
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql'

/** One place where the document asks for a field. */
export interface AskedField {
  readonly node: FieldNode
  /** By argument: the names of the variables in it, each once. */
  readonly variables: ReadonlyMap<string, readonly string[]>
}

/** The fields that a document asks for: each place, by the coordinate `Type.field`. */
export type AskedFields = ReadonlyMap<string, readonly AskedField[]>

/** The value of a variable that a condition reads; undefined if nobody knows it. */
export type ConditionValue = (variable: string) => boolean | undefined

/** One operation of a document. */
export interface QuestionDocument {
  readonly variableDefinitions: readonly VariableDefinitionNode[]
  /** The names of the variables that `@include` and `@skip` read, sorted. */
  readonly conditionVariables: readonly string[]
  /** The texts that are written in the document itself. */
  readonly texts: ReadonlySet<string>
  /** Lists what the operation asks for under these conditions. A field whose condition nobody knows is not asked for. */
  fieldsUnder(conditions: ConditionValue): AskedFields
}

/**
 * Reads one operation of a document. The document need not be valid: a field that the schema does not have asks for nothing.
 * @param schema the schema that clients see.
 * @returns null if the document has no such operation.
 */
export function readQuestionDocument(
  document: DocumentNode,
  operationName: string | undefined,
  schema: GraphQLSchema,
): QuestionDocument | null {
  const operation = getOperationAST(document, operationName)
  if (!operation) return null
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  return {
    variableDefinitions: operation.variableDefinitions ?? [],
    conditionVariables: listConditionVariables(document),
    texts: listTexts(document),
    fieldsUnder: (conditions) => listFields(operation, fragments, schema, conditions),
  }
}

function listConditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(node) {
      if (!isCondition(node)) return
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names].sort()
}

function listTexts(document: DocumentNode): ReadonlySet<string> {
  const texts = new Set<string>()
  visit(document, {
    StringValue(node) {
      texts.add(node.value)
    },
  })
  return texts
}

function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'include' || name.value === 'skip'
}

/** A selection set that is still to be read, and the type of the object that it selects from. */
type Open = readonly [SelectionSetNode, GraphQLNamedType | undefined]

function listFields(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
  conditions: ConditionValue,
): AskedFields {
  const fields = new Map<string, AskedField[]>()
  const seen = new Set<string>()
  const open: Open[] = [[operation.selectionSet, schema.getRootType(operation.operation) ?? undefined]]
  const typeNamed = (name: string | undefined, otherwise: Open[1]): Open[1] =>
    name === undefined ? otherwise : schema.getType(name)
  for (let next = open.pop(); next; next = open.pop()) {
    const [set, type] = next
    for (const selection of set.selections) {
      if (!isIncluded(selection, conditions)) continue
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        open.push([selection.selectionSet, typeNamed(selection.typeCondition?.name.value, type)])
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        if (fragment === undefined || seen.has(selection.name.value)) continue
        seen.add(selection.name.value)
        open.push([fragment.selectionSet, typeNamed(fragment.typeCondition.name.value, undefined)])
      } else {
        const below = addField(fields, selection, type)
        if (selection.selectionSet && below) open.push([selection.selectionSet, below])
      }
    }
  }
  return fields
}

/** Adds a field, and returns the type that it has. */
function addField(fields: Map<string, AskedField[]>, node: FieldNode, type: Open[1]): GraphQLNamedType | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined
  const definition = type.getFields()[node.name.value]
  if (definition === undefined) return undefined
  const coordinate = `${type.name}.${definition.name}`
  const variables = new Map((node.arguments ?? []).map(({ name, value }) => [name.value, listVariables(value)]))
  const asked = { node, variables }
  const others = fields.get(coordinate)
  if (others) others.push(asked)
  else fields.set(coordinate, [asked])
  return getNamedType(definition.type)
}

function isIncluded({ directives = [] }: SelectionNode, conditions: ConditionValue): boolean {
  return directives.filter(isCondition).every((directive) => {
    const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
    const isTrue =
      value?.kind === Kind.BOOLEAN
        ? value.value
        : value?.kind === Kind.VARIABLE
          ? conditions(value.name.value)
          : undefined
    return isTrue !== undefined && isTrue === (directive.name.value === 'include')
  })
}

function listVariables(value: ValueNode): readonly string[] {
  const names = new Set<string>()
  visit(value, {
    Variable({ name }) {
      names.add(name.value)
    },
  })
  return [...names]
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parseType,
  print,
  type SelectionSetNode,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  type VariableNode,
  valueFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { getOrAdd } from '../../../contract/get-or-add.ts'
import { listUsedFragments, nameNode } from '../syntax/nodes.ts'

/** An operation without the values and names that its client wrote, except aliases. */
export interface LiftedDocument {
  /** One operation without a name, and the fragments that it uses. */
  readonly document: DocumentNode
  /** The name in `document` of each variable of the client. */
  readonly names: ReadonlyMap<string, string>
  /** The values that were written in the document, coerced, by the names of the variables that replace them. */
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Lifts the values of an operation into variables, so that its text, the texts of its legs and the hashes of both tell nothing of what
 * somebody asked for (docs/design/audit-log.md, What is not in it). Each value of an argument becomes a variable: texts, numbers, enum values,
 * booleans, lists and input objects. Equal values of one type become one variable, because fields with one response key must keep
 * equal arguments. Defaults of variables are dropped: the coerced variables have them. The names of variables and fragments are replaced by
 * numbers, and the name of the operation and all descriptions are dropped.
 *
 * Three things stay in the text. `null` stays, because it says nothing. The conditions of `@include` and `@skip` stay, because the planner
 * resolves them. A number with more digits than JSON can carry stays too; only a scalar that the contract does not have can take one.
 *
 * @param document valid for the schema, without locations.
 * @returns null if the operation asks only about the schema. It has no leg, and standard queries are recognised by their text.
 */
export function liftValues(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
): LiftedDocument | null {
  const fragments = new Map(
    document.definitions.flatMap((node): [string, FragmentDefinitionNode][] =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  )
  if (asksOnlyAboutTypes(operation.selectionSet, fragments)) return null
  const used = listUsedFragments(operation.selectionSet, fragments)
  const whole: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...used.values()] }
  const lifting = createLifting()
  const [first, ...others] = replaceValues(whole, [...used.keys()], schema, lifting).definitions
  const { name: _, description: __, ...bare } = first as OperationDefinitionNode
  const root = { ...bare, variableDefinitions: lifting.define(operation.variableDefinitions ?? []) }
  return {
    document: { kind: Kind.DOCUMENT, definitions: [root, ...others] },
    names: lifting.names,
    values: lifting.values,
  }
}

/** Replaces each value by a variable, and each name of a variable or fragment by a number. */
function replaceValues(
  document: DocumentNode,
  fragmentNames: readonly string[],
  schema: GraphQLSchema,
  lifting: Lifting,
): DocumentNode {
  const info = new TypeInfo(schema)
  const lift = (node: ValueNode): VariableNode | undefined => {
    // Within a list, the type is that of its items.
    const type = node.kind === Kind.LIST ? info.getParentInputType() : info.getInputType()
    const directive = info.getDirective()?.name
    if (!type || directive === 'include' || directive === 'skip') return undefined
    return lifting.liftValue(node, type)
  }
  const rename = (node: VariableNode): VariableNode => {
    const isRequired = isNonNullType(info.getInputType()) && info.getDefaultValue() === undefined
    return lifting.rename(node, isRequired)
  }
  const renameFragment = <Node extends FragmentDefinitionNode | FragmentSpreadNode>(node: Node): Node => ({
    ...node,
    name: nameNode(`f${fragmentNames.indexOf(node.name.value)}`),
    ...('description' in node && { description: undefined }),
  })
  const visitor = {
    [Kind.VARIABLE_DEFINITION]: () => false,
    [Kind.VARIABLE]: rename,
    [Kind.FRAGMENT_SPREAD]: { leave: renameFragment },
    [Kind.FRAGMENT_DEFINITION]: { leave: renameFragment },
    ...Object.fromEntries(VALUE_KINDS.map((kind) => [kind, lift])),
  }
  return visit(document, visitWithTypeInfo(info, visitor))
}

/** The kinds of values that are lifted. */
const VALUE_KINDS = [Kind.STRING, Kind.INT, Kind.FLOAT, Kind.ENUM, Kind.BOOLEAN, Kind.LIST, Kind.OBJECT]

/**
 * Returns the variables of a lifted operation: the client's under their new names, and the values that were lifted.
 * @param coerced the client's variables, with their defaults.
 */
export function liftVariables(
  { names, values }: Pick<LiftedDocument, 'names' | 'values'>,
  coerced: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = { ...values }
  for (const [name, ours] of names) if (Object.hasOwn(coerced, name)) variables[ours] = coerced[name]
  return variables
}

type Lifting = ReturnType<typeof createLifting>

/** The variables of one operation while its values are lifted. They are numbered as they first appear. */
function createLifting() {
  const names = new Map<string, string>()
  const required = new Set<string>()
  const values: Record<string, unknown> = {}
  const byValue = new Map<string, string>()
  const lifted = new Map<string, GraphQLInputType>()
  const nextName = (): string => `v${names.size + lifted.size}`
  return {
    names,
    values,
    /** Renames a variable of the client. `isRequired`: whether its place takes no null and has no default. */
    rename(node: VariableNode, isRequired: boolean): VariableNode {
      const { value: name } = node.name
      const ours = getOrAdd(names, name, nextName)
      if (isRequired) required.add(name)
      return variableNode(ours)
    },
    /** Replaces a value by a variable. Returns undefined for a value that contains a variable, or that JSON cannot carry. */
    liftValue(node: ValueNode, type: GraphQLInputType): VariableNode | undefined {
      if (hasVariable(node)) return undefined
      const text = JSON.stringify(valueFromAST(node, type))
      if (text === undefined || !isExact(node, text)) return undefined
      const key = `${type} ${print(node)}`
      const ours = getOrAdd(byValue, key, nextName)
      lifted.set(ours, type)
      values[ours] ??= JSON.parse(text)
      return variableNode(ours)
    },
    /** Defines all variables, in the order of their numbers. */
    define(definitions: readonly VariableDefinitionNode[]): VariableDefinitionNode[] {
      const ofClient = definitions.flatMap((definition): VariableDefinitionNode[] => {
        const name = definition.variable.name.value
        const ours = names.get(name)
        return ours === undefined ? [] : [renameDefinition(definition, ours, required.has(name))]
      })
      const ofValues = [...lifted].map(
        ([ours, type]): VariableDefinitionNode => ({
          kind: Kind.VARIABLE_DEFINITION,
          variable: variableNode(ours),
          type: parseType(String(type), { noLocation: true }),
        }),
      )
      const numberOf = ({ variable }: VariableDefinitionNode): number => Number(variable.name.value.slice(1))
      return [...ofClient, ...ofValues].sort((a, b) => numberOf(a) - numberOf(b))
    },
  }
}

/**
 * Renames a definition and drops its default. A variable whose default let it stand in a place that takes no null now has a type that
 * takes no null.
 */
function renameDefinition(
  definition: VariableDefinitionNode,
  ours: string,
  isRequired: boolean,
): VariableDefinitionNode {
  const { defaultValue, description: _, type, ...rest } = definition
  const isStricter = defaultValue !== undefined && isRequired && type.kind !== Kind.NON_NULL_TYPE
  return { ...rest, variable: variableNode(ours), type: isStricter ? { kind: Kind.NON_NULL_TYPE, type } : type }
}

function variableNode(name: string): VariableNode {
  return { kind: Kind.VARIABLE, name: nameNode(name) }
}

function hasVariable(node: ValueNode): boolean {
  if (node.kind === Kind.LIST) return node.values.some(hasVariable)
  if (node.kind === Kind.OBJECT) return node.fields.some(({ value }) => hasVariable(value))
  return node.kind === Kind.VARIABLE
}

/** The most digits that a number of JSON surely keeps (IEEE 754, binary64). */
const EXACT_DIGITS = 15

/** Whether the JSON of a value has each of its numbers as it was written. */
function isExact(node: ValueNode, json: string): boolean {
  if (node.kind === Kind.LIST) return node.values.every((value) => isExact(value, json))
  if (node.kind === Kind.OBJECT) return node.fields.every(({ value }) => isExact(value, json))
  if (node.kind !== Kind.INT && node.kind !== Kind.FLOAT) return true
  return node.value.length <= EXACT_DIGITS || json.includes(node.value)
}

/** Whether all fields of a selection, also those in fragments, are introspection or `__typename`. */
function asksOnlyAboutTypes(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
  return set.selections.every((node) => {
    if (node.kind === Kind.FIELD) return node.name.value.startsWith('__')
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
    return fragment === undefined || asksOnlyAboutTypes(fragment.selectionSet, fragments)
  })
}

import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { type CheckValue, uncheckedOf } from '../row-values.ts'
import {
  type Complete,
  completeLeaf,
  completeList,
  completeObject,
  completeRequired,
  completeUnion,
  type FieldPlan,
  type Plan,
} from './complete.ts'

/** The only abstract type whose values name their type themselves (entities.ts). */
const ENTITY = '_Entity'

interface Compiling {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
}

type Fields = ReadonlyMap<string, readonly FieldNode[]>

/**
 * Prepares an operation. It does what graphql-js does for each object, once: it collects the fields (GraphQL specification, «Field Collection») and
 * finds what completes their values («Value Completion»).
 * @param document a document that fits the schema.
 * @returns null if the operation has something that graphql-js has to do: directives, introspection, other abstract types than `_Entity`.
 */
export function compilePlan(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Plan | null {
  const operation = getOperationAST(document, operationName)
  const query = schema.getQueryType()
  if (!operation || !query || operation.operation !== OperationTypeNode.QUERY) return null
  const named = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const fragments = Object.fromEntries(named.map((fragment) => [fragment.name.value, fragment]))
  const compiling = { schema, fragments }
  const fields = collectFields(compiling, query, [operation.selectionSet])
  const roots = fields && compileFields(compiling, query, fields, compileRoot)
  return roots && { roots, about: { schema, fragments, operation } }
}

/** Collects the fields of an object of this type by their names in the answer. Null if something has a directive, or a name that no object can have. */
function collectFields(
  { schema, fragments }: Compiling,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): Fields | null {
  const found = new Map<string, FieldNode[]>()
  const seen = new Set<FragmentDefinitionNode>()
  const add = ({ selections }: SelectionSetNode): boolean =>
    selections.every((each) => {
      if ((each.directives?.length ?? 0) > 0) return false
      if (each.kind === Kind.FIELD) {
        const key = each.alias?.value ?? each.name.value
        found.set(key, [...(found.get(key) ?? []), each])
        return key !== '__proto__'
      }
      const fragment = each.kind === Kind.FRAGMENT_SPREAD ? fragments[each.name.value] : each
      if (!fragment || (fragment.kind === Kind.FRAGMENT_DEFINITION && seen.has(fragment))) return fragment !== undefined
      if (fragment.kind === Kind.FRAGMENT_DEFINITION) seen.add(fragment)
      const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value)
      return !isOfType(schema, type, condition) || add(fragment.selectionSet)
    })
  return sets.every(add) ? found : null
}

function isOfType(schema: GraphQLSchema, type: GraphQLObjectType, condition: GraphQLNamedType | undefined): boolean {
  return (
    condition === undefined || condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
  )
}

type CompileField = (
  compiling: Compiling,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
) => Pick<FieldPlan, 'resolve' | 'complete'> | null

function compileFields(
  compiling: Compiling,
  parent: GraphQLObjectType,
  fields: Fields,
  compile: CompileField,
): readonly FieldPlan[] | null {
  const plans: FieldPlan[] = []
  for (const [key, nodes] of fields) {
    const name = nodes[0]?.name.value ?? ''
    const definition = name === '__typename' ? typenameOf(parent) : parent.getFields()[name]
    const compiled = definition && compile(compiling, definition, nodes)
    if (!definition || !compiled) return null
    plans.push({ key, definition, parent, nodes, ...compiled })
  }
  return plans
}

/** `__typename` as a field that each type has, with the type's name as its value. */
function typenameOf(parent: GraphQLObjectType): GraphQLField<unknown, unknown> | undefined {
  const [id] = Object.values(parent.getFields())
  return id && { ...id, name: '__typename', args: [], resolve: () => parent.name }
}

/** A root field is called as graphql-js would call it, with its checks, because its value is kept for graphql-js (answer-by-plan.ts). */
function compileRoot(
  compiling: Compiling,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): ReturnType<CompileField> {
  const { name, type } = definition
  if (name.startsWith('__')) return null
  const complete = compileType(compiling, type, nodes, { check: null, mayHaveNulls: true })
  return complete && { resolve: definition.resolve ?? defaultFieldResolver, complete }
}

function compileField(
  compiling: Compiling,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): ReturnType<CompileField> {
  if (definition.name === '__typename') {
    const name = definition.resolve?.(undefined, {}, undefined, undefined as never)
    return { resolve: null, complete: () => name }
  }
  const unchecked = uncheckedOf(definition)
  const resolve = unchecked === undefined ? definition.resolve : unchecked.resolve
  const items = { check: unchecked?.check ?? null, mayHaveNulls: unchecked === undefined }
  const complete = compileType(compiling, definition.type, nodes, items)
  if (complete === null) return null
  return { resolve: resolve === undefined || resolve === defaultFieldResolver ? null : resolve, complete }
}

/** What holds for each value of a field. `check` finds what the contract cannot take (row-values.ts). */
interface Values {
  readonly check: CheckValue | null
  readonly mayHaveNulls: boolean
}

function compileType(
  compiling: Compiling,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  values: Values,
): Complete | null {
  if (isNonNullType(type)) {
    const complete = compileType(compiling, type.ofType as GraphQLOutputType, nodes, values)
    return complete && completeRequired(complete)
  }
  if (isListType(type)) {
    const item = compileType(compiling, type.ofType as GraphQLOutputType, nodes, values)
    return isListType(type.ofType) ? null : item && completeList(item, values.mayHaveNulls)
  }
  if (isLeafType(type)) return completeLeaf(type satisfies GraphQLLeafType)
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  if (isObjectType(type)) return compileObject(compiling, type, sets, values)
  if (type.name !== ENTITY) return null
  const byName = new Map<string, Complete>()
  for (const possible of compiling.schema.getPossibleTypes(type)) {
    const complete = compileObject(compiling, possible, sets, values)
    if (complete === null) return null
    byName.set(possible.name, complete)
  }
  return completeUnion(byName)
}

function compileObject(
  compiling: Compiling,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  { check }: Values,
): Complete | null {
  if (type.isTypeOf) return null
  const fields = collectFields(compiling, type, sets)
  const plans = fields && compileFields(compiling, type, fields, compileField)
  return plans && completeObject(plans, check)
}

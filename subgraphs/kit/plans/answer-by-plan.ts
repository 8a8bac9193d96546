/**
 * Completes values as graphql-js does (GraphQL specification, «Value Completion»), as long as nothing fails. Where graphql-js would have an error, these
 * functions throw, and graphql-js answers.
 */
import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
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
import { coerceLegVariables } from '../leg-variables.ts'
import { type CheckValue, uncheckedOf } from '../row-values.ts'
import type { NodeContext } from '../types.ts'

/** A field of the answer. */
interface FieldPlan {
  /** The name in the answer. */
  readonly key: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly parent: GraphQLObjectType
  /** Each place at which the operation asks for the field. The arguments are those of the first one. */
  readonly nodes: readonly FieldNode[]
  /** Null if the value is the row's member with the field's name. */
  readonly resolve: GraphQLFieldResolver<unknown, NodeContext> | null
  readonly complete: Complete
}

/** Turns what a resolver gave into what the answer has. Throws for what graphql-js has to decide. */
type Complete = (value: unknown, run: PlanRun) => unknown

/** An operation that was prepared. */
interface Plan {
  readonly roots: readonly FieldPlan[]
  /** What resolvers are told of the operation. */
  readonly about: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'operation'>
}

/** One leg that is answered by a plan. */
interface PlanRun {
  readonly plan: Plan
  readonly context: NodeContext
  /** The operation's variables after coercion. */
  readonly variables: Record<string, unknown>
  /** What the fields of this leg are called with. */
  readonly calls: Map<FieldPlan, FieldCall>
  /** What the answer still waits for. None of them rejects. */
  readonly pending: Promise<void>[]
  /** Whether something came that graphql-js has to decide. */
  isUnusual: boolean
}

/** What a resolver is called with besides the row and the context. */
interface FieldCall {
  readonly args: Record<string, unknown>
  readonly info: GraphQLResolveInfo
}

/** Thrown where a plan ends and graphql-js has to answer. It has no stack of its own: nobody sees it. */
const UNUSUAL: Error = new Error('a plan does not answer this')

/** Null is an error here. */
function completeRequired(complete: Complete): Complete {
  return (value, run) => {
    if (value === null || value === undefined) throw UNUSUAL
    return complete(value, run)
  }
}

/** A list. @param mayHaveNulls whether an item may be null; else it is a row that the contract cannot take. */
function completeList(item: Complete, mayHaveNulls: boolean): Complete {
  return (list, run) => {
    if (list === null || list === undefined) return null
    if (!Array.isArray(list)) throw UNUSUAL
    const completed: unknown[] = []
    for (const value of list as readonly unknown[]) {
      if (value instanceof Promise || (!mayHaveNulls && (value === null || value === undefined))) throw UNUSUAL
      completed.push(item(value, run))
    }
    return completed
  }
}

/** A scalar or an enum. */
function completeLeaf(type: GraphQLLeafType): Complete {
  const primitive = primitiveOf(type)
  return (value) => {
    if (value === null || value === undefined) return null
    if (typeof value === primitive) return value
    const written: unknown = type.serialize(value)
    if (written === null || written === undefined) throw UNUSUAL
    return written
  }
}

/** The kind of values that a built-in scalar takes as they are. */
function primitiveOf(type: GraphQLLeafType): string | null {
  if (type === GraphQLString || type === GraphQLID) return 'string'
  return type === GraphQLBoolean ? 'boolean' : null
}

/** An object of one of several types, which names its own. */
function completeUnion(byName: ReadonlyMap<string, Complete>): Complete {
  return (value, run) => {
    if (value === null || value === undefined) return null
    const name = (value as { readonly __typename?: unknown }).__typename
    const complete = typeof name === 'string' ? byName.get(name) : undefined
    if (complete === undefined) throw UNUSUAL
    return complete(value, run)
  }
}

/** An object with these fields. @param check finds what the contract cannot take. */
function completeObject(fields: readonly FieldPlan[], check: CheckValue | null): Complete {
  return (row, run) => {
    if (row === null || row === undefined) return null
    if (typeof row !== 'object' || row instanceof Error) throw UNUSUAL
    if (check !== null && check(row, run.context) !== null) throw UNUSUAL
    return completeFields(fields, row as Readonly<Record<string, unknown>>, run)
  }
}

function completeFields(fields: readonly FieldPlan[], row: Readonly<Record<string, unknown>>, run: PlanRun): object {
  const completed: Record<string, unknown> = {}
  for (const field of fields) {
    const { resolve } = field
    if (resolve === null) {
      const value = row[field.definition.name]
      // graphql-js calls it.
      if (typeof value === 'function') throw UNUSUAL
      completed[field.key] = field.complete(value, run)
      continue
    }
    const { args, info } = callOf(field, run)
    const value: unknown = resolve(row, args, run.context, info)
    if (value instanceof Promise) completeLater(completed, field, value, run)
    else completed[field.key] = field.complete(value, run)
  }
  return completed
}

/** Completes a value when it is there. Its place in the answer is the one that it has now. */
function completeLater(
  completed: Record<string, unknown>,
  field: FieldPlan,
  value: Promise<unknown>,
  run: PlanRun,
): void {
  completed[field.key] = undefined
  const take = (came: unknown): void => {
    try {
      completed[field.key] = field.complete(came, run)
    } catch {
      run.isUnusual = true
    }
  }
  run.pending.push(
    value.then(take, () => {
      run.isUnusual = true
    }),
  )
}

/**
 * What a field is called with. It is the same for each object of a leg.
 * @throws what graphql-js throws for arguments that do not fit.
 */
function callOf(field: FieldPlan, run: PlanRun): FieldCall {
  const known = run.calls.get(field)
  if (known !== undefined) return known
  const { definition, nodes, parent, key } = field
  const [node] = nodes
  if (node === undefined) throw UNUSUAL
  const args = definition.args.length === 0 ? {} : getArgumentValues(definition, node, run.variables)
  const info: GraphQLResolveInfo = {
    ...run.plan.about,
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path: { prev: undefined, key, typename: parent.name },
    rootValue: undefined,
    variableValues: run.variables,
  }
  const call = { args, info }
  run.calls.set(field, call)
  return call
}

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
function compilePlan(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Plan | null {
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

/**
 * The door of this room: the node's own way to execute an operation, without what graphql-js does again for each field of each object. It knows only
 * answers without errors. As soon as anything else comes, graphql-js executes the operation, with the values of the root fields that are there.
 */

/** A request whose document fits the schema. The same object goes to {@link coerceLegVariables} elsewhere, so its variables are coerced once. */
interface PlannedRequest {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly operationName: string | undefined
}

/** Answers a request. Returns its data if there is no error in them; null if graphql-js has to answer. Never rejects. */
type AnswerByPlan = (request: PlannedRequest, context: NodeContext) => Promise<object | null>

/** Makes the function that answers by plans. It prepares each operation of a document once, as long as somebody has the document. */
export function createAnswerByPlan(schema: GraphQLSchema): AnswerByPlan {
  const plans = new WeakMap<DocumentNode, Map<string | undefined, Plan | null>>()
  const planOf = ({ document, operationName }: PlannedRequest): Plan | null => {
    const known = plans.get(document) ?? new Map<string | undefined, Plan | null>()
    plans.set(document, known)
    const plan = known.get(operationName) ?? null
    if (plan !== null || known.has(operationName)) return plan
    const compiled = compilePlan(schema, document, operationName)
    known.set(operationName, compiled)
    return compiled
  }
  return async (request, context) => {
    const plan = planOf(request)
    const variables = plan && coerceLegVariables(request, schema)?.coerced
    if (!plan || !variables) return null
    return runPlan({ plan, context, variables, calls: new Map(), pending: [], isUnusual: false })
  }
}

async function runPlan(run: PlanRun): Promise<object | null> {
  const roots = new Map<string, KeptRoot>()
  const data: Record<string, unknown> = {}
  for (const field of run.plan.roots) resolveRoot(data, field, run, roots)
  while (run.pending.length > 0 && !run.isUnusual) await Promise.all(run.pending.splice(0))
  if (!run.isUnusual) return data
  keptOf.set(run.context, roots)
  return null
}

function resolveRoot(
  data: Record<string, unknown>,
  field: FieldPlan,
  run: PlanRun,
  roots: Map<string, KeptRoot>,
): void {
  try {
    const { args, info } = callOf(field, run)
    const kept = resolveKept(() => field.resolve?.(undefined, args, run.context, info))
    roots.set(field.key, kept)
    if ('thrown' in kept) throw kept.thrown
    if (kept.value instanceof Promise) completeLater(data, field, kept.value, run)
    else data[field.key] = field.complete(kept.value, run)
  } catch {
    run.isUnusual = true
  }
}

function resolveKept(resolve: () => unknown): KeptRoot {
  try {
    return { value: resolve() }
  } catch (thrown) {
    return { thrown }
  }
}

/** What a root field's resolver gave, or what it threw. */
type KeptRoot = { readonly value: unknown } | { readonly thrown: unknown }

const keptOf = new WeakMap<NodeContext, ReadonlyMap<string, KeptRoot>>()

/**
 * Makes each root field of the schema answer with the value that is kept for its leg, if there is one: a plan has resolved it before it came to something
 * unusual, so that graphql-js resolves no root field again. Changes the schema in place.
 */
export function answerFromKeptRoots(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = (parent, args, context: NodeContext, info) => {
      const kept = keptOf.get(context)?.get(String(info.path.key))
      if (kept === undefined) return resolve(parent, args, context, info)
      if ('thrown' in kept) throw kept.thrown
      return kept.value
    }
  }
}

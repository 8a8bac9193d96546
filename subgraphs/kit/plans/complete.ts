import {
  type FieldNode,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLString,
  getArgumentValues,
} from 'graphql'
import type { CheckValue } from '../row-values.ts'
import type { NodeContext } from '../types.ts'

/**
 * Completes values as graphql-js does (GraphQL specification, «Value Completion»), as long as nothing fails. Where graphql-js would have an error, these
 * functions throw, and graphql-js answers.
 */

/** A field of the answer. */
export interface FieldPlan {
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
export type Complete = (value: unknown, run: PlanRun) => unknown

/** An operation that was prepared. */
export interface Plan {
  readonly roots: readonly FieldPlan[]
  /** What resolvers are told of the operation. */
  readonly about: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'operation'>
}

/** One leg that is answered by a plan. */
export interface PlanRun {
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
export function completeRequired(complete: Complete): Complete {
  return (value, run) => {
    if (value === null || value === undefined) throw UNUSUAL
    return complete(value, run)
  }
}

/** A list. @param mayHaveNulls whether an item may be null; else it is a row that the contract cannot take. */
export function completeList(item: Complete, mayHaveNulls: boolean): Complete {
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
export function completeLeaf(type: GraphQLLeafType): Complete {
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
export function completeUnion(byName: ReadonlyMap<string, Complete>): Complete {
  return (value, run) => {
    if (value === null || value === undefined) return null
    const name = (value as { readonly __typename?: unknown }).__typename
    const complete = typeof name === 'string' ? byName.get(name) : undefined
    if (complete === undefined) throw UNUSUAL
    return complete(value, run)
  }
}

/** An object with these fields. @param check finds what the contract cannot take. */
export function completeObject(fields: readonly FieldPlan[], check: CheckValue | null): Complete {
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
export function completeLater(
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
export function callOf(field: FieldPlan, run: PlanRun): FieldCall {
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

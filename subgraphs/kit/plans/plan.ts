import type { FieldNode, GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLResolveInfo } from 'graphql'
import type { NodeContext } from '../types.ts'

/** What an operation asks for, prepared once for all legs that ask it: what each field reads, and how its value gets into the answer. */

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
export interface FieldCall {
  readonly args: Record<string, unknown>
  readonly info: GraphQLResolveInfo
}

/** Thrown where a plan ends and graphql-js has to answer. It has no stack of its own: nobody sees it. */
export const UNUSUAL: Error = new Error('a plan does not answer this')

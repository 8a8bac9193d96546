import { type DocumentNode, defaultFieldResolver, type GraphQLSchema } from 'graphql'
import { coerceLegVariables } from '../leg-variables.ts'
import type { NodeContext } from '../types.ts'
import { compilePlan } from './compile-plan.ts'
import { callOf, completeLater, type FieldPlan, type Plan, type PlanRun } from './complete.ts'

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
export type AnswerByPlan = (request: PlannedRequest, context: NodeContext) => Promise<object | null>

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

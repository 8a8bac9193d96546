import { execute, type GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql'
import type { LegNote } from '../../contract/leg-notes.ts'
import { toAnswerError } from './answer-error.ts'
import { createDocumentReader } from './documents.ts'
import { dropRows } from './dropped-rows.ts'
import type { GuardedRequest } from './guard.ts'
import { noteQuery } from './leg-memory.ts'
import type { Limits } from './limits.ts'
import { createAnswerByPlan } from './plans/answer-by-plan.ts'
import type { UnfitValue } from './row-values.ts'
import type { NodeContext } from './types.ts'

/** A GraphQL request, parsed from JSON. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** A GraphQL response. `data` is absent if nothing was executed. */
export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  /** What the country says about its own answer. */
  readonly extensions?: { readonly istmo: { readonly notes: readonly LegNote[] } }
}

/** Answers requests over one schema. Rejects only with what the check throws. */
export type Execute = (request: GraphQLRequest, context: NodeContext) => Promise<GraphQLAnswer>

/**
 * Makes the executor of a schema. Rows with values that do not fit the contract are left out of the answers, which then have the note
 * `ROWS_DROPPED`.
 * @param onInside called with each error that the answer masks.
 * @param check called with each valid request before it runs. If it throws, the request does not run. Null to run each request.
 * @param onUnfit called with each value for which a row was left out.
 * @param isFast whether plans answer (plans/answer-by-plan.ts), or graphql-js each time. The answers are the same.
 */
export function createExecutor(
  schema: GraphQLSchema,
  limits: Limits,
  onInside: (error: unknown) => void,
  check: ((request: GuardedRequest, context: NodeContext) => Promise<void> | undefined) | null = null,
  onUnfit: (value: UnfitValue) => void = () => undefined,
  isFast = true,
): Execute {
  const answerByPlan = isFast ? createAnswerByPlan(schema) : null
  const read = createDocumentReader(schema, limits)
  const show = (error: GraphQLError): GraphQLFormattedError => {
    const { shown, inside } = toAnswerError(error)
    if (inside !== undefined) onInside(inside)
    return shown
  }
  return async ({ query, variables, operationName }, context) => {
    const document = read(query, operationName)
    if (!('kind' in document)) return { errors: document.map(show) }
    const request = { document, variables, operationName }
    // A document that the node has not seen takes long to read, to check and to plan.
    await context.db.pause?.()
    const checking = check?.(request, context)
    if (checking !== undefined) await checking
    await context.db.pause?.()
    noteQuery(context, query)
    const planned = answerByPlan === null ? null : await answerByPlan(request, context)
    if (planned !== null) {
      const { notes } = context
      return { data: planned, ...(notes.length > 0 && { extensions: { istmo: { notes } } }) }
    }
    const executed = await execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
      options: { maxCoercionErrors: 5 },
    })
    const { data, errors, unfit, dropped } = dropRows(executed)
    for (const value of unfit) onUnfit(value)
    const notes: LegNote[] = [
      ...context.notes,
      ...(dropped > 0 ? [{ code: 'ROWS_DROPPED', count: dropped } as const] : []),
    ]
    return {
      ...(data !== undefined && { data }),
      ...(errors.length > 0 && {
        errors: errors.map(({ error, path }) => ({ ...show(error), ...(path && { path }) })),
      }),
      ...(notes.length > 0 && { extensions: { istmo: { notes } } }),
    }
  }
}

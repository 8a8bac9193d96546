import { type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql'
import type { GuardedRequest } from './guard.ts'

/** Variables as graphql-js coerces them: their values, or why they do not fit. */
export type LegVariables = ReturnType<typeof getVariableValues>

const coerced = new WeakMap<GuardedRequest, { readonly schema: GraphQLSchema; readonly read: LegVariables }>()

/**
 * Coerces the variables of a request as its execution does, once for one schema: question, rules and backend all read them.
 * @returns null if the document has no such operation.
 */
export function coerceLegVariables(request: GuardedRequest, schema: GraphQLSchema): LegVariables | null {
  const known = coerced.get(request)
  if (known?.schema === schema) return known.read
  const { document, variables = {}, operationName } = request
  const operation = getOperationAST(document, operationName)
  if (!operation) return null
  const read = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 5 })
  coerced.set(request, { schema, read })
  return read
}

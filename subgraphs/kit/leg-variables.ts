import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
} from 'graphql'

/** A document that has passed validation, and its variables and operation name. */
interface Request {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly operationName: string | undefined
}

/** Variables as graphql-js coerces them: their values, or why they do not fit. */
type LegVariables = ReturnType<typeof getVariableValues>

const coerced = new WeakMap<Request, { readonly schema: GraphQLSchema; readonly read: LegVariables }>()

/**
 * Coerces the variables of a request as its execution does, once for one schema: question, rules and backend all read them.
 * @returns null if the document has no such operation.
 */
export function coerceLegVariables(request: Request, schema: GraphQLSchema): LegVariables | null {
  const known = coerced.get(request)
  if (known?.schema === schema) return known.read
  const { document, variables = {}, operationName } = request
  const operation = getOperationAST(document, operationName)
  if (!operation) return null
  const read = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 5 })
  coerced.set(request, { schema, read })
  return read
}

/** Variables after coercion. */
export type Coerced = Readonly<Record<string, unknown>>

/** Returns the arguments of a field under these variables, as its execution reads them; null if they do not fit: then the execution fails too. */
export function readArguments(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Coerced,
): Coerced | null {
  try {
    return getArgumentValues(definition, node, variables)
  } catch {
    return null
  }
}

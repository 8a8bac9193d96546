import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode, print } from 'graphql'
import { type Detail, detail } from '../../../contract/error-details.ts'
import { IstmoError } from '../../../contract/errors.ts'

/** How many wrong variables one error message names. */
const MAX_ERRORS = 10

/**
 * Coerces a request's variables by the operation's definitions of them.
 * @throws {IstmoError} `BAD_USER_INPUT`; `UNKNOWN_COUNTRY` if a value is not a country code. The message names the variable, the place in it and its type, and never a value.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const definitions = operation.variableDefinitions ?? []
  // graphql-js keeps the values in an object, in which this name is not a member: the value would be lost, and a filter with it.
  if (definitions.some(({ variable }) => variable.name.value === '__proto__')) {
    throw new IstmoError('BAD_USER_INPUT', detail('VARIABLE_NAME'))
  }
  const { coerced, errors } = getVariableValues(schema, definitions, { ...inputs }, { maxErrors: MAX_ERRORS })
  if (errors === undefined) return coerced
  const isUnknownCountry = errors.some(({ extensions }) => extensions.code === 'UNKNOWN_COUNTRY')
  const code = isUnknownCountry ? 'UNKNOWN_COUNTRY' : 'BAD_USER_INPUT'
  throw new IstmoError(
    code,
    errors.map((error) => withoutValue(error.message, operation)),
  )
}

/** Makes a detail without the value that came. The message of graphql-js contains the value. */
function withoutValue(message: string, operation: OperationDefinitionNode): Detail {
  const variable = /^Variable "\$(\w+)"/.exec(message)?.[1]
  const definition = operation.variableDefinitions?.find((node) => node.variable.name.value === variable)
  if (!definition) return detail('VARIABLE')
  const expected = { name: `$${variable}`, type: print(definition.type) }
  if (/was not provided|must not be null/.test(message)) return detail('VARIABLE_MISSING', expected)
  const at = / at "\w+((?:\.\w+|\[\d+\])+)"/.exec(message)?.[1]
  return at === undefined
    ? detail('VARIABLE_OF_ANOTHER_TYPE', expected)
    : detail('VARIABLE_WRONG_AT', { ...expected, at })
}

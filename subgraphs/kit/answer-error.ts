import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { meaningOf } from '../../contract/error-message.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'

/**
 * Errors as a node shows them. Errors of the registry are shown as they are, and errors from inside are masked. The path remains, so
 * that the gateway knows which value is missing.
 */

/** An error as the node sends it to the gateway, and the cause to log: undefined if nothing failed inside. */
export interface AnswerError {
  readonly shown: GraphQLFormattedError
  readonly inside?: unknown
}

/** Turns an error of parsing, validation or execution into the one that the node shows. */
export function toAnswerError(error: GraphQLError): AnswerError {
  const cause = error.originalError
  const place = { ...(error.path && { path: error.path }) }
  if (cause instanceof IstmoError) {
    return { shown: { message: cause.message, ...place, extensions: { code: cause.code } } }
  }
  // graphql-js itself raised it: an argument or a variable does not fit. Errors of resolvers have a cause of their own.
  if (cause === undefined || cause instanceof GraphQLError) {
    const extensions = { code: codeOf(error, 'BAD_USER_INPUT') }
    return { shown: { message: withoutSuggestion(error.message), ...place, extensions } }
  }
  return {
    shown: { message: meaningOf('INTERNAL'), ...place, extensions: { code: 'INTERNAL' } },
    inside: cause,
  }
}

/** Removes the names that graphql-js suggests for a wrong one: a suggestion would lead a caller who guesses to a name. */
function withoutSuggestion(message: string): string {
  const at = message.indexOf('Did you mean ')
  return at === -1 ? message : message.slice(0, at).trimEnd() || meaningOf('GRAPHQL_VALIDATION_FAILED')
}

function codeOf(error: GraphQLError, otherwise: ErrorCode): unknown {
  return error.extensions.code ?? otherwise
}

/** Returns the body of a rejection: a GraphQL response without data, as JSON. */
export function rejectionBody(error: IstmoError): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: { code: error.code } }] })
}

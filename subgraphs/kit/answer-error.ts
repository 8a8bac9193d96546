import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'

/**
 * Errors as a node shows them: those of the registry as they are, anything from inside masked. The path stays, so that the
 * gateway knows which value is missing.
 */

/** An error as it goes to the gateway, and what to log of it: undefined where nothing failed inside. */
export interface AnswerError {
  readonly shown: GraphQLFormattedError
  readonly inside?: unknown
}

/** Turns what execution, validation or parsing gave into what is shown. */
export function toAnswerError(error: GraphQLError): AnswerError {
  const cause = error.originalError
  const place = { ...(error.path && { path: error.path }) }
  if (cause instanceof IstmoError) {
    return { shown: { message: cause.message, ...place, extensions: { code: cause.code } } }
  }
  // graphql-js itself: an argument or a variable that does not fit. Errors of resolvers have a cause of their own.
  if (cause === undefined || cause instanceof GraphQLError) {
    const extensions = { code: codeOf(error, 'BAD_USER_INPUT') }
    return { shown: { message: withoutSuggestion(error.message), ...place, extensions } }
  }
  return {
    shown: { message: ERRORS.INTERNAL.meaning, ...place, extensions: { code: 'INTERNAL' } },
    inside: cause,
  }
}

/** graphql-js suggests names that are near to one that is wrong; a guess must not be led to a name. */
function withoutSuggestion(message: string): string {
  const at = message.indexOf('Did you mean ')
  return at === -1 ? message : message.slice(0, at).trimEnd() || ERRORS.GRAPHQL_VALIDATION_FAILED.meaning
}

function codeOf(error: GraphQLError, otherwise: ErrorCode): unknown {
  return error.extensions.code ?? otherwise
}

/** The body of a refusal: a GraphQL response without data. */
export function rejectionBody(error: IstmoError): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: { code: error.code } }] })
}

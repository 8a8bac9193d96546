/** Words the errors of answers for a person, in the language of the request. */
import type { GraphQLFormattedError } from 'graphql'
import { meaningOf, wordError } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { readGraphqlMessage } from './graphql-messages.ts'

/** Words an error of an answer. Its country is in its extensions. */
export function wordFormatted(error: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const { code, country } = error.extensions ?? {}
  const known = toErrorCode(code)
  if (known === null) return error
  return {
    ...error,
    message: wordError({ code: known, country: typeof country === 'string' ? country : null }, language),
  }
}

/**
 * What libraries with automatic persisted queries compare a message with, to send the text instead of its hash. Some of them, such as urql's, do not look
 * at the code.
 */
const PERSISTED_QUERY_MESSAGE = 'PersistedQueryNotSupported'

/**
 * Words an error of graphql-js in a document. The registry says it first, and the message follows: in Spanish translated if it is one of the frequent
 * ones, else as it is, because graphql-js speaks only English. The remedy comes last.
 */
export function wordInvalid(error: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const code = toErrorCode(error.extensions?.code)
  if (code === null || error.message === PERSISTED_QUERY_MESSAGE) return error
  const isOurs = error.message === meaningOf(code)
  const known = isOurs ? null : readGraphqlMessage(error.message)
  const detail = isOurs ? null : known === null ? error.message : [known]
  return { ...error, message: wordError({ code, detail }, language) }
}

function toErrorCode(code: unknown): ErrorCode | null {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : null
}

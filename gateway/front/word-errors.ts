/** Words the errors of answers for a person, in the language of the request. */

import type { GraphQLFormattedError } from 'graphql'
import { type Detail, detailTexts } from '../../contract/error-details.ts'
import { meaningOf, wordError } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'

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

/** The forms of the messages, in their order: a form without an operation follows the one with it. */
const FORMS = Object.entries(detailTexts('en')).flatMap(([key, text]) =>
  key.startsWith('GRAPHQL_') ? [{ key, form: toForm(text) }] : [],
)

/**
 * Reads a message of graphql-js, to say it in another language.
 * @returns the detail whose English text it is; null if we have none.
 */
export function readGraphqlMessage(message: string): Detail | null {
  for (const { key, form } of FORMS) {
    const values = form.exec(message)
    if (values !== null) return { key, values: { ...values.groups } }
  }
  return null
}

/** Makes the expression of a text with holes. A quoted value has no quotation mark, so that no message takes long to read. */
function toForm(text: string): RegExp {
  const escaped = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/"\\\{\\\{(\w+)\\\}\\\}"/g, '"(?<$1>[^"]+)"')
    .replaceAll(/\\\{\\\{(\w+)\\\}\\\}/g, '(?<$1>.{1,200}?)')
  return new RegExp(`^${escaped}$`)
}

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql'
import { meaningOf } from '../../contract/error-message.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import { checkDocument } from './check-document.ts'
import type { Limits } from './limits.ts'

/**
 * The most tokens that the parser reads of a document. A longer document would cost the parser and the validation more than any
 * answer. The limits of admission are tighter.
 */
export const MAX_DOCUMENT_TOKENS = 10_000

/** A document that was parsed and validated, with its locations, or the errors in it in the form of a GraphQL response. */
export type ValidatedDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLFormattedError[] }

/**
 * Parses and validates the text of a document. Without `limits` it may have any size.
 * @returns the document, or its errors with the codes `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `UNKNOWN_COUNTRY` and
 * `OPERATION_NOT_SUPPORTED`.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size.
 */
export function readDocument(text: string, schema: GraphQLSchema, limits: Limits | null): ValidatedDocument {
  if (limits !== null) checkDocument(text, limits)
  const document = parseOrError(text)
  if (document instanceof GraphQLError) return { kind: 'invalid', errors: [format(document, 'GRAPHQL_PARSE_FAILED')] }
  const errors = validate(schema, document, [...specifiedRules, rejectIncremental])
  if (errors.length === 0) return { kind: 'valid', document }
  return { kind: 'invalid', errors: errors.map((error) => format(error, 'GRAPHQL_VALIDATION_FAILED')) }
}

function parseOrError(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text, { maxTokens: MAX_DOCUMENT_TOKENS })
  } catch (error) {
    if (error instanceof GraphQLError) return error
    // The parser recurses with the depth.
    if (error instanceof RangeError) return new GraphQLError('Syntax Error: The document is nested too deep.')
    throw error
  }
}

/** The directives of incremental delivery, which would send an answer in parts. */
const INCREMENTAL = ['defer', 'stream']

/** Rejects @defer and @stream if a graph defines them. If it does not, the rule on unknown directives rejects them. */
const rejectIncremental: ValidationRule = (context) => ({
  Directive(node) {
    const isDefined = context.getSchema().getDirective(node.name.value) !== undefined
    if (isDefined && INCREMENTAL.includes(node.name.value)) {
      context.reportError(new GraphQLError(meaningOf('OPERATION_NOT_SUPPORTED'), { nodes: node }))
    }
  },
})

/** Formats an error of the parser or the validation, without the names of the schema that graphql-js suggests. */
function format(error: GraphQLError, code: ErrorCode): GraphQLFormattedError {
  const { message, locations } = error
  const [node] = error.nodes ?? []
  const isIncremental = node?.kind === Kind.DIRECTIVE && INCREMENTAL.includes(node.name.value)
  if (isIncremental) {
    const message = meaningOf('OPERATION_NOT_SUPPORTED')
    return { message, ...(locations && { locations }), extensions: { code: 'OPERATION_NOT_SUPPORTED' } }
  }
  return {
    message: message.replace(/ ?Did you mean(.+?)\?$/, ''),
    ...(locations && { locations }),
    extensions: { code: isUnknownCountry(error) ? 'UNKNOWN_COUNTRY' : code },
  }
}

/** Whether a text stands in the document in place of a country code. The same text in a variable has the same code (docs/design/contract.md). */
function isUnknownCountry({ extensions }: GraphQLError): boolean {
  return extensions.code === 'UNKNOWN_COUNTRY'
}

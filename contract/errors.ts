import { nameCountryIn } from './country-name.ts'
import { type Detail, type ErrorDetail, wordDetail } from './error-details.ts'

/**
 * The one registry of error codes: every code that a client, a log or `/status` can show, with its English texts. errors.es.ts has the
 * Spanish ones, and error-message.ts words an error for a person. A code is stable; its text may be made better. docs/operating.md is
 * checked against this table both ways.
 */

/** What a person reads about one code. `{country}` becomes the country's name. */
export interface ErrorText {
  /** What happened, in one sentence for the caller. Never holds a value that came from outside. */
  readonly meaning: string
  /** What the caller does next, and whom the caller may ask. */
  readonly remedy: string
}

/** What stands in the registry for one code. `status`: HTTP, where the whole request is refused; 200 where the code stands in a partial answer. */
export interface ErrorEntry extends ErrorText {
  readonly status: number
  /** What the operator does, for docs/operating.md. */
  readonly operator?: string
}

/** Every code, by name; the order is that of docs/operating.md: refusals, outcomes of a country, errors in an answer. */
export const ERRORS = {
  TOKEN_MISSING: {
    status: 401,
    meaning:
      'This needs an access token, and the request has none: log in and send the token as `Authorization: Bearer <token>`.',
    remedy: 'If you do not know how to get a token, ask your own institution.',
    operator: 'In the demo `npm run -s token -- analyst` prints a token.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    meaning: 'The access token has expired: get a new one and send the request again.',
    remedy: 'If a new token is rejected too, ask the operator of your identity provider.',
    operator: 'Compare the clocks of the provider and the gateway.',
  },
  TOKEN_INVALID: {
    status: 401,
    meaning: 'The access token is not valid: get a new one from your own country’s identity provider.',
    remedy: 'If a new token is rejected too, ask the operator of your identity provider.',
    operator:
      'Check issuer, audience, algorithm, signature and times of the token against the gateway’s configuration.',
  },
  PROOF_INVALID: {
    status: 401,
    meaning: 'The token is bound to a key, and the request does not prove that the sender has the key.',
    remedy:
      'Send the token with the scheme DPoP and a new proof for this method, address and token, or over TLS with the client certificate that the token names.',
  },
  NONCE_REQUIRED: {
    status: 401,
    meaning:
      'The proof of the token’s key needs a nonce of this server: make a new proof with the one in the header `DPoP-Nonce`.',
    remedy: 'Clients do this by themselves (RFC 9449, section 9). Update a client that does not.',
  },
  PROOFS_UNAVAILABLE: {
    status: 503,
    meaning: 'The gateway cannot find out whether the proof of the token’s key was used before.',
    remedy: 'Send the request again in a few minutes. If it lasts, ask the operator of the gateway.',
    operator:
      'Make the database of --shared-database available again. Tokens that are bound to a key are rejected until then.',
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    meaning: 'The key set that is needed to check the token is not available.',
    remedy: 'Send the request again in a few minutes. If it lasts, ask the operator of your identity provider.',
    operator: 'Make the issuer’s JWKS available again; the gateway fetches it after a cooldown.',
  },
  MANDATE_UNKNOWN: {
    status: 403,
    meaning: 'The node has not seen the proof of this mandate yet.',
    remedy: 'The gateway sends the proof by itself. If you see this, ask the operator of the gateway.',
    operator:
      'If a node goes on to answer with it, the authority gives the gateway no proof: look at the log of the authority.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    meaning: 'The document is not GraphQL.',
    remedy: 'Correct the syntax at the position in the message.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    meaning: 'The document does not fit the schema.',
    remedy: 'Compare the document with the published schema.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The document has no operation of this name, or it has several operations and the request names none.',
    remedy: 'Send the name of one operation of the document in `operationName`.',
  },
  BAD_REQUEST: {
    status: 400,
    meaning: 'The HTTP request does not have the form that the gateway takes.',
    remedy:
      'Send JSON with a `query`, as the GraphQL-over-HTTP specification requires, and headers in the form that docs/querying.md describes.',
  },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'A variable or an argument has a value that the field does not accept.',
    remedy: 'Correct the value, and send the request again.',
  },
  ID_INVALID: {
    status: 400,
    meaning: 'An id does not have the form of a record id.',
    remedy: 'Write a country code, a colon and the national id, as in GT:MP001-2026-1234.',
  },
  UNKNOWN_COUNTRY: {
    status: 400,
    meaning: 'A country code is neither an ISO 3166-1 alpha-2 code nor UN.',
    remedy: 'Write two capital letters, as in GT. `/status` lists the countries that take part.',
  },
  BAD_CURSOR: {
    status: 400,
    meaning: 'A cursor is malformed or belongs to another order.',
    remedy: 'Use `endCursor`, or the `cursor` of an edge, from the same connection with the same `orderBy`.',
  },
  SEARCH_TOO_WIDE: {
    status: 400,
    meaning: 'A hit search needs an identifier, or a name and a birth date.',
    remedy: 'Add `identifier`, or `name` and `birthDate`.',
  },
  OPERATION_NOT_SUPPORTED: {
    status: 400,
    meaning: 'Subscriptions and deferred parts are not supported.',
    remedy: 'Send a query or a mutation without @defer.',
  },
  PLAN_FAILED: {
    status: 400,
    meaning: 'The gateway cannot make a plan for this operation.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the reason under the request id.',
  },
  LIMIT_EXCEEDED: {
    status: 400,
    meaning: 'The operation is larger than the limits allow.',
    remedy: 'Ask for less at once.',
  },
  COST_EXCEEDED: {
    status: 400,
    meaning: 'The operation would cost more than is allowed.',
    remedy: 'Ask for smaller pages, fewer countries or fewer levels.',
    operator: '«Limits and trusted documents» above says how the gateway counts the cost.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 400,
    meaning: 'The document is not on the list of trusted documents.',
    remedy: 'Send the id of a listed document. The operator of the gateway adds documents to the list.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'Too many requests came in too short a time.',
    remedy: 'Wait, and send the request again after the number of seconds in the header `Retry-After`.',
  },
  PLANNING_BUDGET_SPENT: {
    status: 429,
    meaning: 'The caller’s new documents have taken all the planning time that one caller gets.',
    remedy:
      'Send the request again after the number of seconds in the header `Retry-After`. Use variables, so that a document stays the same.',
  },
  TOO_MANY_IN_FLIGHT: {
    status: 429,
    meaning: 'Too many requests of the caller are in progress at the same time.',
    remedy: 'Wait for an answer before you send the next request.',
  },
  DOCUMENT_TOO_HARD: {
    status: 400,
    meaning: 'The gateway gave up planning this document, because it took too much time or memory.',
    remedy: 'Ask for less in one document, or divide it into several.',
  },
  GATEWAY_BUSY: {
    status: 503,
    meaning: 'The gateway has more work than it can do in time.',
    remedy: 'Send the request again after the number of seconds in the header `Retry-After`.',
  },
  NOT_FOUND: {
    status: 404,
    meaning: 'Nothing is served at this path.',
    remedy: 'GraphQL is at /graphql.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'This path does not support the method.',
    remedy: 'Use a method that the header `Allow` names.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The media type, character set or content coding of the body is not supported.',
    remedy: 'Send `Content-Type: application/json` in UTF-8. You may compress it with gzip, deflate or br.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    meaning: 'The gateway does not keep operations by their hash.',
    remedy: 'Send the complete document in `query`. Clients with automatic persisted queries do this by themselves.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'The body of the request is larger than 256 KiB.',
    remedy: 'Send a smaller document and smaller variables.',
  },
  INTERNAL: {
    status: 500,
    meaning: 'An internal error occurred.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the error under the request id.',
  },
  RECORD_UNAVAILABLE: {
    status: 503,
    meaning: 'The audit log cannot be written, and the gateway answers nothing without it.',
    remedy: 'Send the request again in a few minutes. If it lasts, ask the operator of the gateway.',
    operator: 'Free or repair the disk under --audit-log-dir. The gateway then continues by itself.',
  },
  SHUTTING_DOWN: {
    status: 503,
    meaning: 'The gateway is stopping.',
    remedy: 'Send the request again. Another instance answers it.',
  },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    meaning: 'You may not read this field.',
    remedy:
      'If your task needs it, ask your own institution for a token with the right. Otherwise leave the field out.',
    operator:
      'The status is 403 in the mode `reject` and at the auditors’ server. Otherwise the field is null, and the status is 200.',
  },
  MANDATE_NOT_COVERED: {
    status: 403,
    meaning: 'The mandate does not cover what was asked.',
    remedy:
      'State a purpose and a case of the mandate in `Istmo-Mandate`. If your task needs more, ask the authority that gave you the mandate.',
  },
  ASSURANCE_TOO_LOW: {
    status: 403,
    meaning: 'You did not log in strongly enough for this.',
    remedy: 'Log in again with a second factor or a hardware key. If you have neither, ask your own institution.',
    operator: 'The token’s `acr` must be at least the one that the message names.',
  },
  TASK_FORCE_NOT_RECOGNISED: {
    status: 200,
    meaning: '{country} does not recognise your task force for your issuer, agency and purpose.',
    remedy: 'Ask the coordinator of your task force, or the contact point of {country}.',
    operator: 'Each country publishes the task forces that it has joined.',
  },
  FORBIDDEN_BY_COUNTRY: {
    status: 200,
    meaning: 'The rules of {country} deny you this field.',
    remedy: 'If your task needs it, ask the contact point of {country}.',
  },
  CERTIFICATE_MISSING: {
    status: 403,
    meaning: 'The server answers only a client that shows a certificate of an authority that it trusts.',
    remedy: 'Ask the gateway, which has such a certificate.',
    operator:
      'Give the gateway --client-cert and --client-key, and the node the authority that issued it (--tls-client-ca).',
  },
  REFUSED_BY_NODE: {
    status: 200,
    meaning: 'The server of {country} did not allow the request.',
    remedy: 'Ask the contact point of {country}.',
    operator: 'The log of that server says why.',
  },
  CALLER_NOT_VERIFIED: {
    status: 200,
    meaning: '{country} could not verify who asks and on which mandate, and gave nothing.',
    remedy: 'Log in again. If it stays so, ask the mandate authority of your own country.',
    operator:
      'The log of the country’s node says what it expected of the country token or the mandate. Compare `callers` in its file with what the authority publishes.',
  },
  LEG_DEADLINE: {
    status: 200,
    meaning: '{country} did not answer in time, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  REQUEST_DEADLINE: {
    status: 200,
    meaning: 'The time for the whole request ended before {country} answered, so its part is missing.',
    remedy: 'Ask for less at once, or ask again in a few minutes.',
  },
  CONNECTION: {
    status: 200,
    meaning: 'The server of {country} cannot be reached, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  BREAKER_OPEN: {
    status: 200,
    meaning: 'The server of {country} failed several times in a row, so the gateway does not ask it at the moment.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
    operator: '`/status` shows the breaker.',
  },
  COUNTRY_RATE_LIMITED: {
    status: 200,
    meaning: '{country} gets too many requests, so the gateway did not ask it for this part.',
    remedy: 'Ask for less at once, or ask again in a few minutes.',
  },
  BAD_ANSWER: {
    status: 200,
    meaning: 'The answer of {country} breaks the contract, so the gateway leaves it out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  RECORDS_UNAVAILABLE: {
    status: 503,
    meaning: 'The server of {country} cannot read its records at the moment.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
    operator: 'The country’s own log and its `/health/ready` name the cause and the remedy.',
  },
  LEG_SALT_MISSING: {
    status: 400,
    meaning: 'The request has no salt for the hashes of the audit log, so the national server does not answer it.',
    remedy: 'Send 16 random bytes with each request: `Istmo-Leg-Salt: :<Base 64>:`. The gateway does it by itself.',
    operator:
      'The gateway is older than the national server, or something between them drops the header `Istmo-Leg-Salt`.',
  },
  LEG_SALT_NOT_VALID: {
    status: 400,
    meaning: 'The salt for the hashes of the audit log is not 16 bytes as `:<Base 64>:`.',
    remedy: 'Send 16 random bytes with each request: `Istmo-Leg-Salt: :<Base 64>:`. The gateway does it by itself.',
    operator:
      'Something between the gateway and the national server changes the header `Istmo-Leg-Salt`, or sends it twice.',
  },
  LEG_SALT_REPEATED: {
    status: 400,
    meaning: 'The salt for the hashes of the audit log was used before, in this hour or the hour before.',
    remedy: 'Draw new random bytes for each request, also if the same request is sent again.',
    operator: 'Something between the gateway and the national server sends requests twice, or somebody replays them.',
  },
  FOREIGN_RECORD: {
    status: 200,
    meaning: 'The answer of {country} contains a record of another country, so the gateway leaves it out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  RECEIPT_INVALID: {
    status: 200,
    meaning: 'The receipt of {country} for its answer is missing or not valid, so the gateway leaves the answer out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  SUSPENDED: {
    status: 200,
    meaning: '{country} is suspended, so the gateway does not ask it.',
    remedy: 'Ask the operator of the gateway, or the contact point of {country}.',
    operator: '`/status` says since when.',
  },
  AUTHORITY_UNAVAILABLE: {
    status: 200,
    meaning: 'The mandate authority of your own country did not answer, so {country} was not asked.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the mandate authority of your own country.',
    operator:
      'The gateway’s log says why: no connection, no answer in time, or an error of the authority. Check `authority` in the file of issuers, and that the authority knows the gateway’s leg key.',
  },
  UNWITNESSED: {
    status: 200,
    meaning: '{country} gives nothing while the audit log has no quorum of witnesses.',
    remedy: 'Ask again later. If it lasts, ask the operator of the gateway.',
    operator: 'Start the witnesses again. The country’s file says how long the log may lack them.',
  },
  QUOTA_SPENT: {
    status: 200,
    meaning: 'Your quota of rows of {country} for today is spent.',
    remedy: 'Ask again tomorrow. If your task needs more, ask the contact point of {country} to raise the quota.',
  },
  CONFIGURATION_INVALID: {
    status: 200,
    meaning: 'The file that describes {country} at the gateway is wrong, so the gateway does not ask it.',
    remedy: 'Tell the operator of the gateway.',
    operator: 'The log and `/status` name the file, the line and the remedy.',
  },
  PARTLY_DENIED: {
    status: 200,
    meaning: '{country} denied a part of what was asked.',
    remedy: 'See `errors` in the answer. If your task needs the part, ask the contact point of {country}.',
  },
  PARTLY_NOT_PUBLISHED: {
    status: 200,
    meaning: '{country} does not publish a part of what was asked.',
    remedy: 'The fields are null for this country. To ask again does not help.',
  },
  ROWS_DROPPED: {
    status: 200,
    meaning:
      'Some rows of {country} are left out: a value that they need is missing or not valid, or they are more than one answer may add.',
    remedy:
      '`extensions.count` says how many rows, and `coordinate` which value they lack. Tell the contact point of {country}.',
  },
  COVERAGE_PARTIAL: {
    status: 200,
    meaning: 'The data of {country} covers only a part of what was asked. What is missing here may exist.',
    remedy: 'Read an empty answer as «not known», and ask the institution that keeps the complete data.',
  },
  QUOTA_REACHED: {
    status: 200,
    meaning: 'Rows are left out because your quota of rows of {country} for today was reached.',
    remedy: 'Ask again tomorrow, ask a narrower question, or ask the contact point of {country} to raise the quota.',
  },
  EARLIER_PAGES_MISSING: {
    status: 200,
    meaning: 'Rows of earlier pages are missing because {country} did not answer then.',
    remedy: 'Ask for this record by itself, page by page.',
  },
  NOT_PUBLISHED: {
    status: 200,
    meaning: '{country} does not publish what was asked, or it does not take part.',
    remedy: 'To ask again does not help. `/status` lists who publishes what.',
  },
  DENIED: {
    status: 200,
    meaning: '{country} denied its part.',
    remedy:
      '`extensions.countries` has the reason as a code. If your task needs the part, ask the contact point of {country}.',
  },
  TIMED_OUT: {
    status: 200,
    meaning: '{country} did not answer in time, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  UNAVAILABLE: {
    status: 200,
    meaning: 'The part of {country} is not available.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  COUNTRIES_DISAGREE: {
    status: 200,
    meaning: 'The countries gave different values for a field that has one value.',
    remedy: 'Ask the countries one by one.',
  },
  NULL_FOR_NON_NULL: {
    status: 200,
    meaning: 'A required value is missing.',
    remedy: 'See the other errors, which name the country whose value is missing.',
  },
  SUBGRAPH_ERROR: {
    status: 200,
    meaning: 'A subgraph reported an error here.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  ERRORS_CUT: {
    status: 200,
    meaning: 'There were more than 100 errors. The others are left out.',
    remedy: 'Ask for less at once.',
  },
} as const satisfies Record<string, ErrorEntry>

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS

/** An error that a caller may see as it is: a code of the registry, and a detail without values from outside. */
export class IstmoError extends Error {
  override readonly name = 'IstmoError'
  readonly code: ErrorCode
  readonly status: number
  /** What was expected, and what came. */
  readonly detail: ErrorDetail
  /** After how many whole seconds the same may be tried again; null where that says nothing. */
  readonly retryAfterSeconds: number | null

  /**
   * Its `message` is for logs: the registry's English sentence and the detail. `wordError` (error-message.ts) makes the caller's message.
   * @param detail what was expected, and what came: an English text if only tools read it.
   */
  constructor(
    code: ErrorCode,
    detail?: string | Detail | readonly Detail[],
    options?: ErrorOptions & { readonly retryAfterSeconds?: number },
  ) {
    const given = toErrorDetail(detail)
    const sentences = [nameCountryIn(ERRORS[code].meaning, null, 'en'), wordDetail(given, 'en')]
    super(sentences.filter((part) => part !== '').join(' '), options)
    this.code = code
    this.status = ERRORS[code].status
    this.detail = given
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }
}

function toErrorDetail(detail: string | Detail | readonly Detail[] | undefined): ErrorDetail {
  if (detail === undefined) return null
  return typeof detail === 'string' || !('key' in detail) ? detail : [detail]
}

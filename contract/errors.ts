/**
 * The one registry of error codes: every code that a client, a log or `/status` can show.
 * A code is stable; its text may be made better. docs/operating.md is checked against this table both ways.
 */

/** What stands in the registry for one code. `status`: HTTP, where the whole request is refused; 200 where the code stands in a partial answer. */
export interface ErrorEntry {
  readonly status: number
  /** One English sentence for the caller. Never holds a value that came from outside. */
  readonly meaning: string
  /** What the caller or the operator can do. */
  readonly remedy: string
}

/** Every code, by name; the order is that of docs/operating.md: refusals, outcomes of a country, errors in an answer. */
export const ERRORS = {
  TOKEN_MISSING: {
    status: 401,
    meaning: 'The request has no bearer token.',
    remedy: 'Send `Authorization: Bearer <token>`; in the demo `npm run -s token -- analyst` prints one.',
  },
  TOKEN_INVALID: {
    status: 401,
    meaning: 'The bearer token does not hold.',
    remedy: 'Check issuer, audience, algorithm, signature and times of the token against the gateway’s configuration.',
  },
  PROOF_INVALID: {
    status: 401,
    meaning: 'The token is bound to a key, and the request does not prove that its sender has it.',
    remedy:
      'Send the token under the scheme DPoP with a new proof for this method, address and token; or over TLS with the client certificate that it names.',
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    meaning: 'The key set that the token would be checked with cannot be had.',
    remedy: 'Bring the issuer’s JWKS back; the gateway asks again after its cooldown.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    meaning: 'The document is not GraphQL.',
    remedy: 'Correct the syntax at the place that the message names.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    meaning: 'The document does not fit the schema.',
    remedy: 'Compare the document with the published schema.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The document has no operation of the name asked, or several and no name was given.',
    remedy: 'Send `operationName`.',
  },
  BAD_REQUEST: {
    status: 400,
    meaning: 'The HTTP request is no GraphQL request.',
    remedy: 'Send JSON with a `query`, as the GraphQL-over-HTTP specification says.',
  },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'A variable or an argument has a value that the field does not take.',
    remedy: 'The message names the argument, what was expected and what came.',
  },
  ID_INVALID: {
    status: 400,
    meaning: 'An id is not of the form of a record id.',
    remedy: 'Ids are a country code, a colon and the national id: GT:MP001-2026-1234.',
  },
  UNKNOWN_COUNTRY: {
    status: 400,
    meaning: 'A country code is that of no participant.',
    remedy: 'The message lists the participants.',
  },
  BAD_CURSOR: {
    status: 400,
    meaning: 'A cursor is malformed, or belongs to another order.',
    remedy: 'Use `endCursor` or an edge’s `cursor` of the same connection with the same `orderBy`.',
  },
  SEARCH_TOO_WIDE: {
    status: 400,
    meaning: 'A hit search needs an identifier, or a name and a birth date.',
    remedy: 'Add `identifier`, or `name` and `birthDate`.',
  },
  OPERATION_NOT_SUPPORTED: {
    status: 400,
    meaning: 'Subscriptions and deferred parts are not answered.',
    remedy: 'Ask with a query or a mutation, without @defer.',
  },
  PLAN_FAILED: {
    status: 400,
    meaning: 'No plan can be made for this operation.',
    remedy: 'The operator’s log has the reason under the request id.',
  },
  LIMIT_EXCEEDED: {
    status: 400,
    meaning: 'The operation is larger than the limits allow.',
    remedy: 'The message names the limit; ask for less at once.',
  },
  COST_EXCEEDED: {
    status: 400,
    meaning: 'The operation would cost more than is allowed.',
    remedy: 'Ask for smaller pages, fewer countries or fewer levels; docs/operating.md says how the cost is counted.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 400,
    meaning: 'The document is not on the list of trusted documents.',
    remedy: 'Send the id of a listed document; the gateway’s operator takes new ones into the list.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'Too many requests came in too short a time.',
    remedy: 'Ask again after the seconds that the header `Retry-After` names.',
  },
  NOT_FOUND: { status: 404, meaning: 'There is nothing at this path.', remedy: 'GraphQL is at /graphql.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'The method is not served at this path.',
    remedy: 'See the Allow header.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The body is of a media type, character set or content coding that is not read.',
    remedy: 'Send `Content-Type: application/json` in UTF-8; gzip, deflate and br are inflated.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    meaning: 'Operations are not kept by their hash.',
    remedy: 'Send the whole document in `query`; clients with automatic persisted queries do so by themselves.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'The body of the request is larger than 256 KiB.',
    remedy: 'Send a smaller document and smaller variables.',
  },
  INTERNAL: {
    status: 500,
    meaning: 'Something inside failed.',
    remedy: 'The operator’s log has the whole under the request id.',
  },
  RECORD_UNAVAILABLE: {
    status: 503,
    meaning: 'The record cannot be written, and nothing is answered without it.',
    remedy: 'Free or mend the disk under --audit-log-dir; the gateway goes on by itself.',
  },
  SHUTTING_DOWN: { status: 503, meaning: 'The gateway is stopping.', remedy: 'Ask again; another instance answers.' },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    meaning: 'The caller may not read this field.',
    remedy: 'Ask for a token with the rights that your task needs, or leave the field out.',
  },
  MANDATE_NOT_COVERED: {
    status: 403,
    meaning: 'The mandate does not cover what was asked.',
    remedy:
      'State a purpose and a case of the mandate in `Istmo-Mandate`, or ask for a mandate that names the country.',
  },
  TASK_FORCE_NOT_RECOGNISED: {
    status: 200,
    meaning: 'The country does not recognise this task force for the caller’s issuer, agency and purpose.',
    remedy: 'The country’s authority publishes which task forces it has joined.',
  },
  FORBIDDEN_BY_COUNTRY: {
    status: 200,
    meaning: 'The country’s rules refuse this field to the caller.',
    remedy: 'Ask the country’s contact point.',
  },
  REFUSED_BY_NODE: {
    status: 200,
    meaning: 'The country’s own server refused the request.',
    remedy: 'Its operator’s log says why.',
  },
  LEG_DEADLINE: { status: 200, meaning: 'The country did not answer in time.', remedy: 'Ask again later.' },
  REQUEST_DEADLINE: {
    status: 200,
    meaning: 'The whole request ran out of time before the country answered.',
    remedy: 'Ask for less at once, or again later.',
  },
  CONNECTION: { status: 200, meaning: 'The country’s server cannot be reached.', remedy: 'Ask again later.' },
  BREAKER_OPEN: {
    status: 200,
    meaning: 'The country’s server failed repeatedly and is not asked for the moment.',
    remedy: 'Ask again later; `/status` shows the breaker.',
  },
  COUNTRY_RATE_LIMITED: {
    status: 200,
    meaning: 'The country is asked by so many that it is not asked for the moment.',
    remedy: 'Ask again later.',
  },
  BAD_ANSWER: {
    status: 200,
    meaning: 'The country’s answer is not what the contract says.',
    remedy: 'The operator’s log has the particulars under the request id.',
  },
  FOREIGN_RECORD: {
    status: 200,
    meaning: 'The country’s answer speaks for another country’s record.',
    remedy: 'The operator’s log has the particulars under the request id.',
  },
  RECEIPT_INVALID: {
    status: 200,
    meaning: 'The country’s receipt for its answer is missing or does not hold.',
    remedy: 'The operator’s log has the particulars under the request id.',
  },
  SUSPENDED: { status: 200, meaning: 'The country is suspended.', remedy: '`/status` says since when.' },
  UNWITNESSED: {
    status: 200,
    meaning: 'The country gives nothing while the record has no quorum of witnesses.',
    remedy: 'Bring witnesses back.',
  },
  PARTLY_DENIED: { status: 200, meaning: 'A part was denied by the country.', remedy: 'See the errors.' },
  PARTLY_NOT_PUBLISHED: {
    status: 200,
    meaning: 'The country does not publish a part of what was asked.',
    remedy: 'None; the fields are null for this country.',
  },
  ROWS_DROPPED: {
    status: 200,
    meaning: 'Rows of the country were left out, for a required value in them is missing.',
    remedy: 'See the errors.',
  },
  EARLIER_PAGES_MISSING: {
    status: 200,
    meaning: 'Rows of earlier pages are missing, for the country was silent then.',
    remedy: 'Ask for the record alone, page by page.',
  },
  NOT_PUBLISHED: {
    status: 200,
    meaning: 'The country does not publish this domain.',
    remedy: 'None; `/status` lists who publishes what.',
  },
  DENIED: { status: 200, meaning: 'The country denied its part.', remedy: 'See the code in `extensions.countries`.' },
  TIMED_OUT: { status: 200, meaning: 'The country did not answer in time.', remedy: 'Ask again later.' },
  UNAVAILABLE: { status: 200, meaning: 'The country’s part cannot be had.', remedy: 'Ask again later.' },
  COUNTRIES_DISAGREE: {
    status: 200,
    meaning: 'The countries gave different values where one was expected.',
    remedy: 'Ask the countries one by one.',
  },
  NULL_FOR_NON_NULL: {
    status: 200,
    meaning: 'A required value is missing.',
    remedy: 'See the other errors for the country whose value is missing.',
  },
  SUBGRAPH_ERROR: {
    status: 200,
    meaning: 'A subgraph reported an error here.',
    remedy: 'The operator’s log has the particulars under the request id.',
  },
  ERRORS_CUT: {
    status: 200,
    meaning: 'There were more than 100 errors; the rest is left out.',
    remedy: 'Ask for less.',
  },
} as const satisfies Record<string, ErrorEntry>

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS

/** An error that a caller may see as it is: a code of the registry, and a detail without values from outside. */
export class IstmoError extends Error {
  override readonly name = 'IstmoError'
  readonly code: ErrorCode
  readonly status: number
  /** After how many whole seconds the same may be tried again; null where that says nothing. */
  readonly retryAfterSeconds: number | null

  /** `detail` is added to the registry's sentence: what was expected, what came. */
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(detail === undefined ? ERRORS[code].meaning : `${ERRORS[code].meaning} ${sentence(detail)}`, options)
    this.code = code
    this.status = ERRORS[code].status
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

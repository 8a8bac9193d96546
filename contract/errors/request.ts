import type { ErrorEntry } from './entry.ts'

/** Why the gateway does not carry out a request: its document, its variables, the limits, or the gateway itself. The order is that of docs/operating.md. */
export const REQUEST_ERRORS = {
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
    meaning: 'Subscriptions, deferred parts and types of operations that the graph does not have are not supported.',
    remedy: 'Send a query without @defer, or a mutation if the schema has one.',
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
    remedy: 'Ask for smaller pages, fewer levels, or less of the fields that the message names.',
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
    remedy: 'Send `Content-Type: application/json` in UTF-8. You may compress it with gzip or deflate.',
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
} as const satisfies Record<string, ErrorEntry>

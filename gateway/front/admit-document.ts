import type { HTTPGraphQLRequest } from '@apollo/server'
import type { Caller } from '../../contract/access-token.ts'

/** What a request says of its document, as it came: nothing of it is checked yet. */
export interface RequestedDocument {
  readonly query: unknown
  readonly variables: unknown
  /** `documentId`, or the hash that `extensions.persistedQuery` names. */
  readonly documentId: unknown
}

/** Who is let in, and with what, before a document is parsed. Both throw {IstmoError} for what is refused. */
export interface Admission {
  /** Counts one request of a caller; of nobody, of the address that it comes from. */
  request(caller: Caller | null, address: string): Promise<void>
  /** The listed text that is asked for, by its id or in full; null where the request stands as it came. */
  document(requested: RequestedDocument): string | null
}

/**
 * The request as Apollo Server may have it: a listed document with its text, and without the id that the text stands for.
 * @throws {IstmoError} where the document is refused.
 */
export function admitDocument(admission: Admission, request: HTTPGraphQLRequest): HTTPGraphQLRequest {
  return request.method === 'GET' ? admitSearch(admission, request) : admitBody(admission, request)
}

function admitBody(admission: Admission, request: HTTPGraphQLRequest): HTTPGraphQLRequest {
  const { body } = request
  // A body that is no object is refused by Apollo Server.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return request
  const { query, documentId, extensions, ...rest } = body as Record<string, unknown>
  const asked = { query, variables: rest.variables, documentId: documentId ?? hashIn(extensions) }
  const text = admission.document(asked)
  return text === null ? request : { ...request, body: { ...rest, query: text } }
}

function admitSearch(admission: Admission, request: HTTPGraphQLRequest): HTTPGraphQLRequest {
  const search = new URLSearchParams(request.search)
  const asked = {
    query: search.get('query') ?? undefined,
    variables: parsedOrNull(search.get('variables')),
    documentId: search.get('documentId') ?? hashIn(parsedOrNull(search.get('extensions'))),
  }
  const text = admission.document(asked)
  if (text === null) return request
  search.set('query', text)
  search.delete('extensions')
  return { ...request, search: `?${search}` }
}

/** The id as clients with automatic persisted queries write it, graphql-codegen's among them. */
function hashIn(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }
  return persistedQuery?.sha256Hash
}

/** What is no JSON is refused by Apollo Server. */
function parsedOrNull(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return null
  }
}

import type { Admission } from '../types/front.ts'
import type { ArrivedOperation } from './arrived-operation.ts'

/**
 * Returns the request in the form that Apollo Server may read: a listed document comes with its text and without its id.
 * @throws {IstmoError} if the document is rejected.
 */
export function admitDocument(admission: Admission, request: ArrivedOperation): ArrivedOperation {
  return request.method === 'GET' ? admitSearch(admission, request) : admitBody(admission, request)
}

function admitBody(admission: Admission, request: ArrivedOperation): ArrivedOperation {
  const { body } = request
  // Apollo Server rejects a body that is not an object.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return request
  const { query, variables, documentId, extensions } = body as Record<string, unknown>
  const text = admission.document({ query, variables, documentId, persistedHash: readHash(extensions) })
  return text === null ? request : { ...request, body: withText(body as Record<string, unknown>, text) }
}

function withText(body: Readonly<Record<string, unknown>>, text: string): Record<string, unknown> {
  const { documentId: _, extensions: __, ...rest } = body
  return { ...rest, query: text }
}

function admitSearch(admission: Admission, request: ArrivedOperation): ArrivedOperation {
  const search = new URLSearchParams(request.search)
  const requested = {
    query: search.get('query') ?? undefined,
    variables: parseOrNull(search.get('variables')),
    documentId: search.get('documentId') ?? undefined,
    persistedHash: readHash(parseOrNull(search.get('extensions'))),
  }
  const text = admission.document(requested)
  if (text === null) return request
  search.set('query', text)
  search.delete('extensions')
  return { ...request, search: `?${search}` }
}

/** Reads the id as clients with automatic persisted queries write it, such as graphql-codegen's. */
function readHash(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }
  return persistedQuery?.sha256Hash
}

/** Parses JSON. Returns null if the text is not JSON, which Apollo Server then rejects. */
function parseOrNull(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return null
  }
}

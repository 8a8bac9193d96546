import type { Caller } from '../../contract/access-token.ts'
import type { ArrivedOperation } from './arrived-operation.ts'

/** What a request says about its document, as it came. Nothing is checked yet. */
export interface RequestedDocument {
  readonly query: unknown
  readonly variables: unknown
  readonly documentId: unknown
  /** The hash that `extensions.persistedQuery` names. */
  readonly persistedHash?: unknown
}

/** Decides, before a document is parsed, whether to admit the caller and the request. Each function throws {IstmoError} if not. */
export interface Admission {
  /** Counts one request of a caller, if there is a rate. Without a caller, it counts by the address that the request comes from. */
  request(caller: Caller | null, address: string): Promise<void> | undefined
  /** Counts a request in. Returns the function that counts it out again. */
  enter(caller: Caller | null, address: string): () => void
  /**
   * Reserves room in the audit log for the entry of a request without a token, by the address that it comes from. Throws {IstmoError}
   * `RATE_LIMITED` if there is none.
   * @returns the function to call with the entry's real size in bytes; 0 if there is no entry.
   */
  reserveEntry(address: string): (bytes: number) => void
  /** Returns the listed text that the request asks for, by its id or in full; null if the request stays as it came. */
  document(requested: RequestedDocument): string | null
}

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

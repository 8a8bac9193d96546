/** The reply to one request, in any form. */
export interface Reply {
  readonly status: number
  /** `accepted`, or the code of the rejection; undefined if the body is not an answer of ours. */
  readonly code: unknown
  readonly challenge: string | null
  /** The header `DPoP-Nonce`. */
  readonly nonce: string | null
  readonly type: string | null
  readonly text: string
}

/** The operation that needs no country. */
export const OPERATION = '{ __typename }'

/** Sends {@link OPERATION} to the gateway at `url` with these headers. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  init: RequestInit = {},
): Promise<Reply> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: OPERATION }),
    ...init,
  })
  return readReply(response.status, response.headers, await response.text())
}

/** Reads a reply from its status, headers and body. */
export function readReply(status: number, headers: { get(name: string): string | null }, text: string): Reply {
  const type = headers.get('content-type')
  return {
    status,
    code: codeIn(text),
    challenge: headers.get('www-authenticate'),
    nonce: headers.get('dpop-nonce'),
    type,
    text,
  }
}

function codeIn(text: string): unknown {
  try {
    const body = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: unknown } }[] }
    return body.errors === undefined ? 'accepted' : body.errors[0]?.extensions?.code
  } catch {
    return undefined
  }
}

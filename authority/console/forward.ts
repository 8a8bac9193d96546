/** Passes the two requests of the console that only the authority can answer on to it, when the console is served beside it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerLines } from '../../service/http/header-lines.ts'
import { sendJson } from '../../service/http/json-response.ts'
import type { Answer } from '../server.ts'
import { MAX_FORM_BYTES } from '../tokens/form.ts'

/** How long the authority may take, in milliseconds. */
const ANSWER_WITHIN_MS = 15_000

/** The largest answer of the authority, in bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** What passes to the authority, and what comes back: each header that a client of the token endpoint needs, and no other. */
const PASSED_ON = ['authorization', 'content-type', 'dpop']
const PASSED_BACK = ['content-type', 'date', 'dpop-nonce', 'retry-after', 'www-authenticate']

/** What {@link createForward} works with. */
export interface ForwardParts {
  /** The authority's address, without a slash at its end. */
  readonly authority: string
  /** A `fetch` that knows the authority's server. */
  readonly send: typeof fetch
  /** Called when the authority did not answer. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Creates the answer that asks the authority the same at the same path. It follows no redirect, keeps nothing, and shows the authority no certificate: a
 * gateway gets no token through it.
 */
export function createForward({ authority, send, onFailure }: ForwardParts): Answer {
  return async (request, response, path) => {
    const body = await readBody(request)
    if (body === null) return sendJson(response, 413, { error: 'invalid_request', reason: 'REQUEST_MALFORMED' })
    const init = {
      method: request.method ?? 'GET',
      headers: PASSED_ON.flatMap((name) => headerLines(request, name).map((value): [string, string] => [name, value])),
      redirect: 'error' as const,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(request.method === 'POST' && { body }),
    }
    try {
      await passBack(await send(`${authority}${path}`, init), response)
    } catch (error) {
      onFailure(error)
      sendJson(response, 503, { error: 'temporarily_unavailable', reason: 'UNAVAILABLE' })
    }
  }
}

async function passBack(answer: Response, response: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (bytes.length > MAX_ANSWER_BYTES) throw new Error(`expected an answer of at most ${MAX_ANSWER_BYTES} bytes`)
  const kept = PASSED_BACK.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  const own = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-length': bytes.length }
  response.writeHead(answer.status, { ...Object.fromEntries(kept), ...own })
  response.end(bytes)
}

/** Reads the body of a request; null if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).byteLength
    if (size > MAX_FORM_BYTES) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks, size)
}

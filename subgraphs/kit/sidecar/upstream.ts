import { isUtf8 } from 'node:buffer'
import { type Dispatcher, errors, Pool } from 'undici'
import { z } from 'zod'
import { IstmoError } from '../../../contract/errors.ts'
import { GRAPHQL_JSON, JSON_TYPE, type LegReply } from '../backend.ts'

/** How long a service may take for its answer, in milliseconds. The gateway stops waiting long before. */
const DEADLINE_MS = 10_000
/** How long the node keeps an idle connection, in milliseconds: less than the 5 s after which Node's servers close theirs. */
const KEEP_ALIVE_MS = 4_000
/** The largest number of open connections. */
const CONNECTIONS = 64
/** The largest answer that the node forwards, in bytes: the gateway's default. */
const MAX_ANSWER_BYTES = 8 * 1_048_576

/** A GraphQL response: data, or errors, or both. The node does not look into either. */
const responseSchema = z
  .looseObject({ data: z.record(z.string(), z.unknown()).nullish(), errors: z.array(z.unknown()).min(1).optional() })
  .refine((response) => Object.hasOwn(response, 'data') || response.errors !== undefined)

/** A GraphQL service of the country, with the node in front of it. */
export interface Upstream {
  /**
   * Sends one request, and returns the answer as received, byte for byte.
   * @throws {IstmoError} `CONNECTION`, `LEG_DEADLINE`, or `BAD_ANSWER` if the answer (or a redirect) is not a GraphQL response of status
   * 200 in UTF-8, or is too large. The message holds no part of the answer.
   */
  send(body: string, headers: Readonly<Record<string, string>>): Promise<LegReply>
  close(): Promise<void>
}

/** Limits that replace the usual ones; both are for tests. */
export interface UpstreamLimits {
  readonly deadlineMs?: number
  readonly maxAnswerBytes?: number
}

/** Creates the client of a service. It sends nothing yet. */
export function createUpstream(address: string, limits: UpstreamLimits = {}): Upstream {
  const { deadlineMs = DEADLINE_MS, maxAnswerBytes = MAX_ANSWER_BYTES } = limits
  const url = new URL(address)
  const pool = new Pool(url.origin, {
    ...{ connections: CONNECTIONS, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS },
    // The deadline below ends each wait.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  })
  return {
    async send(body, headers) {
      const signal = AbortSignal.timeout(deadlineMs)
      try {
        const response = await requestOnOpenConnection(pool, {
          ...{ method: 'POST', path: url.pathname + url.search, body, signal },
          headers: {
            'content-type': JSON_TYPE,
            accept: `${GRAPHQL_JSON}, ${JSON_TYPE}`,
            'accept-encoding': 'identity',
            ...headers,
          },
        })
        response.body.on('error', () => undefined)
        return await readReply(response, maxAnswerBytes).finally(() => response.body.destroy())
      } catch (cause) {
        if (cause instanceof IstmoError) throw cause
        throw new IstmoError(signal.aborted ? 'LEG_DEADLINE' : 'CONNECTION', undefined, { cause })
      }
    },
    close: () => pool.close(),
  }
}

/** How often a request is sent again. */
const MAX_AGAIN = 3

/**
 * Sends a request again if the service had closed the connection that was kept open, which a busy node may notice too late. A leg only reads. For a reset,
 * undici does not say whether the connection had answered before, so a service that resets each connection is asked again too.
 */
async function requestOnOpenConnection(
  pool: Pool,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  for (let again = 0; ; again++) {
    try {
      return await pool.request(options)
    } catch (error) {
      if (again === MAX_AGAIN || !isClosed(error)) throw error
    }
  }
}

function isClosed(error: unknown): boolean {
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0
  return error instanceof Error && ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')
}

interface Response {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

async function readReply({ statusCode, headers, body }: Response, maxBytes: number): Promise<LegReply> {
  const type = String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase()
  const coding = headers['content-encoding'] ?? 'identity'
  if (statusCode !== 200 || (type !== GRAPHQL_JSON && type !== JSON_TYPE) || coding !== 'identity') {
    throw new IstmoError('BAD_ANSWER')
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) throw new IstmoError('BAD_ANSWER')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks, size)
  // Valid UTF-8 that is decoded and encoded again has the same bytes.
  const text = isUtf8(bytes) ? bytes.toString('utf8') : ''
  return { status: 200, type, text, data: dataIn(text) }
}

function dataIn(text: string): unknown {
  try {
    return responseSchema.parse(JSON.parse(text)).data
  } catch {
    // The parsers' messages quote the text, which may hold personal data.
    throw new IstmoError('BAD_ANSWER')
  }
}

import { isUtf8 } from 'node:buffer'
import { Pool } from 'undici'
import { z } from 'zod'
import { IstmoError } from '../../../contract/errors.ts'
import { GRAPHQL_JSON, JSON_TYPE, type LegReply } from '../backend.ts'

/** How long a service may take for its answer, in milliseconds; the gateway has given up long before. */
const DEADLINE_MS = 10_000
/** How long an idle connection is kept, in milliseconds: less than the 5 s after which Node's servers close theirs. */
const KEEP_ALIVE_MS = 4_000
/** How many connections are open at once, at most. */
const CONNECTIONS = 64
/** The largest answer that is handed on, in bytes: what the gateway takes where nothing else is said. */
const MAX_ANSWER_BYTES = 8 * 1_048_576

/** A GraphQL response: data, or errors, or both. Neither is looked into. */
const responseSchema = z
  .looseObject({ data: z.record(z.string(), z.unknown()).nullish(), errors: z.array(z.unknown()).min(1).optional() })
  .refine((response) => Object.hasOwn(response, 'data') || response.errors !== undefined)

/** A GraphQL service of the country's own, which the node stands in front of. */
export interface Upstream {
  /**
   * Sends one request, and gives the answer as it came, byte for byte.
   * @throws {IstmoError} `CONNECTION`, `LEG_DEADLINE`, or `BAD_ANSWER` for what is no GraphQL response of status 200 in UTF-8 and within
   * the cap, a redirect too. The message holds nothing of what came.
   */
  send(body: string, headers: Readonly<Record<string, string>>): Promise<LegReply>
  close(): Promise<void>
}

/** What an upstream may be told in place of the usual; both for tests. */
export interface UpstreamLimits {
  readonly deadlineMs?: number
  readonly maxAnswerBytes?: number
}

/** Opens the way to a service; nothing is sent yet. */
export function createUpstream(address: string, limits: UpstreamLimits = {}): Upstream {
  const { deadlineMs = DEADLINE_MS, maxAnswerBytes = MAX_ANSWER_BYTES } = limits
  const url = new URL(address)
  const pool = new Pool(url.origin, {
    ...{ connections: CONNECTIONS, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS },
    // The deadline below ends every wait.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  })
  return {
    async send(body, headers) {
      const signal = AbortSignal.timeout(deadlineMs)
      try {
        const response = await pool.request({
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
  // Valid UTF-8 goes through a text and comes out as it was, byte for byte.
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

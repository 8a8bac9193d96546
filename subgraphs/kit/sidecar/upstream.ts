import { isUtf8 } from 'node:buffer'
import { buildConnector } from 'undici'
import { z } from 'zod'
import { IstmoError } from '../../../contract/errors.ts'
import { type AnswerHeaders, MalformedAnswer } from '../../../service/http/exchange.ts'
import { createKeptPool } from '../../../service/http/kept-pool.ts'
import { AnswerTooLarge, askAgainOnce, post, type WholeAnswer } from '../../../service/http/post.ts'
import { GRAPHQL_JSON, JSON_TYPE, type LegReply } from '../backend.ts'
import type { LegTime } from '../leg-time.ts'

/** How long a service may take for its answer, in milliseconds. The gateway stops waiting long before. */
const DEADLINE_MS = 10_000
/** The largest number of open connections. */
export const UPSTREAM_CONNECTIONS = 64
/** The largest answer that the node forwards, in bytes: the gateway's default. */
const MAX_ANSWER_BYTES = 8 * 1_048_576

const HEADERS: readonly string[] = Object.freeze([
  ...['content-type', JSON_TYPE],
  ...['accept', `${GRAPHQL_JSON}, ${JSON_TYPE}`],
  ...['accept-encoding', 'identity'],
])

/** A GraphQL response: data, or errors, or both. The node does not look into either. */
const responseSchema = z
  .looseObject({ data: z.record(z.string(), z.unknown()).nullish(), errors: z.array(z.unknown()).min(1).optional() })
  .refine((response) => Object.hasOwn(response, 'data') || response.errors !== undefined)

/** A GraphQL service of the country, with the node in front of it. */
export interface Upstream {
  /**
   * Sends one request, and returns the answer as received, byte for byte. It gives up when the time of the leg is over.
   * @throws {IstmoError} `CONNECTION`, `LEG_DEADLINE`, or `BAD_ANSWER` if the answer (or a redirect) is not a GraphQL response of status
   * 200 in UTF-8, or is too large. The message holds no part of the answer.
   */
  send(body: string, headers: Readonly<Record<string, string>>, time?: LegTime): Promise<LegReply>
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
  const path = `${url.pathname}${url.search}`
  const pool = createKeptPool(url, UPSTREAM_CONNECTIONS, buildConnector({ allowH2: false }))
  return {
    async send(body, headers, time) {
      const giveUp = new AbortController()
      const { signal } = giveUp
      const timer = setTimeout(() => giveUp.abort(), deadlineMs).unref()
      const stop = time?.onOver(() => giveUp.abort())
      const request = { path, headers: [...HEADERS, ...Object.entries(headers).flat()], body }
      try {
        // A leg only reads.
        const answer = await askAgainOnce(() =>
          post(pool, request, { signal, maxBytes: maxAnswerBytes, onHead: checkHead }),
        )
        return toReply(answer)
      } catch (cause) {
        throw toFailure(cause, signal)
      } finally {
        clearTimeout(timer)
        stop?.()
      }
    },
    close: () => pool.close(),
  }
}

function toFailure(cause: unknown, signal: AbortSignal): IstmoError {
  if (cause instanceof IstmoError) return cause
  const isBad = cause instanceof AnswerTooLarge || cause instanceof MalformedAnswer
  if (isBad) return new IstmoError('BAD_ANSWER', undefined, { cause })
  return new IstmoError(signal.aborted ? 'LEG_DEADLINE' : 'CONNECTION', undefined, { cause })
}

/** @throws {IstmoError} `BAD_ANSWER` if an answer with this head is not a GraphQL response of status 200 as it is. */
function checkHead(status: number, headers: AnswerHeaders): LegReply['type'] {
  const type = mediaTypeOf(headers)
  const coding = headers['content-encoding'] ?? 'identity'
  if (status !== 200 || (type !== GRAPHQL_JSON && type !== JSON_TYPE) || coding !== 'identity') {
    throw new IstmoError('BAD_ANSWER')
  }
  return type
}

function mediaTypeOf(headers: AnswerHeaders): string {
  const [type = ''] = String(headers['content-type'] ?? '').split(';')
  return type.trim().toLowerCase()
}

function toReply({ status, headers, body }: WholeAnswer): LegReply {
  // Valid UTF-8 that is decoded and encoded again has the same bytes.
  const text = isUtf8(body) ? body.toString('utf8') : ''
  return { status: 200, type: checkHead(status, headers), text, data: dataIn(text) }
}

function dataIn(text: string): unknown {
  try {
    return responseSchema.parse(JSON.parse(text)).data
  } catch {
    // The parsers' messages quote the text, which may hold personal data.
    throw new IstmoError('BAD_ANSWER')
  }
}

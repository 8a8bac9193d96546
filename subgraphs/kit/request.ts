import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { DEADLINE_HEADER, parseDeadline } from '../../contract/deadline.ts'
import { IstmoError } from '../../contract/errors.ts'
import { LEG_EXTENSION, type LegExtensions, readLegExtensions } from '../../contract/trust/leg-extensions.ts'
import type { GraphQLRequest } from './execute.ts'
import { type RunningLegTime, startLegTime } from './leg-time.ts'

/** The request of GraphQL over HTTP: a POST with a JSON body (GraphQL-over-HTTP specification, section «Request»). */

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.unknown().optional(),
})

/**
 * Reads the body of a request, at most `limit` bytes.
 * @returns the GraphQL request, in `bytes` the body as received, and in `carried` what the leg carries besides the request.
 * @throws {IstmoError} `LIMIT_EXCEEDED`, or `BAD_REQUEST` for a body that is not a GraphQL request in JSON.
 */
export async function readRequest(
  message: IncomingMessage,
  limit: number,
): Promise<GraphQLRequest & { readonly bytes: Uint8Array; readonly carried: LegExtensions }> {
  const type = (message.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new IstmoError('BAD_REQUEST', 'expected a body of application/json')
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new IstmoError('BAD_REQUEST', 'expected a body without content encoding')
  }
  const bytes = await readBody(message, limit)
  const parsed = requestSchema.safeParse(parseJson(bytes)).data
  if (parsed === undefined) {
    throw new IstmoError(
      'BAD_REQUEST',
      'expected a JSON object with `query`, and `variables` and `operationName` where needed',
    )
  }
  const { query, variables, operationName, extensions } = parsed
  const carried = readLegExtensions(extensions)
  if (carried === null)
    throw new IstmoError('BAD_REQUEST', `expected \`extensions.${LEG_EXTENSION}\` as the contract says`)
  return { query, variables: variables ?? undefined, operationName: operationName ?? undefined, bytes, carried }
}

/** How long a leg may take if the gateway does not say it, in milliseconds. */
const DEFAULT_LEG_MS = 10_000

/**
 * Starts the time of a leg: the gateway's deadline for it. It ends early if the gateway closes the connection.
 * @throws {IstmoError} `BAD_REQUEST` if the header does not have the form of contract/deadline.ts.
 */
export function startTime(request: IncomingMessage, response: ServerResponse): RunningLegTime {
  try {
    const time = startLegTime(parseDeadline(request.headersDistinct[DEADLINE_HEADER]?.[0]) ?? DEFAULT_LEG_MS)
    response.once('close', time.end)
    return time
  } catch (error) {
    throw new IstmoError('BAD_REQUEST', (error as Error).message)
  }
}

async function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(message.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): IstmoError {
  return new IstmoError('LIMIT_EXCEEDED', `expected a body of at most ${limit} bytes`)
}

/** One for all bodies: each is decoded at once, so nothing of one remains for the next. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(body))
  } catch {
    throw new IstmoError('BAD_REQUEST', 'the body is not JSON in UTF-8')
  }
}

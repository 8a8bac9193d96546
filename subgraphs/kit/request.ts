import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { IstmoError } from '../../contract/errors.ts'
import type { GraphQLRequest } from './execute.ts'

/** The request of GraphQL over HTTP: a POST with a JSON body (GraphQL-over-HTTP specification, section «Request»). */

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.unknown().optional(),
})

/**
 * Reads the body of a request, at most `limit` bytes.
 * @returns the GraphQL request, and in `bytes` the body as received.
 * @throws {IstmoError} `LIMIT_EXCEEDED`, or `BAD_REQUEST` for a body that is not a GraphQL request in JSON.
 */
export async function readRequest(
  message: IncomingMessage,
  limit: number,
): Promise<GraphQLRequest & { readonly bytes: Uint8Array }> {
  const type = (message.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new IstmoError('BAD_REQUEST', 'expected a body of application/json')
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new IstmoError('BAD_REQUEST', 'expected a body without content encoding')
  }
  const bytes = await readBody(message, limit)
  const parsed = requestSchema.safeParse(parseJson(bytes))
  if (!parsed.success) {
    throw new IstmoError(
      'BAD_REQUEST',
      'expected a JSON object with `query`, and `variables` and `operationName` where needed',
    )
  }
  const { query, variables, operationName } = parsed.data
  return { query, variables: variables ?? undefined, operationName: operationName ?? undefined, bytes }
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

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new IstmoError('BAD_REQUEST', 'the body is not JSON in UTF-8')
  }
}

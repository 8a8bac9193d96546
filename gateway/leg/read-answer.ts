import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import type { LegAnswer, SubgraphError } from '../types/flow.ts'

/** The content codings that the gateway asks for and understands (RFC 9110 section 8.4.1). */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br'

const INFLATE = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
} as const

/** How deep an answer may be nested: deeper than any operation, but far less deep than a stack holds. */
const MAX_LEVELS = 256

/** A node's HTTP answer. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/** The answer is not a GraphQL response. The message is for the operator's log and quotes nothing of the answer. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer'
}

/** The node denies the leg with 401 or 403. */
export class DeniedField extends Error {
  override readonly name = 'Refused'
}

/**
 * Reads a GraphQL response (GraphQL-over-HTTP, section 6) of at most `maxBytes` after inflating.
 * `data: null` with errors is an answer; a response without the member `data` is not. It never follows a redirect.
 * @param onBody called with the complete inflated body before it is parsed. It may throw.
 * @throws {DeniedField} for 401 and 403.
 * @throws {BadAnswer} for anything that is not a GraphQL response.
 */
export async function readAnswer(
  answer: HttpAnswer,
  maxBytes: number,
  onBody?: (bytes: Uint8Array) => void,
): Promise<LegAnswer & { kind: 'answered' }> {
  if (answer.status === 401 || answer.status === 403) throw new DeniedField(`status ${answer.status}`)
  if (answer.status !== 200) throw new BadAnswer(`expected status 200; came ${answer.status}`)
  checkContentType(answer.headers['content-type'])
  const bytes = await inflateBody(await collect(answer.body, maxBytes), answer.headers['content-encoding'], maxBytes)
  onBody?.(bytes)
  return readResponse(parse(bytes))
}

function checkContentType(value: string | string[] | undefined): void {
  const essence = typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : ''
  if (essence === 'application/json' || essence === 'application/graphql-response+json') return
  throw new BadAnswer('expected the content type application/json or application/graphql-response+json; came another')
}

async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) throw new BadAnswer(`expected at most ${maxBytes} bytes; came more`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

async function inflateBody(bytes: Buffer, encoding: string | string[] | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return bytes
  const name = typeof encoding === 'string' ? encoding.toLowerCase() : ''
  if (!Object.hasOwn(INFLATE, name))
    throw new BadAnswer(`expected a content coding of ${ACCEPTED_ENCODINGS}; came another`)
  try {
    return await INFLATE[name as keyof typeof INFLATE](bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    throw new BadAnswer(`expected a ${name} body of at most ${maxBytes} bytes after inflating`, { cause })
  }
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new BadAnswer('expected UTF-8')
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's message quotes the text, which may hold personal data.
    throw new BadAnswer(`expected JSON; came ${bytes.byteLength} bytes that are not JSON`)
  }
}

function readResponse(value: unknown): LegAnswer & { kind: 'answered' } {
  if (!isObject(value)) throw new BadAnswer('expected a JSON object')
  if (isDeeper(value, MAX_LEVELS)) throw new BadAnswer(`expected at most ${MAX_LEVELS} levels of JSON; came more`)
  if (!Object.hasOwn(value, 'data')) throw new BadAnswer('expected the member `data`')
  const { data } = value
  if (data !== null && !isObject(data)) throw new BadAnswer('expected `data` to be an object or null')
  return { kind: 'answered', data, errors: readErrors(value.errors) }
}

function readErrors(errors: unknown): readonly SubgraphError[] {
  if (errors === undefined || errors === null) return []
  if (!Array.isArray(errors) || !errors.every(isObject))
    throw new BadAnswer('expected `errors` to be a list of objects')
  return errors
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const below of Object.values(value)) if (isDeeper(below, levels - 1)) return true
  return false
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

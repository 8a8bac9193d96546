import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { type LegNote, parseLegNotes } from '../../contract/leg-notes.ts'
import type { LegAnswer, SubgraphError } from '../types/flow.ts'
import { BadAnswer } from './bad-answer.ts'
import {
  createBoundsScan,
  type ExceededBound,
  findExceededBound,
  type JsonBounds,
  type ScanBounds,
} from './bounded-json.ts'
import { readClockDifference } from './clock-difference.ts'
import type { ReadingBudget } from './reading-budget.ts'
import { RecordsUnavailable, RejectedByNode, readRejectionCode, UNAVAILABLE_STATUSES } from './rejection.ts'

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

/**
 * How many values an answer may have: one for each so many bytes of the largest answer. The time and memory that a dense answer takes are
 * those of its values and not of its bytes. With the usual 4 MiB these are 131,072 values, which take about 30 ms to parse, and as long
 * again in each later step (bench/README.md, Fairness).
 */
const BYTES_PER_VALUE = 32

/** How many values each answer may have, however small the largest answer is: what takes a few milliseconds. */
const LEAST_MAX_VALUES = 50_000

/** How many errors an answer may have. */
const MAX_ERRORS = 10_000

/** From how many bytes on an answer waits for its turn before the gateway reads it. A smaller one takes less than a millisecond. */
const LARGE_BYTES = 65_536

/** A node's HTTP answer. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/** How an answer is read. */
export interface Reading {
  /** The largest answer, in bytes after inflating. */
  readonly maxBytes: number
  readonly budget: ReadingBudget
  /** Waits for a turn of the request. */
  readonly takeTurn: (step: 'first' | 'next') => Promise<void>
  /** Called with the complete inflated body before it is parsed. It may throw. */
  readonly onBody?: (bytes: Uint8Array) => void
}

/**
 * Reads a GraphQL response (GraphQL-over-HTTP, section 6). `data: null` with errors is an answer; a response without the member `data`
 * is not. It never follows a redirect.
 * @throws {RejectedByNode} for 401 and 403.
 * @throws {RecordsUnavailable} if the node, or what is in front of it, says that it cannot serve now: 502, 503 and 504.
 * @throws {BadAnswer} for anything that is not a GraphQL response, or exceeds the bounds of one.
 */
export async function readAnswer(answer: HttpAnswer, reading: Reading): Promise<LegAnswer & { kind: 'answered' }> {
  const { maxBytes, budget, takeTurn, onBody } = reading
  if (answer.status === 401 || answer.status === 403) {
    const clockAheadS = readClockDifference(answer.headers.date, Date.now())
    throw new RejectedByNode(answer.status, await readRejectionCode(answer), clockAheadS)
  }
  if (UNAVAILABLE_STATUSES.has(answer.status)) {
    throw new RecordsUnavailable(answer.status, await readRejectionCode(answer))
  }
  if (answer.status !== 200) throw new BadAnswer(`expected status 200; came ${answer.status}`)
  checkContentType(answer.headers['content-type'])
  const encoding = answer.headers['content-encoding']
  const bounds = boundsOf(maxBytes)
  // Only after inflating does a coded body have the signs of JSON.
  const scan = encoding === undefined || encoding === 'identity' ? createBoundsScan(bounds) : null
  const bytes = await inflateBody(await collect(answer.body, reading, bounds, scan), encoding, reading)
  const isLarge = bytes.byteLength > LARGE_BYTES
  if (isLarge) await takeTurn('first')
  onBody?.(bytes)
  const response = budget.spend(() => readResponse(parse(bytes, scan === null ? bounds : null)))
  // Whoever checks the answer does so in a turn of its own.
  if (isLarge) await takeTurn('next')
  return response
}

function checkContentType(value: string | string[] | undefined): void {
  const essence = typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : ''
  if (essence === 'application/json' || essence === 'application/graphql-response+json') return
  throw new BadAnswer('expected the content type application/json or application/graphql-response+json; came another')
}

function boundsOf(maxBytes: number): JsonBounds {
  return { levels: MAX_LEVELS, values: Math.max(LEAST_MAX_VALUES, Math.floor(maxBytes / BYTES_PER_VALUE)) }
}

/** Collects a body. It stops at the part that exceeds a bound: the rest of an answer that is rejected would only take time and memory. */
async function collect(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, budget }: Reading,
  bounds: JsonBounds,
  scan: ScanBounds | null,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) throw new BadAnswer(`expected at most ${maxBytes} bytes; came more`)
    budget.takeBytes(chunk.byteLength)
    if (scan !== null) budget.spend(() => rejectExceeded(scan(chunk), bounds))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** @throws {BadAnswer} if a bound is exceeded. */
function rejectExceeded(exceeded: ExceededBound | null, bounds: JsonBounds): void {
  if (exceeded !== null) throw new BadAnswer(`expected at most ${bounds[exceeded]} ${exceeded} of JSON; came more`)
}

async function inflateBody(
  bytes: Buffer,
  encoding: string | string[] | undefined,
  { maxBytes, budget }: Reading,
): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return bytes
  const name = typeof encoding === 'string' ? encoding.toLowerCase() : ''
  if (!Object.hasOwn(INFLATE, name))
    throw new BadAnswer(`expected a content coding of ${ACCEPTED_ENCODINGS}; came another`)
  const inflated = await inflateWith(name as keyof typeof INFLATE, bytes, maxBytes)
  budget.takeBytes(Math.max(0, inflated.byteLength - bytes.byteLength))
  return inflated
}

async function inflateWith(name: keyof typeof INFLATE, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await INFLATE[name](bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    throw new BadAnswer(`expected a ${name} body of at most ${maxBytes} bytes after inflating`, { cause })
  }
}

/** Parses a body. `bounds`: null if they were checked already. */
function parse(bytes: Buffer, bounds: JsonBounds | null): unknown {
  if (!isUtf8(bytes)) throw new BadAnswer('expected UTF-8')
  if (bounds !== null) rejectExceeded(findExceededBound(bytes, bounds), bounds)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's message quotes the text, which may hold personal data.
    throw new BadAnswer(`expected JSON; came ${bytes.byteLength} bytes that are not JSON`)
  }
}

function readResponse(value: unknown): LegAnswer & { kind: 'answered' } {
  if (!isObject(value)) throw new BadAnswer('expected a JSON object')
  if (!Object.hasOwn(value, 'data')) throw new BadAnswer('expected the member `data`')
  const { data } = value
  if (data !== null && !isObject(data)) throw new BadAnswer('expected `data` to be an object or null')
  const notes = readNotes(value.extensions)
  const given = readGiven(value.extensions)
  return {
    kind: 'answered',
    data,
    errors: readErrors(value.errors),
    ...(notes.length > 0 && { notes }),
    ...(given !== null && { given }),
  }
}

function readErrors(errors: unknown): readonly SubgraphError[] {
  if (errors === undefined || errors === null) return []
  if (!Array.isArray(errors) || !errors.every(isObject))
    throw new BadAnswer('expected `errors` to be a list of objects')
  if (errors.length > MAX_ERRORS) throw new BadAnswer(`expected at most ${MAX_ERRORS} errors; came ${errors.length}`)
  return errors
}

function readNotes(extensions: unknown): readonly LegNote[] {
  try {
    return parseLegNotes(extensions)
  } catch (cause) {
    throw new BadAnswer((cause as TypeError).message, { cause })
  }
}

/** Reads what the node signed of the ids in its answer. Whether it holds is for the node that is shown it. */
function readGiven(extensions: unknown): string | null {
  const istmo = isObject(extensions) ? extensions.istmo : undefined
  const given = isObject(istmo) ? istmo.given : undefined
  return typeof given === 'string' ? given : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

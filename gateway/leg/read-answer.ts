import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import { isObject } from '../../contract/json-value.ts'
import { type LegNote, parseLegNotes } from '../../contract/leg-notes.ts'
import type { AnswerHeaders } from '../../service/http/exchange.ts'
import { releaseBytes } from '../../service/http/release-bytes.ts'
import type { LegAnswer, SubgraphError } from '../types/flow.ts'
import { BadAnswer } from './bad-answer.ts'
import { BodyParts } from './body-parts.ts'
import {
  createBoundsScan,
  type ExceededBound,
  findExceededBound,
  type JsonBounds,
  mayExceed,
  type ScanBounds,
} from './bounded-json.ts'
import { readClockDifference } from './clock-difference.ts'
import type { BodyReader } from './exchange.ts'
import type { ReadingBudget } from './reading-budget.ts'
import { RecordsUnavailable, RejectedByNode, RejectionReader, UNAVAILABLE_STATUSES } from './rejection.ts'

const INFLATE = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
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

/** How an answer is read. */
export interface Reading {
  /** The largest answer, in bytes after inflating. */
  readonly maxBytes: number
  readonly budget: ReadingBudget
  /** Waits for a turn of the request. */
  takeTurn(step: 'first' | 'next'): Promise<void>
  /** Called with the complete inflated body before it is parsed. It may throw. It keeps none of the bytes, whose memory is given back. */
  onBody?(bytes: Uint8Array): void
  /** Called with the complete body of a rejection. It may throw. */
  onRejection?(bytes: Uint8Array): void
  /** Takes the body in place of reading its values, if it can (`Leg.takeBody`). */
  readonly takeBody?: ((body: Buffer, maxValues: number) => boolean) | undefined
}

/** What stands for an answer whose body was taken. */
const TAKEN: ReadAnswer = { kind: 'answered', data: null, errors: [], isTaken: true }

/** An answer that was read. */
export type ReadAnswer = LegAnswer & { readonly kind: 'answered' }

/** Reads the body of an answer, and then what it says. */
export interface AnswerReader extends BodyReader {
  /**
   * Called once, after the last part. Small answers that are not coded come at once, without a promise.
   * @throws {RejectedByNode} for 401 and 403.
   * @throws {RecordsUnavailable} if the node, or what is in front of it, says that it cannot serve now: 502, 503 and 504.
   * @throws {BadAnswer} for anything that is not a GraphQL response, or exceeds the bounds of one.
   */
  finish(): ReadAnswer | Promise<ReadAnswer>
}

/**
 * Begins to read a GraphQL response (GraphQL-over-HTTP, section 6). `data: null` with errors is an answer; a response without the member
 * `data` is not. It never follows a redirect.
 * @throws {BadAnswer} if status or headers are not those of a GraphQL response, nor of a rejection.
 */
export function beginAnswer(status: number, headers: AnswerHeaders, reading: Reading): AnswerReader {
  if (status === 200) {
    checkContentType(headers['content-type'])
    return new ResponseReader(headers, reading)
  }
  const onRejection = (bytes: Uint8Array): void => reading.onRejection?.(bytes)
  if (status === 401 || status === 403) {
    const clockAheadS = readClockDifference(headers.date, Date.now())
    return new RejectionReader((code) => new RejectedByNode(status, code, clockAheadS), onRejection)
  }
  if (UNAVAILABLE_STATUSES.has(status))
    return new RejectionReader((code) => new RecordsUnavailable(status, code), onRejection)
  throw new BadAnswer(`expected status 200; came ${status}`)
}

class ResponseReader implements AnswerReader {
  readonly #encoding: string | string[] | undefined
  readonly #isCoded: boolean
  /** Whether the parts are scanned as they come. Not if the body may be taken: whoever takes it counts its values, and if nobody does, it is scanned then. */
  readonly #isScanned: boolean
  readonly #reading: Reading
  readonly #bounds: JsonBounds
  /** The scan of the parts that came so far; null before it begins. Only after inflating does a coded body have the signs of JSON. */
  #scan: ScanBounds | null = null
  readonly #parts: BodyParts

  constructor(headers: AnswerHeaders, reading: Reading) {
    const encoding = headers['content-encoding']
    this.#encoding = encoding
    this.#isCoded = encoding !== undefined && encoding !== 'identity'
    this.#isScanned = !this.#isCoded && reading.takeBody === undefined
    this.#reading = reading
    this.#bounds = boundsOf(reading.maxBytes)
    this.#parts = new BodyParts(lengthOf(headers, reading.maxBytes))
  }

  /** It throws at the part that exceeds a bound: the rest of an answer that is rejected would only take time and memory. */
  take(part: Uint8Array): void {
    const { maxBytes, budget } = this.#reading
    const { first, size } = this.#parts
    if (size + part.byteLength > maxBytes) throw new BadAnswer(`expected at most ${maxBytes} bytes; came more`)
    budget.takeBytes(part.byteLength)
    // Most answers have one part, which is scanned when it is parsed.
    if (this.#isScanned && (first !== null || part.byteLength > LARGE_BYTES)) {
      if (first !== null && this.#scan === null) this.#scanPart(first)
      this.#scanPart(part)
    }
    this.#parts.add(part)
  }

  breakOff(cause: Error): Error {
    return cause
  }

  finish(): ReadAnswer | Promise<ReadAnswer> {
    const bytes = this.#parts.bytes()
    if (this.#isCoded || bytes.byteLength > LARGE_BYTES) return this.#finishLater(bytes)
    return this.#read(bytes)
  }

  async #finishLater(collected: Buffer): Promise<ReadAnswer> {
    const bytes = this.#isCoded ? await inflateBody(collected, this.#encoding, this.#reading) : collected
    const isLarge = bytes.byteLength > LARGE_BYTES
    if (isLarge) await this.#reading.takeTurn('first')
    const response = this.#read(bytes)
    // Whoever checks the answer does so in a turn of its own.
    if (isLarge) await this.#reading.takeTurn('next')
    return response
  }

  #read(bytes: Buffer): ReadAnswer {
    const { budget, takeBody } = this.#reading
    this.#reading.onBody?.(bytes)
    const isTaken = takeBody !== undefined && budget.spend(() => takeBody(bytes, this.#bounds.values))
    const bounds = this.#scan === null ? this.#bounds : null
    const read = isTaken ? TAKEN : budget.spend(() => readResponse(parse(bytes, bounds)))
    releaseBytes(bytes)
    return read
  }

  #scanPart(part: Uint8Array): void {
    this.#scan ??= createBoundsScan(this.#bounds)
    const scan = this.#scan
    this.#reading.budget.spend(() => rejectExceeded(scan(part), this.#bounds))
  }
}

/** Returns the length of a body that comes as it is; 0 if it is unknown, or too long. */
function lengthOf({ 'content-length': length }: AnswerHeaders, maxBytes: number): number {
  const bytes = typeof length === 'string' ? Number(length) : 0
  return bytes <= maxBytes ? bytes : 0
}

function checkContentType(value: string | string[] | undefined): void {
  // Most answers have one of these texts, which need not be taken apart.
  if (value === 'application/json' || value === 'application/json; charset=utf-8') return
  const essence = typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : ''
  if (essence === 'application/json' || essence === 'application/graphql-response+json') return
  throw new BadAnswer('expected the content type application/json or application/graphql-response+json; came another')
}

let lastBounds: { readonly maxBytes: number; readonly bounds: JsonBounds } | null = null

/** Returns the bounds of an answer. Most endpoints have the same largest answer. */
function boundsOf(maxBytes: number): JsonBounds {
  if (lastBounds?.maxBytes !== maxBytes) lastBounds = { maxBytes, bounds: makeBounds(maxBytes) }
  return lastBounds.bounds
}

function makeBounds(maxBytes: number): JsonBounds {
  return { levels: MAX_LEVELS, values: Math.max(LEAST_MAX_VALUES, Math.floor(maxBytes / BYTES_PER_VALUE)) }
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
  const text = bytes.toString('utf8')
  if (bounds !== null && mayExceed(text, bounds)) rejectExceeded(findExceededBound(bytes, bounds), bounds)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which may hold personal data.
    throw new BadAnswer(`expected JSON; came ${bytes.byteLength} bytes that are not JSON`)
  }
}

function readResponse(value: unknown): ReadAnswer {
  if (!isObject(value)) throw new BadAnswer('expected a JSON object')
  if (!Object.hasOwn(value, 'data')) throw new BadAnswer('expected the member `data`')
  const { data } = value
  if (data !== null && !isObject(data)) throw new BadAnswer('expected `data` to be an object or null')
  const errors = readErrors(value.errors)
  if (value.extensions === undefined) return { kind: 'answered', data, errors }
  const notes = readNotes(value.extensions)
  const given = readGiven(value.extensions)
  return {
    kind: 'answered',
    data,
    errors,
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

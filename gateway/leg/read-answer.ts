import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import { isObject } from '../../contract/json-value.ts'
import { type LegNote, parseLegNotes } from '../../contract/leg-notes.ts'
import type { AnswerHeaders } from '../../service/http/exchange.ts'
import type { LegAnswer, SubgraphError } from '../types/flow.ts'
import {
  createBoundsScan,
  type ExceededBound,
  findExceededBound,
  type JsonBounds,
  mayExceed,
  type ScanBounds,
} from './bounded-json.ts'
import type { BodyReader } from './exchange.ts'
import { BadAnswer, RecordsUnavailable, RejectedByNode } from './leg-failures.ts'
import type { ReadingBudget } from './reading-budget.ts'

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

/** The statuses with which a server says that it, or what is behind it, cannot serve at the moment (RFC 9110, section 15.6). */
const UNAVAILABLE_STATUSES: ReadonlySet<number> = new Set([502, 503, 504])

/** How an answer is read. */
export interface Reading {
  /** The largest answer, in bytes after inflating. */
  readonly maxBytes: number
  readonly budget: ReadingBudget
  /** Waits for a turn of the request. */
  takeTurn(step: 'first' | 'next'): Promise<void>
  /** Called with the complete inflated body before it is parsed. It may throw. */
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

/** Collects the parts of a body. */
class Parts {
  size = 0
  readonly #parts: Uint8Array[] = []

  get first(): Uint8Array | undefined {
    return this.#parts[0]
  }

  add(part: Uint8Array): void {
    this.size += part.byteLength
    this.#parts.push(part)
  }

  join(): Buffer {
    const only = this.first
    if (only === undefined || this.#parts.length > 1) return Buffer.concat(this.#parts, this.size)
    return Buffer.from(only.buffer, only.byteOffset, only.byteLength)
  }
}

class ResponseReader implements AnswerReader {
  readonly #encoding: string | string[] | undefined
  readonly #reading: Reading
  readonly #bounds: JsonBounds
  readonly #parts = new Parts()
  /** The scan of the parts that came so far; null before it begins. */
  #scan: ScanBounds | null = null

  constructor({ 'content-encoding': encoding }: AnswerHeaders, reading: Reading) {
    this.#encoding = encoding === 'identity' ? undefined : encoding
    this.#reading = reading
    this.#bounds = boundsOf(reading.maxBytes)
  }

  /** It throws at the part that exceeds a bound: the rest of an answer that is rejected would only take time and memory. */
  take(part: Uint8Array): void {
    const { maxBytes, budget, takeBody } = this.#reading
    const { first } = this.#parts
    this.#parts.add(part)
    if (this.#parts.size > maxBytes) throw new BadAnswer(`expected at most ${maxBytes} bytes; came more`)
    budget.takeBytes(part.byteLength)
    // Most answers have one part, which is scanned when it is parsed. A coded body has the signs of JSON only after inflating.
    const isOne = first === undefined && part.byteLength <= LARGE_BYTES
    if (isOne || this.#encoding !== undefined || takeBody !== undefined) return
    if (this.#scan === null && first !== undefined) this.#scanPart(first)
    this.#scanPart(part)
  }

  #scanPart(part: Uint8Array): void {
    this.#scan ??= createBoundsScan(this.#bounds)
    const scan = this.#scan
    this.#reading.budget.spend(() => rejectExceeded(scan(part), this.#bounds))
  }

  breakOff(cause: Error): Error {
    return cause
  }

  finish(): ReadAnswer | Promise<ReadAnswer> {
    const bytes = this.#parts.join()
    if (this.#encoding !== undefined || bytes.byteLength > LARGE_BYTES) return this.#finishLater(bytes)
    return this.#read(bytes)
  }

  async #finishLater(collected: Buffer): Promise<ReadAnswer> {
    const encoding = this.#encoding
    const bytes = encoding === undefined ? collected : await inflateBody(collected, encoding, this.#reading)
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
    if (takeBody !== undefined && budget.spend(() => takeBody(bytes, this.#bounds.values))) return TAKEN
    return budget.spend(() => readResponse(parse(bytes, this.#scan === null ? this.#bounds : null)))
  }
}

/** How many bytes of a rejection's body the gateway reads. */
const MAX_REJECTION_BYTES = 16_384

/**
 * Reads the body of a rejection, and of it only the code of the first error: the rest may name a person.
 * @param toError makes the error of the leg, with the code; null if the body is too large, is not JSON, breaks off, or has no such code.
 * @param onBody called with the complete body. What it throws is the error of the leg.
 */
class RejectionReader implements AnswerReader {
  readonly #toError: (code: string | null) => Error
  readonly #onBody: (bytes: Uint8Array) => void
  readonly #parts = new Parts()

  constructor(toError: (code: string | null) => Error, onBody: (bytes: Uint8Array) => void) {
    this.#toError = toError
    this.#onBody = onBody
  }

  take(part: Uint8Array): void {
    this.#parts.add(part)
    // The status has said all that decides.
    if (this.#parts.size > MAX_REJECTION_BYTES) throw this.#toError(null)
  }

  breakOff(): Error {
    return this.#toError(null)
  }

  finish(): never {
    const body = this.#parts.join()
    this.#onBody(body)
    throw this.#toError(readCode(body))
  }
}

/** A node's code: capital letters and underscores. Another text may name a person. */
const NODE_CODE = /^[A-Z][A-Z_]{1,49}$/

function readCode(body: Buffer): string | null {
  try {
    const code: unknown = JSON.parse(body.toString('utf8'))?.errors?.[0]?.extensions?.code
    return typeof code === 'string' && NODE_CODE.test(code) ? code : null
  } catch {
    return null
  }
}

/** From how many seconds on the gateway tells a difference of clocks. `Date` has whole seconds, and an answer takes its time. */
const LEAST_SECONDS = 5

/**
 * Reads by how many seconds the clock of a node is ahead of the gateway's, from the node's `Date` header (RFC 9110, section 6.6.1). A node
 * rejects tokens that end in its past or begin in its future.
 * @param nowMs milliseconds since the epoch by the gateway's clock.
 * @returns negative if the node's clock is behind; null if the difference is less than five seconds, or if the header has no date.
 */
export function readClockDifference(date: string | string[] | undefined, nowMs: number): number | null {
  const timeMs = typeof date === 'string' ? Date.parse(date) : Number.NaN
  const seconds = Math.round((timeMs - nowMs) / 1_000)
  return Math.abs(seconds) >= LEAST_SECONDS ? seconds : null
}

function checkContentType(value: string | string[] | undefined): void {
  // Most answers have one of these texts, which need not be taken apart.
  if (value === 'application/json' || value === 'application/json; charset=utf-8') return
  const essence = typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : ''
  if (essence === 'application/json' || essence === 'application/graphql-response+json') return
  throw new BadAnswer('expected the content type application/json or application/graphql-response+json; came another')
}

function boundsOf(maxBytes: number): JsonBounds {
  return { levels: MAX_LEVELS, values: Math.max(LEAST_MAX_VALUES, Math.floor(maxBytes / BYTES_PER_VALUE)) }
}

/** @throws {BadAnswer} if a bound is exceeded. */
function rejectExceeded(exceeded: ExceededBound | null, bounds: JsonBounds): void {
  if (exceeded !== null) throw new BadAnswer(`expected at most ${bounds[exceeded]} ${exceeded} of JSON; came more`)
}

async function inflateBody(bytes: Buffer, encoding: string | string[], { maxBytes, budget }: Reading): Promise<Buffer> {
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

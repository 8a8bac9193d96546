import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'

/** The largest body that the server reads, in bytes, both as it comes and after inflating. */
export const MAX_BODY_BYTES = 256 * 1024

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>
const INFLATE: ReadonlyMap<string, Inflate> = new Map<string, Inflate>([
  ['gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, ZlibOptions, Buffer>(inflate)],
])

/**
 * Reads the JSON value in the body of a request.
 * @throws {IstmoError} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, or `BAD_REQUEST` if the body is cut off or not JSON.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  checkMediaType(request.headers['content-type'])
  const encoding = request.headers['content-encoding']
  const inflateBody = encoding === undefined ? null : chooseInflate(encoding)
  const bytes = await collect(request)
  return parseBody(inflateBody === null ? bytes : await inflateBody(bytes))
}

/**
 * Takes the JSON value of a body that came as a whole and is not coded.
 * @returns null if the body must be waited for, or inflated.
 * @throws {IstmoError} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, or `BAD_REQUEST` if the body is not JSON.
 */
export function takeJsonBody(request: IncomingMessage): { readonly value: unknown } | null {
  const { headers, complete, destroyed, readableLength } = request
  if (!complete || destroyed || readableLength === 0 || headers['content-encoding'] !== undefined) return null
  checkMediaType(headers['content-type'])
  if (readableLength > MAX_BODY_BYTES) throw new IstmoError('BODY_TOO_LARGE')
  return { value: parseBody(request.read() as Buffer) }
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(body))
  } catch {
    // The parser's message quotes the body, which may hold personal data.
    throw new IstmoError('BAD_REQUEST', detail('BODY_NOT_JSON'))
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true })

function checkMediaType(value: string | undefined): void {
  if (value === 'application/json') return
  const [essence = '', ...parameters] = (value ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (essence !== 'application/json' || !isUtf8) throw new IstmoError('UNSUPPORTED_MEDIA_TYPE')
}

function chooseInflate(encoding: string): (bytes: Buffer) => Promise<Buffer> {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity') return async (bytes) => bytes
  const inflateBytes = INFLATE.get(name)
  if (inflateBytes === undefined) throw new IstmoError('UNSUPPORTED_MEDIA_TYPE')
  return async (bytes) => {
    try {
      return await inflateBytes(bytes, { maxOutputLength: MAX_BODY_BYTES })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new IstmoError('BODY_TOO_LARGE')
      throw new IstmoError('BAD_REQUEST', detail('BODY_NOT_IN_CODING', { name }))
    }
  }
}

/** Collects the bytes of a body. If there are too many, it reads no more of them. */
function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const cutOff = (cause?: unknown): void => reject(new IstmoError('BAD_REQUEST', detail('BODY_CUT_OFF'), { cause }))
    const add = (chunk: Buffer): void => {
      size += chunk.byteLength
      chunks.push(chunk)
      if (size <= MAX_BODY_BYTES) return
      request.off('data', add).pause()
      reject(new IstmoError('BODY_TOO_LARGE'))
    }
    // A request that was destroyed before says nothing more.
    if (request.destroyed) return cutOff(request.errored)
    request.on('data', add)
    request.on('end', () => resolve(joinChunks(chunks, size)))
    request.on('error', cutOff)
    request.on('close', () => {
      if (!request.readableEnded) cutOff()
    })
  })
}

function joinChunks(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size)
}

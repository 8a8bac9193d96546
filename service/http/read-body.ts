import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'

/** The largest body that the server reads, in bytes, both as it comes and after inflating. */
export const MAX_BODY_BYTES = 256 * 1024

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>
const INFLATE: ReadonlyMap<string, Inflate> = new Map<string, Inflate>([
  ['gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, ZlibOptions, Buffer>(inflate)],
  ['br', promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)],
])

/**
 * Reads the JSON value in the body of a request.
 * @throws {IstmoError} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, or `BAD_REQUEST` if the body is cut off or not JSON.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  checkMediaType(request.headers['content-type'])
  const inflateBody = chooseInflate(request.headers['content-encoding'])
  const bytes = await inflateBody(await collect(request))
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's message quotes the body, which may hold personal data.
    throw new IstmoError('BAD_REQUEST', detail('BODY_NOT_JSON'))
  }
}

function checkMediaType(value: string | undefined): void {
  const [essence = '', ...parameters] = (value ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (essence !== 'application/json' || !isUtf8) throw new IstmoError('UNSUPPORTED_MEDIA_TYPE')
}

function chooseInflate(encoding: string | undefined): (bytes: Buffer) => Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase()
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

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).byteLength
      if (size > MAX_BODY_BYTES) throw new IstmoError('BODY_TOO_LARGE')
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    if (error instanceof IstmoError) throw error
    throw new IstmoError('BAD_REQUEST', detail('BODY_CUT_OFF'), { cause: error })
  }
  return Buffer.concat(chunks, size)
}

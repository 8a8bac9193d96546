import { Buffer } from 'buffer/'

/**
 * `Buffer` of the package `buffer`, with what it lacks of Node's: the encoding `base64url`, and UTF-8 that is read as all browsers read it. Modules that a browser runs get it in
 * the place of Node's (browser-modules.ts). In Node, this changes the package's `Buffer` only.
 */

type Encoding = Parameters<typeof Buffer.from>[1]

/** Keeps a byte order mark, as Node does. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The methods as the package has them. */
const { from } = Buffer
const { toString: write } = Buffer.prototype

/** The package's own functions take `base64url` as text; its types do not know it. */
const isUrl = (encoding: unknown): boolean => encoding === 'base64url'

Object.assign(Buffer, {
  from(value: unknown, encoding?: unknown, length?: unknown) {
    // The package reads both alphabets of Base 64.
    const known = isUrl(encoding) ? 'base64' : encoding
    return Reflect.apply(from, Buffer, [value, known, length])
  },
})
Object.assign(Buffer.prototype, {
  toString(this: Buffer, encoding?: Encoding, start?: number, end?: number): string {
    if (encoding === undefined || encoding === 'utf8') return decoder.decode(this.subarray(start, end))
    if (!isUrl(encoding)) return Reflect.apply(write, this, [encoding, start, end])
    const text: string = Reflect.apply(write, this, ['base64', start, end])
    return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  },
})

export { Buffer }

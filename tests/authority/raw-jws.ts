import { createHmac, KeyObject, sign } from 'node:crypto'
import type { Key } from './world.ts'

/** Signs any texts as a JWS, even a header that no library would sign. */
export function signRaw(header: object | string, claims: object | string, key: Key): string {
  const text = `${encode(header)}.${encode(claims)}`
  const privateKey = KeyObject.from(key.privateKey)
  const hash = key.alg === 'ES256' ? 'sha256' : null
  return `${text}.${sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** Makes a JWS with `alg` none and an empty signature. */
export function unsigned(claims: object, header: object = {}): string {
  return `${encode({ alg: 'none', typ: 'JWT', ...header })}.${encode(claims)}.`
}

/** Signs with HS256 under a public key as the secret: whoever takes the algorithm from the header accepts it. */
export function signWithPublicKey(claims: object, key: Key, header: object = {}): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.thumbprint, ...header })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', JSON.stringify(key.jwk)).update(text).digest('base64url')}`
}

/** Adds a member a second time to the text of an object. */
export function repeat(claims: object, name: string, value: unknown): string {
  return `${JSON.stringify(claims).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`
}

function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

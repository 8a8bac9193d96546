import { sha256Url, textToBase64Url, toBase64Url } from './base64url.ts'

/** The algorithm of session keys. Every browser's WebCrypto has it. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** The public part of a session key (RFC 7517). */
export interface PublicSessionKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/** A session's key. Its private part cannot leave the browser or process: it is not extractable. */
export interface SessionKey {
  readonly publicKey: PublicSessionKey
  /** RFC 7638. */
  readonly thumbprint: string
  /** Signs a JWT with ES256. `header` gets `alg`; `typ` is the caller's. */
  signJwt(header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>>): Promise<string>
}

/** Creates a new pair of keys. A browser can keep it in IndexedDB, where it still cannot be extracted. */
export async function createKeyPair() {
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
}

/** A pair of keys as WebCrypto has it. */
export type KeyPair = Awaited<ReturnType<typeof createKeyPair>>

/** Creates a session key: of the given pair, or of a new one. */
export async function createSessionKey(given?: KeyPair): Promise<SessionKey> {
  const pair = given ?? (await createKeyPair())
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const publicKey: PublicSessionKey = { kty: 'EC', crv: 'P-256', x, y }
  return {
    publicKey,
    thumbprint: await sha256Url(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })),
    async signJwt(header, claims) {
      const text = [{ alg: 'ES256', ...header }, claims].map((part) => textToBase64Url(JSON.stringify(part))).join('.')
      const signing = { name: 'ECDSA', hash: 'SHA-256' }
      const signature = await crypto.subtle.sign(signing, pair.privateKey, new TextEncoder().encode(text))
      return `${text}.${toBase64Url(new Uint8Array(signature))}`
    },
  }
}

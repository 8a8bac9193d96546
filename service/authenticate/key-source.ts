import { readFile } from 'node:fs/promises'
import {
  type CryptoKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose'
import { z } from 'zod'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { describeFileError } from '../describe-error.ts'
import { readBounded } from '../http/read-bounded.ts'
import { createTrustedFetch } from '../http/trusted-fetch.ts'

/** After how long the gateway fetches a key set again, in milliseconds. This is also how late it notices a withdrawn key. */
const REFRESH_MS = 300_000

/**
 * How long after the last fetch a key set may be used while its address does not answer, in milliseconds. Tokens live at most an hour,
 * so all tokens of a provider that does not answer for longer have expired.
 */
const STALE_MS = 3_600_000

/** How long the gateway does not try an address again after a failure, in milliseconds. */
const FAILURE_COOLDOWN_MS = 5_000

/** The shortest time between two fetches that unknown key ids cause, in milliseconds. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000

const FETCH_TIMEOUT_MS = 3_000

/** The largest key set that the gateway reads from a URL, in bytes: about a hundred RSA keys with their certificates. */
const MAX_KEY_SET_BYTES = 262_144

/**
 * Finds the key that a token's header names.
 * Rejects with {IstmoError} `TOKEN_INVALID` if the set has no such key, and `KEYS_UNAVAILABLE` if the set is not available.
 */
export type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>

/** What a key source takes from outside, so that tests can replace it. */
export interface KeySourceWorld {
  readonly fetch?: FetchImplementation
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Creates a finder over the key set at `location`: an http(s) URL, which it fetches when first needed and without following redirects,
 * or a file, which it reads now.
 * @throws {Error} if the file is not a key set, or holds a private or symmetric key. The message names the file.
 */
export async function createKeySource(location: string, world: KeySourceWorld): Promise<FindKey> {
  const find = /^https?:/i.test(location) ? remoteKeys(new URL(location), world) : await fileKeys(location)
  return async (header, token) => {
    const key = await find(header, token)
    if (!isStrong(key)) throw new IstmoError('TOKEN_INVALID', detail('TOKEN_KEY_WEAK'))
    return key
  }
}

/** The least public exponent of an RSA key (NIST SP 800-56B, section 6.2): with 1, anybody can make a signature. jose checks the modulus. */
const LEAST_EXPONENT = 65_537n

function isStrong({ algorithm }: CryptoKey): boolean {
  const { publicExponent } = algorithm as { readonly publicExponent?: Uint8Array }
  return publicExponent === undefined || BigInt(`0x${Buffer.from(publicExponent).toString('hex')}`) >= LEAST_EXPONENT
}

const publicKeySet = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.enum(['RSA', 'EC', 'OKP']),
        d: z.undefined('expected a public key; came a private one: publish only the public part').optional(),
      }),
    )
    .min(1),
})

const keySetShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

async function fileKeys(file: string): Promise<FindKey> {
  const parsed = publicKeySet.safeParse(await readJson(file))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${file}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const find = createLocalJWKSet(parsed.data as unknown as JSONWebKeySet)
  return async (header, token) => {
    try {
      return await find(header, token)
    } catch {
      throw noSuchKey()
    }
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'the file is not JSON' : describeFileError(cause)
    throw new Error(
      `${file}: expected a JWK set, the public keys of the issuer; ${reason}. Correct --jwks (JWKS_URL).`,
      { cause },
    )
  }
}

function remoteKeys(url: URL, world: KeySourceWorld): FindKey {
  let failedAt = Number.NEGATIVE_INFINITY
  let fetchedAt = Number.NEGATIVE_INFINITY
  const fetchKeys: FetchImplementation = async (address, options) => {
    const response = await (world.fetch ?? createTrustedFetch())(address, options)
    if (response.status !== 200) return response
    const text = await readBounded(response, MAX_KEY_SET_BYTES, 'a key set')
    // A page that answers 200 without a key set must not make an old key set count as new.
    if (keySetShape.safeParse(JSON.parse(text)).success) fetchedAt = world.now()
    return new Response(text)
  }
  const find = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: UNKNOWN_KEY_COOLDOWN_MS,
    cacheMaxAge: REFRESH_MS,
    [customFetch]: fetchKeys,
  })

  return async (header, token) => {
    if (world.now() - failedAt < FAILURE_COOLDOWN_MS) return findStale(header, token)
    try {
      return await find(header, token)
    } catch (error) {
      if (isNoMatch(error)) throw noSuchKey(error)
      failedAt = world.now()
      return findStale(header, token)
    }
  }

  async function findStale(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const stale = find.jwks()
    if (stale === undefined || world.now() - fetchedAt > STALE_MS) throw new IstmoError('KEYS_UNAVAILABLE')
    try {
      return await createLocalJWKSet(stale)(header, token)
    } catch (error) {
      // The key may be a new one that only the address knows, which does not answer. Then the token is not at fault.
      throw new IstmoError('KEYS_UNAVAILABLE', undefined, { cause: error })
    }
  }
}

function isNoMatch(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}

function noSuchKey(cause?: unknown): IstmoError {
  return new IstmoError('TOKEN_INVALID', detail('TOKEN_KEY'), { cause })
}

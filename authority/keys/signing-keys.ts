import { readFile, stat } from 'node:fs/promises'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ConfigError } from '../../service/config-error.ts'
import { describeError, describeFileError } from '../../service/describe-error.ts'
import { replaceFile } from '../../service/replace-file.ts'
import type { FindSuspension } from '../doors.ts'

/** The keys that sign an authority's tokens, and their rotation while the authority runs (docs/design/trust.md, Who signs what). */

/** How long a new key is published before it signs, in seconds. */
export const PUBLISHED_BEFORE_USE_S = 900

/** How long a replaced key stays in the key set, in seconds: the longest token of it, and the difference of clocks. */
const KEPT_AFTER_USE_S = 600 + 30

/** The signature algorithm of the authority's tokens. */
export const SIGNING_ALGORITHM = 'EdDSA'

const keySchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
  /** When the key was added, in seconds since 1970. */
  added: z.int().min(0),
})
const fileSchema = z.strictObject({ keys: z.array(keySchema).min(1).max(64) })

/** A key that signs tokens. */
export interface SigningKey {
  /** Its RFC 7638 thumbprint. */
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
  /** From when on it signs, and until when it is in the key set, in seconds since 1970. */
  readonly usedFromS: number
  readonly keptUntilS: number
}

/**
 * Reads the file of signing keys.
 * @returns the keys, oldest first. The first one signs at once; each later one begins 15 minutes after it was added, and the one before it
 * stays until the last token that it signed has ended.
 * @throws {ConfigError} if the file cannot be used. The message quotes nothing of it.
 */
export async function readSigningKeys(file: string): Promise<readonly SigningKey[]> {
  const { keys } = await readFileOf(file)
  const begins = keys.map(({ added }, at) => (at === 0 ? 0 : added + PUBLISHED_BEFORE_USE_S))
  return Promise.all(
    keys.map(async ({ added: _, ...jwk }, at): Promise<SigningKey> => {
      const { d: _secret, ...shown } = jwk
      const [privateKey, publicKey] = await Promise.all([
        importJWK(jwk, SIGNING_ALGORITHM),
        importJWK(shown, SIGNING_ALGORITHM),
      ]).catch((cause: unknown) => {
        throw wrongFile(file, 'the halves of each key to fit', cause)
      })
      const kid = await calculateJwkThumbprint(shown)
      const next = begins[at + 1]
      return {
        kid,
        privateKey: privateKey as CryptoKey,
        publicKey: publicKey as CryptoKey,
        publicJwk: { ...shown, kid, alg: SIGNING_ALGORITHM, use: 'sig' },
        usedFromS: begins[at] ?? 0,
        keptUntilS: next === undefined ? Number.POSITIVE_INFINITY : next + KEPT_AFTER_USE_S,
      }
    }),
  )
}

/**
 * Adds a new key to the file, or makes the file with its first key. Replaces the file atomically; only its owner can read it.
 * @param nowS seconds since 1970.
 * @returns the thumbprint of the new key.
 * @throws {ConfigError} if the file exists and cannot be used.
 */
export async function addSigningKey(file: string, nowS: number): Promise<string> {
  const before = await readFileOf(file).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
    if (code === 'ENOENT') return { keys: [] }
    throw error
  })
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true })
  const { x = '', d = '' } = await exportJWK(privateKey)
  const shown = { kty: 'OKP', crv: 'Ed25519', x } as const
  const content: z.infer<typeof fileSchema> = { keys: [...before.keys, { ...shown, d, added: Math.floor(nowS) }] }
  await replaceFile(file, `${JSON.stringify(content, undefined, 2)}\n`)
  return calculateJwkThumbprint(shown)
}

async function readFileOf(file: string): Promise<z.infer<typeof fileSchema>> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    // Not the error of the parser: it may quote a key.
    const came = cause instanceof SyntaxError ? 'came something else' : describeFileError(cause)
    throw wrongFile(file, `JSON; ${came}`, cause)
  }
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  // Not the error of the schema: it may quote a key.
  throw wrongFile(file, 'Ed25519 keys in the form that `istmo authority --new-signing-key` writes; came another form')
}

function wrongFile(file: string, expected: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `${file}: expected ${expected}. Correct signingKeys, or make the file with \`istmo authority --new-signing-key\`.`,
    { cause },
  )
}

/** How often the file of signing keys is looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000

/** The signing keys of a running authority. Each method looks at the clock and at suspensions, so a change counts at once. */
export interface KeyRing {
  /**
   * Returns the key that signs now: the newest whose time has come. If it is suspended, an older one signs, or else one that is published and
   * waits. Null if each one is suspended.
   */
  readonly signer: () => SigningKey | null
  /** Finds a key of the key set by its thumbprint; null for a key that was dropped or suspended. */
  readonly find: (kid: string) => SigningKey | null
  /** Returns the public keys that others may trust now (RFC 7517). */
  readonly published: () => readonly JWK[]
  /** Reads the file now. Keeps the keys that it has if the file cannot be used. */
  readonly reload: () => Promise<void>
  readonly close: () => void
}

/** What {@link openKeyRing} works with. */
export interface KeyRingOptions {
  readonly file: string
  readonly findSuspension: FindSuspension
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Opens the signing keys, and follows their file. A key that appears while the authority runs signs no earlier than 15 minutes after its
 * appearance, whatever the file says: until then nobody can have fetched it.
 * @throws {ConfigError} if the file cannot be used.
 */
export async function openKeyRing({ file, findSuspension, log, now }: KeyRingOptions): Promise<KeyRing> {
  let keys = await readSigningKeys(file)
  let seen = await readMark(file)
  const nowS = (): number => now() / 1_000

  const isTrusted = ({ kid, keptUntilS }: SigningKey): boolean =>
    keptUntilS > nowS() && findSuspension({ keys: [kid] }) === null

  const reload = async (): Promise<void> => {
    const mark = await readMark(file)
    try {
      const read = await readSigningKeys(file)
      keys = delayNew(read, new Map(keys.map((key) => [key.kid, key])), nowS())
      seen = mark
      log.info({ keys: keys.map(({ kid }) => kid) }, 'read the signing keys')
    } catch (error) {
      if (mark !== seen) log.error({ reason: describeError(error) }, 'kept the signing keys: the file cannot be used')
      seen = mark
    }
  }
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    if ((await readMark(file)) !== seen) await reload()
    isLooking = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref()
  return {
    signer: () => keys.findLast((key) => key.usedFromS <= nowS() && isTrusted(key)) ?? keys.find(isTrusted) ?? null,
    find: (kid) => keys.find((key) => key.kid === kid && isTrusted(key)) ?? null,
    published: () => keys.filter(isTrusted).map(({ publicJwk }) => publicJwk),
    reload,
    close: () => clearInterval(timer),
  }
}

/** Lets new keys begin 15 minutes from now at the earliest. The key before a delayed one stays as much longer. */
function delayNew(
  read: readonly SigningKey[],
  known: ReadonlyMap<string, SigningKey>,
  nowS: number,
): readonly SigningKey[] {
  const begins = read.map((key) => {
    return known.get(key.kid)?.usedFromS ?? Math.max(key.usedFromS, nowS + PUBLISHED_BEFORE_USE_S)
  })
  return read.map((key, at) => {
    const next = read[at + 1]
    const delayS = next === undefined ? 0 : (begins[at + 1] ?? 0) - next.usedFromS
    return { ...key, usedFromS: begins[at] ?? 0, keptUntilS: key.keptUntilS + delayS }
  })
}

/** What changes when somebody writes the file. */
async function readMark(file: string): Promise<string> {
  return stat(file).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => 'none',
  )
}

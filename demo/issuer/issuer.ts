/**
 * The development issuer: an identity provider of one country, as a value. The first use makes its key and stores it in the
 * demo's home folder. Never use it for real records: whoever can read that folder can sign a token for any caller.
 */
import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'
import { UsageError } from '../../service/usage-error.ts'

/** The algorithm of the development issuers' signatures, by its JOSE name. */
export const ISSUER_ALGORITHM = 'EdDSA'

/** The audience of the demo's access tokens: the gateway. */
export const DEMO_AUDIENCE = 'https://istmo.example'

/** Who a development issuer is: the `iss` of its tokens and the one country that it speaks for. */
export interface IssuerName {
  readonly country: string
  /** A name, not an address: it is the same in every demo, whatever its ports. The country's login provider serves its keys. */
  readonly iss: string
  /** The name of the country's mandate authority, also not an address: the `aud` of what its login provider signs. */
  readonly authority: string
}

/** The development issuers, one for each country that has one. */
export const DEVELOPMENT_ISSUERS = [
  { country: 'GT', iss: 'https://id.gt.example', authority: 'https://authority.gt.example' },
  { country: 'HN', iss: 'https://id.hn.example', authority: 'https://authority.hn.example' },
] as const satisfies readonly [IssuerName, ...IssuerName[]]

const privateJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal(ISSUER_ALGORITHM),
  use: z.literal('sig'),
  kid: z.string().min(1),
  x: z.string().min(1),
  d: z.string().min(1),
})

/** An Ed25519 private key as a JWK (RFC 8037). */
export type PrivateJwk = z.infer<typeof privateJwk>

/** An Ed25519 public key as a JWK. */
export type PublicJwk = Omit<PrivateJwk, 'd'>

/** A development issuer with its signing key. */
export interface Issuer extends IssuerName {
  readonly key: PrivateJwk
}

/**
 * Finds the development issuer of `country`. Only this issuer may sign tokens for the country.
 * @throws {UsageError} when the country has no development issuer.
 */
export function issuerNameFor(country: string): IssuerName {
  const name = DEVELOPMENT_ISSUERS.find((issuer) => issuer.country === country)
  if (name !== undefined) return name
  const countries = DEVELOPMENT_ISSUERS.map((issuer) => issuer.country).join(' or ')
  throw new UsageError(`--country: expected ${countries}, which have a development issuer; came ${country}`)
}

/**
 * Adds to an issuer its key from `folder`. Makes the folder (mode 0700) and the key file (mode 0600) if they do not exist.
 * @throws {UsageError} when the file holds anything but an Ed25519 private key.
 */
export async function loadIssuer(name: IssuerName, folder: string): Promise<Issuer> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return { ...name, key: await loadKey(join(folder, `${name.country}.jwk.json`)) }
}

/**
 * Reads an Ed25519 private key from `path`, and makes it if there is no file. Several processes may do so at once: all of them
 * get the same key.
 * @throws {UsageError} when the file holds anything else.
 */
export async function loadKey(path: string): Promise<PrivateJwk> {
  const kept = await readKey(path)
  if (kept !== undefined) return kept
  await makeKey(path)
  const made = await readKey(path)
  if (made === undefined)
    throw new UsageError(`${path}: expected a key just made; came nothing. Is the folder writable?`)
  return made
}

/** Returns the public half of a key, in the form of a JWKS entry. */
export function publicJwk(key: PrivateJwk): PublicJwk {
  const { d: _secret, ...shown } = key
  return shown
}

async function readKey(path: string): Promise<PrivateJwk | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const parsed = privateJwk.safeParse(parseJson(text))
  if (!parsed.success) {
    throw new UsageError(
      `${path}: expected an Ed25519 private key as a JWK; came something else. Remove it to get a new key`,
    )
  }
  return parsed.data
}

async function makeKey(path: string): Promise<void> {
  const { privateKey } = await generateKeyPair(ISSUER_ALGORITHM, { crv: 'Ed25519', extractable: true })
  const { kty, crv, x, d } = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint({ kty, crv, x } as { kty: string; crv: string; x: string })
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify({ kty, crv, alg: ISSUER_ALGORITHM, use: 'sig', kid, x, d })}\n`, {
    mode: 0o600,
  })
  await chmod(draft, 0o600)
  // A link fails if the name is taken. So the first of several processes wins, and no process reads half a file.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft, { force: true })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

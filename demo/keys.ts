import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'
import { makeKeyFile, readKeyFile } from '../cli/mandates/key-file.ts'
import { parseJson } from '../contract/json-value.ts'
import { UsageError } from '../service/usage-error.ts'
import type { AuthorityHome } from './authority/authorities.ts'
import type { Home } from './home.ts'
import type { SignerName } from './provider/officers.ts'

/**
 * Keys that the demo makes for itself, in files that only their owner can read. Never use them for real records: whoever can read the demo's home
 * folder can sign in the name of everybody in it.
 */

/** The algorithm of the demo's signatures, by its JOSE name. */
export const KEY_ALGORITHM = 'EdDSA'

const privateJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal(KEY_ALGORITHM),
  use: z.literal('sig'),
  kid: z.string().min(1),
  x: z.string().min(1),
  d: z.string().min(1),
})

/** An Ed25519 private key as a JWK (RFC 8037). */
export type PrivateJwk = z.infer<typeof privateJwk>

/** An Ed25519 public key as a JWK. */
export type PublicJwk = Omit<PrivateJwk, 'd'>

/**
 * Reads an Ed25519 private key from `path`, and makes it if there is no file, with its folder (mode 0700). Several processes may do so at once: all of
 * them get the same key.
 * @throws {UsageError} when the file holds anything else.
 */
export async function loadKey(path: string): Promise<PrivateJwk> {
  const kept = await readKey(path)
  if (kept !== undefined) return kept
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
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
  const { privateKey } = await generateKeyPair(KEY_ALGORITHM, { crv: 'Ed25519', extractable: true })
  const { kty, crv, x, d } = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint({ kty, crv, x } as { kty: string; crv: string; x: string })
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify({ kty, crv, alg: KEY_ALGORITHM, use: 'sig', kid, x, d })}\n`, {
    mode: 0o600,
  })
  await chmod(draft, 0o600)
  // A link fails if the name is taken. So the first of several processes wins, and no process reads half a file.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft, { force: true })
}

/** Reads the key with which the login provider of `country` signs, and makes it if there is none. */
export function loadProviderKey({ providers }: Pick<Home, 'providers'>, country: string): Promise<PrivateJwk> {
  return loadKey(join(providers, `${country}.jwk.json`))
}

/**
 * Makes the gateway's key for leg tokens, if there is none, and the JWKS of its public half. The key stays, because nodes of others pin it. With the JWKS file, a node can
 * verify leg tokens whether or not the gateway runs.
 * @param keyFile path of the private JWK (mode 0600). @param jwksFile path of the JWKS.
 */
export async function writeLegKey(keyFile: string, jwksFile: string): Promise<void> {
  const key = await loadKey(keyFile)
  await writeFile(jwksFile, `${JSON.stringify({ keys: [publicJwk(key)] })}\n`)
}

/** The keys with which the demo's two persons of each country sign mandates, in the files of `istmo mandates`. */

/**
 * Returns the file of a person's key. An authority knows a person by the name of the login provider, which is its address in the demo. So with other
 * ports these are other persons, and each person has a key of their own.
 */
export function personKey({ persons }: AuthorityHome, signer: SignerName, basePort: number): string {
  return join(persons, `${signer}-${basePort}.json`)
}

/** Makes the keys of both persons that do not exist yet. */
export async function makePersonKeys(place: AuthorityHome, basePort: number): Promise<void> {
  await mkdir(place.persons, { recursive: true, mode: 0o700 })
  for (const signer of ['drafter', 'approver'] as const) {
    const file = personKey(place, signer, basePort)
    if ((await readKeyFile(file)) === undefined) await makeKeyFile(file, 'Ed25519', undefined)
  }
}

/** Returns the thumbprints of all approvers that this home has had. Mandates of each of them may be in force. */
export async function approverThumbprints({ persons }: AuthorityHome): Promise<readonly string[]> {
  const files = (await readdir(persons)).filter((name) => /^approver-\d+\.json$/.test(name)).sort()
  const keys = await Promise.all(files.map((name) => readKeyFile(join(persons, name))))
  return keys.flatMap((key) => key?.kid ?? [])
}

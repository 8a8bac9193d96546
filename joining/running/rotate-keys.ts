import { generateKeyPairSync } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse as parseYaml, stringify } from 'yaml'
import { z } from 'zod'
import { exists } from '../../audit/if-there.ts'
import { type KeyRotation, parseRotation } from '../../audit/note/rotation.ts'
import { readKeyFile, rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { parseJson } from '../../contract/json-value.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readNodeKey } from '../../subgraphs/kit/question/pages.ts'
import { askJson } from './ask.ts'

/** Replaces the keys of a node while it runs: each file is replaced in one step, and the node reads it again by itself. */

/** Returns the file of the key that will replace a node’s key. */
export function nextKeyFile(file: string): string {
  return `${file}.next`
}

/** Makes a private Ed25519 key as a JWK (RFC 8037). */
export function makeEd25519() {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { kty, crv, x, d }
}

/**
 * Makes the key that will replace a node’s key, beside it, unless there is one. The node does not use it yet.
 * @returns the thumbprint, for `partners` in the files of other countries.
 */
export async function prepareNodeKey(file: string): Promise<{ readonly thumbprint: string; readonly isNew: boolean }> {
  await readNodeKey(file)
  const next = nextKeyFile(file)
  const isNew = !(await exists(next))
  if (isNew) {
    await writeFile(next, `${JSON.stringify(makeEd25519())}\n`, { mode: 0o600, flag: 'wx' })
  }
  return { thumbprint: thumbprintOf((await readNodeKey(next)).publicKey), isNew }
}

/**
 * Puts the prepared key in the place of a node’s key. The old key is gone afterwards.
 * @returns the thumbprint of the key in force now.
 * @throws {UsageError} if no key was prepared.
 */
export async function switchNodeKey(file: string): Promise<string> {
  const next = nextKeyFile(file)
  if (!(await exists(next)))
    throw new UsageError(
      `--switch: expected a prepared key, ${next}; there is none. Run the command without --switch first`,
    )
  const { publicKey } = await readNodeKey(next)
  await replaceFile(file, await readFile(next))
  await rm(next)
  return thumbprintOf(publicKey)
}

/** Begins a new epoch of the keys of refs. @returns its number. */
export async function rotateRefKeys(file: string, now: number): Promise<number> {
  // A file that is missing must not become a new one: what it could find would be lost.
  await readKeyFile(file)
  const { epochs } = await rotateKeyFile(file, now)
  return epochs.at(-1)?.epoch ?? 0
}

const KEY_SET = z.looseObject({
  keys: z.array(
    z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string().optional() }),
  ),
})

type KeySet = z.infer<typeof KEY_SET>

/**
 * Adds the keys of another key set to a node’s copy of the gateway’s public keys.
 * @returns the ids of the keys that it has now.
 * @throws {UsageError} if one of both is not a key set of Ed25519 keys, or the new one holds a private key.
 */
export async function addGatewayKeys(file: string, added: string): Promise<readonly string[]> {
  const [set, more] = [await readKeySet(file), await readKeySet(added)]
  const known = new Set(set.keys.map(({ x }) => x))
  const keys = [...set.keys, ...more.keys.filter(({ x }) => !known.has(x))]
  await writeKeySet(file, { ...set, keys })
  return keys.map(idOf)
}

/**
 * Removes one key from a node’s copy of the gateway’s public keys.
 * @returns the ids of the keys that are left.
 * @throws {UsageError} if the set does not have the key, or has no other.
 */
export async function dropGatewayKey(file: string, kid: string): Promise<readonly string[]> {
  const set = await readKeySet(file)
  const keys = set.keys.filter((key) => idOf(key) !== kid)
  const ids = set.keys.map(idOf).join(', ')
  if (keys.length === set.keys.length) throw new UsageError(`--drop: expected one of ${ids}; came ${kid}`)
  if (keys.length === 0)
    throw new UsageError(`--drop: expected a key beside others; ${kid} is the only one. Add the new one first`)
  await writeKeySet(file, { ...set, keys })
  return keys.map(idOf)
}

function idOf({ kid, x }: KeySet['keys'][number]): string {
  return kid ?? x
}

async function readKeySet(file: string): Promise<KeySet> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file}: expected a file that can be read; ${describeFileError(error)}`)
  })
  const read = KEY_SET.safeParse(parseJson(text))
  if (!read.success) throw new UsageError(`${file}: expected a JSON Web Key Set of Ed25519 keys, such as leg.jwks.json`)
  if (read.data.keys.some((key) => 'd' in key))
    throw new UsageError(
      `${file}: expected public keys only; came a private one. Do not send it to anybody, and make a new key`,
    )
  return read.data
}

async function writeKeySet(file: string, set: KeySet): Promise<void> {
  await replaceFile(file, `${JSON.stringify(set)}\n`, 0o644)
}

/**
 * Says whether the country's file leads to a key of its audit log, by `receipts.vkey` or by a proof in `receipts.rotations`. A gateway with this file drops
 * each answer whose receipt is signed by another key only (RECEIPT_INVALID).
 * @returns null if there is no file that can be read, or it says nothing of receipts.
 */
export async function leadsToLogKey(rules: string | undefined, vkey: string): Promise<boolean | null> {
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  if (file?.receipts === undefined) return null
  const { receipts } = file
  return [receipts.vkey, ...receipts.rotations.map((proof) => parseRotation(proof).newKey.vkey)].includes(vkey)
}

const RECEIPTS = z.looseObject({ rotations: z.array(z.string()).default([]) })

/**
 * Writes what is done so that a country's file leads to the new key of a log. A file that cannot be read has none yet.
 * @returns where the proof goes, a path beside the file; and the member `receipts` of the file with this proof, as YAML.
 */
export async function nameRotation(rules: string, country: string, { oldKey }: KeyRotation) {
  const text = await readFile(rules, 'utf8').catch(() => '')
  const { receipts } = Object(parseYaml(text)) as { readonly receipts?: unknown }
  const known = RECEIPTS.safeParse(receipts ?? { vkey: oldKey.vkey })
  const { rotations, ...rest } = known.success ? known.data : { rotations: [], vkey: oldKey.vkey }
  const name = `${country}.rotation-${rotations.length}`
  const lines = stringify({ receipts: { ...rest, rotations: [...rotations, name] } }, { lineWidth: 0 })
  return { copy: join(dirname(rules), name), lines }
}

const PARTICIPANTS = z.object({
  participants: z.array(z.object({ country: z.string(), logKeys: z.array(z.string()).optional() })),
})

/**
 * Asks a gateway which keys of a country's audit log it takes, as its `/status` shows everybody.
 * @param keySet the address of the gateway's key set.
 * @returns null if it does not say: the country does not take part there, it wants no receipts, or it is of an earlier version.
 * @throws {Error} if it does not answer.
 */
export async function askForLogKeys(keySet: string, country: string): Promise<readonly string[] | null> {
  const { participants } = PARTICIPANTS.parse((await askJson(new URL('/status', keySet))).body)
  return participants.find((each) => each.country === country)?.logKeys ?? null
}

/** The keys of a country's node. None is ever replaced. */
import { mkdir, readFile } from 'node:fs/promises'
import { generateSignerKey, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { parseJson } from '../../contract/json-value.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { makeEd25519 } from '../running/rotate-keys.ts'
import type { CountryFolder } from './folder.ts'

/** Where the keys are, relative to the folder. */
export const KEY_FILES = {
  auditLog: 'keys/audit-log.key',
  refs: 'keys/audit-log-refs.json',
  node: 'keys/node.jwk.json',
  witness: 'keys/witness.key',
  suspender: (country: string) => `keys/suspenders/${country}.jwk.json`,
} as const

/** The public parts of the keys. */
export interface PublicKeys {
  /** The verifier key of the audit log (C2SP signed note). */
  readonly vkey: string
  /** The thumbprint of the node's key (RFC 7638), for the `partners` of other countries. */
  readonly nodeKey: string
  /** The verifier key of the country's witness, for the trust policies of other countries' authorities. */
  readonly witness: string
  /** The member `x` of the public key of whoever may suspend (RFC 8037); empty if the key was taken away. */
  readonly suspender: string
}

/**
 * Makes the keys that are missing: of the audit log and of its refs, of the node, of the witness, and of the country's security officer.
 * @param now milliseconds since the epoch.
 * @throws {Error} if a key that is there cannot be read.
 */
export async function makeKeys(
  folder: CountryFolder,
  { country, logName }: { readonly country: string; readonly logName: string },
  now: number,
): Promise<PublicKeys> {
  await folder.write(KEY_FILES.auditLog, `${generateSignerKey(logName, SIGNATURE_TYPES.ed25519)}\n`, { isSecret: true })
  const hasRefs = await folder.has(KEY_FILES.refs)
  await mkdir(folder.at('keys'), { recursive: true, mode: 0o700 })
  if (!hasRefs) await rotateKeyFile(folder.at(KEY_FILES.refs), now)
  folder.note(KEY_FILES.refs, hasRefs ? 'KEPT' : 'MADE')
  await folder.write(KEY_FILES.node, `${JSON.stringify(makeEd25519())}\n`, { isSecret: true })
  const witness = generateSignerKey(`${logName}/witness`, SIGNATURE_TYPES.cosignature)
  await folder.write(KEY_FILES.witness, `${witness}\n`, { isSecret: true })
  const suspender = KEY_FILES.suspender(country)
  // It moves to the security officer, and its public part stays in the country's file.
  if ((await folder.has(suspender)) || !(await folder.has(`rules/${country}.yaml`)))
    await folder.write(suspender, `${JSON.stringify({ ...makeEd25519(), name: country })}\n`, { isSecret: true })
  return readPublicKeys(folder, country)
}

async function readPublicKeys(folder: CountryFolder, country: string): Promise<PublicKeys> {
  const { verifier } = parseSignerFile(await readFile(folder.at(KEY_FILES.auditLog), 'utf8'))
  const suspender = await readJwk(folder, KEY_FILES.suspender(country)).catch(() => null)
  const nodeKey = thumbprintOf(await readJwk(folder, KEY_FILES.node))
  const witness = parseSignerFile(await readFile(folder.at(KEY_FILES.witness), 'utf8')).verifier.vkey
  return { vkey: verifier.vkey, nodeKey, witness, suspender: suspender?.x ?? '' }
}

async function readJwk(
  folder: CountryFolder,
  path: string,
): Promise<{ readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }> {
  const { kty, crv, x } = Object(parseJson(await readFile(folder.at(path), 'utf8'))) as Record<string, unknown>
  if (kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string') return { kty, crv, x }
  throw new Error(
    `${folder.at(path)}: expected a private Ed25519 key as a JWK; came something else. Restore it from a backup`,
  )
}

import { createPrivateKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import {
  SUSPENSION_TYPE,
  type SuspendedWhat,
  type Suspender,
  suspenderSchema,
  suspenderThumbprint,
} from '../contract/trust/suspension.ts'
import { describeFileError } from '../service/describe-error.ts'
import { describeOpenSecret, isSecretOpen } from '../service/private-files.ts'
import { UsageError } from '../service/usage-error.ts'

/** Somebody's key for suspensions, as `istmo keys NAME --suspender FOLDER` makes it. */
export interface SuspenderKey extends Suspender {
  readonly privateKey: KeyObject
}

/**
 * Reads the file of a suspender's key: a private JWK with the member `name`; or the signing keys of an authority. The newest of them signs.
 * @param signer the name of an authority, which its signing keys do not have.
 * @throws {UsageError} if it is another file, or if others on this machine can read it.
 */
export async function readSuspenderKey(file: string, signer?: string): Promise<SuspenderKey> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--key-file: expected a readable file; ${file}: ${describeFileError(error)}`)
  })
  if (isSecretOpen(await stat(file))) {
    const { danger, remedy } = describeOpenSecret('--key-file', file)
    throw new UsageError(`${danger}. ${remedy}`)
  }
  try {
    const read = JSON.parse(text) as NamedKey & { readonly keys?: readonly NamedKey[] }
    const { name, d, kty, crv, x, y } = read.keys === undefined ? read : { ...read.keys.at(-1), name: signer }
    const key = { kty, crv, x, ...(y !== undefined && { y }) }
    const suspender = suspenderSchema.parse({ name, key })
    return { ...suspender, privateKey: createPrivateKey({ key: { ...key, d } as JsonWebKey, format: 'jwk' }) }
  } catch {
    throw new UsageError(
      `--key-file: expected a key of «istmo keys NAME --suspender FOLDER»; came another file. For the signing keys of an authority, give its issuer as --signer`,
    )
  }
}

type NamedKey = JsonWebKey & { readonly name?: unknown }

/** Signs a statement: a JWT in its compact form. */
export function signSuspension(
  { name: iss, key, privateKey }: SuspenderKey,
  claims: {
    readonly seq: number
    readonly iat: number
    readonly action: 'suspend' | 'resume'
    readonly what: SuspendedWhat
    readonly reason: string
  },
): string {
  const isEdwards = key.kty === 'OKP'
  const header = { alg: isEdwards ? 'EdDSA' : 'ES256', typ: SUSPENSION_TYPE, kid: suspenderThumbprint({ key }) }
  const signed = [header, { iss, ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  // RFC 7518, section 3.4: ECDSA signatures are R and S after each other.
  const signature = isEdwards
    ? sign(null, Buffer.from(signed), privateKey)
    : sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

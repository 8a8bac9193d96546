import { type CryptoKey, exportJWK } from 'jose'
import { z } from 'zod'
import { type Suspender, suspenderSchema, suspenderThumbprint } from '../../contract/trust/suspension.ts'
import type { SuspensionSigner } from './suspensions.ts'

/**
 * The list of those who may suspend, in a country's file and in the file of `--suspenders`. One name may have several keys, so that a key can be
 * replaced; one key has one name, so that a statement has one signer.
 */
export const suspendersSchema = z.array(suspenderSchema).superRefine((suspenders: readonly Suspender[], context) => {
  const kids = suspenders.map(suspenderThumbprint)
  for (const [at, kid] of kids.entries()) {
    if (kids.indexOf(kid) === at) continue
    const message =
      'expected each key once; came the same key twice. Make a key for each: istmo keys NAME --suspender FOLDER'
    context.addIssue({ code: 'custom', path: [at, 'key'], message })
  }
})

/**
 * Makes the signer of an authority, which signs what it suspends with a key of its tokens, and owns it. Returns none if there is no such key, or
 * if it is of another kind than suspensions take.
 */
export async function signersWith(name: string, key: CryptoKey | null): Promise<readonly SuspensionSigner[]> {
  if (key === null) return []
  const { kty, crv, x, y } = await exportJWK(key)
  const parsed = suspenderSchema.safeParse({ name, key: { kty, crv, x, ...(y !== undefined && { y }) } })
  return parsed.success ? [{ ...parsed.data, isOwner: true }] : []
}

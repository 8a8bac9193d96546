import { resolve } from 'node:path'
import { z } from 'zod'
import { isSafeKeySetLocation } from '../addresses.ts'
import { MAX_LIFETIME_S, TOKEN_ALGORITHMS } from './issuer.ts'
import { isJsonPointer } from './json-pointer.ts'

/** What a file says about whoever issues tokens, be it an issuer of access tokens or a login provider. */
export const issuerFields = {
  /** The exact `iss` claim of its tokens. */
  issuer: z.string().min(1),
  /** The `aud` claim that its tokens must have: whoever reads the file, or the client at a login provider. */
  audience: z.string().min(1),
  /** Its key set: an https URL, an http URL of this machine, or a path from the folder of this file. */
  jwks: z
    .string()
    .min(1)
    .refine(isSafeKeySetLocation, 'expected an https URL, an http URL on this machine, or the path of a file'),
  /** Which algorithms it signs with. Default: all four. */
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .default([...TOKEN_ALGORITHMS]),
  /** The longest life of its tokens from `iat` to `exp`, in seconds. */
  maxLifetimeS: z.int().min(1).max(MAX_LIFETIME_S).default(MAX_LIFETIME_S),
}

/** Makes the schema of a place in the claims. @param example what the error shows. */
export function claimPointer(example: string) {
  return z.string().refine(isJsonPointer, `expected a JSON pointer (RFC 6901) into the claims, such as ${example}`)
}

/** Returns where a key set is: its URL, or its path from the folder of the file that names it. */
export function locateKeySet(file: string, jwks: string): string {
  return /^https?:/i.test(jwks) ? jwks : resolve(file, '..', jwks)
}

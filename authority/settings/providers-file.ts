/** The file of login providers: whose tokens say who an officer is, and where they say it. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { isSafeKeySetLocation } from '../../service/addresses.ts'
import { type Issuer, MAX_LIFETIME_S, STANDARD_CLAIMS, TOKEN_ALGORITHMS } from '../../service/authenticate/issuer.ts'
import { isJsonPointer } from '../../service/authenticate/json-pointer.ts'
import { readYamlFile, wrongSetting } from '../../service/yaml-file.ts'

const REMEDY = 'docs/authority.md describes the file.'

const pointer = z
  .string()
  .refine(isJsonPointer, 'expected a JSON pointer (RFC 6901) into the claims, such as /org/agency')

/** Where a provider's tokens say who an officer is, in the standard places. */
const STANDARD_PLACES = { country: null, agency: STANDARD_CLAIMS.agency, role: STANDARD_CLAIMS.role, acr: '/acr' }

const providerSchema = z.strictObject({
  /** The exact `iss` claim of its tokens. */
  issuer: z.string().min(1),
  /** The `aud` claim that its tokens must have: this authority, or the client at the provider. */
  audience: z.string().min(1),
  /** Its key set: an https URL, an http URL of this machine, or a path from the folder of this file. */
  jwks: z
    .string()
    .min(1)
    .refine(isSafeKeySetLocation, 'expected an https URL, an http URL on this machine, or the path of a file'),
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .default([...TOKEN_ALGORITHMS]),
  /** The `typ` header of its tokens: `JWT`, `at+jwt` by RFC 9068, or `none` if they have no such header. */
  tokenType: z.enum(['JWT', 'at+jwt', 'none']).default('JWT'),
  claims: z
    .strictObject({
      /** A claim that must be the authority's country; null: its tokens name none. */
      country: pointer.nullable().default(null),
      agency: pointer.default(STANDARD_PLACES.agency),
      role: pointer.default(STANDARD_PLACES.role),
      acr: pointer.default(STANDARD_PLACES.acr),
    })
    .default(STANDARD_PLACES),
  /** The longest life of its tokens from `iat` to `exp`, in seconds. */
  maxLifetimeS: z.int().min(1).max(MAX_LIFETIME_S).default(MAX_LIFETIME_S),
})
const fileSchema = z.strictObject({ providers: z.array(providerSchema).min(1) })

/** Where a provider's tokens have what the authority reads: JSON pointers (RFC 6901). */
export interface ProviderPlaces {
  readonly country: string | null
  readonly agency: string
  readonly role: string
  readonly acr: string
}

/** A login provider that the authority trusts, for officers of its own country alone. */
export interface Provider {
  readonly issuer: Issuer
  readonly places: ProviderPlaces
}

/**
 * Reads the login providers.
 * @param country the authority's country.
 * @throws {ConfigError} if the file is wrong. The message names the file, the path in it, what was expected and the remedy.
 */
export async function readProviders(file: string, country: string): Promise<readonly Provider[]> {
  const { providers } = await readYamlFile(file, fileSchema, { remedy: REMEDY })
  for (const [index, { issuer }] of providers.entries()) {
    if (providers.findIndex((other) => other.issuer === issuer) === index) continue
    throw wrongSetting(file, `providers.${index}.issuer`, `expected each provider once; came one twice. ${REMEDY}`)
  }
  return providers.map(({ claims: places, jwks, ...entry }) => {
    const location = /^https?:/i.test(jwks) ? jwks : resolve(file, '..', jwks)
    return { issuer: { ...entry, jwks: location, country, claims: STANDARD_CLAIMS }, places }
  })
}

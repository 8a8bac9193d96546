/** The file of login providers: whose tokens say who an officer is, and where they say it. */
import { z } from 'zod'
import { type Issuer, STANDARD_CLAIMS } from '../../service/authenticate/issuer.ts'
import { claimPointer, issuerFields, locateKeySet } from '../../service/authenticate/issuers-file.ts'
import { readYamlFile, wrongSetting } from '../../service/yaml-file.ts'

const REMEDY = 'docs/authority.md describes the file.'

const pointer = claimPointer('/org/agency')

/** Where a provider's tokens say who an officer is, in the standard places. */
const STANDARD_PLACES = { country: null, agency: STANDARD_CLAIMS.agency, role: STANDARD_CLAIMS.role, acr: '/acr' }

const providerSchema = z.strictObject({
  ...issuerFields,
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
})
const fileSchema = z.strictObject({ providers: z.array(providerSchema).min(1) })

/** Where a provider's tokens have what the authority reads: JSON pointers (RFC 6901). */
export interface ProviderPlaces {
  readonly country: string | null
  readonly agency: string
  readonly role: string
  readonly acr: string
}

/** A login provider that the authority trusts, only for officers of its own country. */
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
    return { issuer: { ...entry, jwks: locateKeySet(file, jwks), country, claims: STANDARD_CLAIMS }, places }
  })
}

/** The file that names the issuers of access tokens: which the gateway trusts, and for which country. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { isSafeKeySetLocation } from '../addresses.ts'
import { readYamlFile, wrongSetting } from '../yaml-file.ts'
import { type AuthorityEndpoint, type Issuer, STANDARD_CLAIMS } from './issuer.ts'
import { claimPointer, issuerFields, locateKeySet } from './issuer-fields.ts'

const REMEDY =
  'Correct the file, or name another one with --issuers (ISSUERS_FILE). docs/operating.md describes the file.'

const pointer = claimPointer('/org/country')

const issuerSchema = z.strictObject({
  ...issuerFields,
  /** The `typ` header of its tokens: `JWT` for a provider that cannot write the default, `at+jwt`. */
  tokenType: z.enum(['at+jwt', 'JWT']).default('at+jwt'),
  /** The one country that it speaks for. Optional only if no country takes part. */
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN').optional(),
  /**
   * Where its tokens have country, agency, role and mandate, for a provider that cannot write the standard claims
   * (docs/design/access.md, The token).
   */
  claims: z
    .strictObject({
      country: pointer.default(STANDARD_CLAIMS.country),
      agency: pointer.default(STANDARD_CLAIMS.agency),
      role: pointer.default(STANDARD_CLAIMS.role),
      mandate: pointer.default(STANDARD_CLAIMS.mandate),
      policies: pointer.nullable().default(STANDARD_CLAIMS.policies),
    })
    .default(STANDARD_CLAIMS),
  /** The file with the certificates that know the server of `jwks`, for whoever exchanges no tokens; a path from the folder of this file. */
  ca: z.string().min(1).optional(),
  /**
   * Set for a mandate authority: the address of its token endpoint, the gateway's `client_id` there, and the file with the certificates that know
   * its server, a path from the folder of this file. The gateway signs its requests there with its leg key.
   */
  authority: z
    .strictObject({
      token: z.string().refine(isTokenAddress, 'expected an https URL, or an http URL on this machine, without «#»'),
      client: z.string().min(1).max(256),
      ca: z.string().min(1).optional(),
    })
    .optional(),
})
const fileSchema = z.strictObject({ issuers: z.array(issuerSchema).min(1) })

/** The settings that name the issuers which a process trusts. */
export interface IssuerSettings {
  /** The issuers that the flags name; empty if `issuersFile` names them. */
  readonly issuers: readonly Issuer[]
  /** The file that names the issuers; null if the flags name them. */
  readonly issuersFile: string | null
  /** Not null if countries take part. Then each issuer must name the country that it speaks for. */
  readonly countriesFolder: string | null
}
type IssuerEntry = z.infer<typeof issuerSchema>

/**
 * Reads the issuers that the configuration names, by its file or by its flags.
 * @throws {ConfigError} if the file is wrong. The message names the file, the path, what was expected and the remedy.
 */
export async function readIssuers(config: IssuerSettings): Promise<readonly Issuer[]> {
  const { issuersFile: file, countriesFolder } = config
  if (file === null) return config.issuers
  const { issuers } = await readYamlFile(file, fileSchema, { remedy: REMEDY })
  issuers.forEach(({ issuer, country }, index) => {
    if (issuers.findIndex((other) => other.issuer === issuer) !== index) {
      throw wrongSetting(file, `issuers.${index}.issuer`, `expected each issuer once; came one twice. ${REMEDY}`)
    }
    if (country === undefined && countriesFolder !== null) {
      throw wrongSetting(
        file,
        `issuers.${index}.country`,
        `expected the country that it speaks for; came nothing. ${REMEDY}`,
      )
    }
  })
  return Object.freeze(issuers.map((entry) => toIssuer(file, entry)))
}

function toIssuer(file: string, entry: IssuerEntry): Issuer {
  const jwks = locateKeySet(file, entry.jwks)
  const { authority, ca, ...rest } = entry
  return Object.freeze({
    ...rest,
    jwks,
    country: entry.country ?? null,
    ...(ca !== undefined && { ca: resolve(file, '..', ca) }),
    ...(authority && { authority: toAuthority(file, authority) }),
  })
}

function toAuthority(file: string, { token, client, ca }: NonNullable<IssuerEntry['authority']>): AuthorityEndpoint {
  return Object.freeze({ token, client, ...(ca !== undefined && { ca: resolve(file, '..', ca) }) })
}

function isTokenAddress(text: string): boolean {
  return /^https?:/i.test(text) && !text.includes('#') && isSafeKeySetLocation(text)
}

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { isSafeKeySetLocation } from '../addresses.ts'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import type { ServerTrust } from '../http/server-trust.ts'
import { readYamlFile, wrongSetting } from '../yaml-file.ts'
import { isJsonPointer } from './claims.ts'
import { type AuthorityEndpoint, type Issuer, MAX_LIFETIME_S, STANDARD_CLAIMS, TOKEN_ALGORITHMS } from './issuer.ts'

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

/**
 * Reads by what the server of an issuer is known, for its key set and, if it is a mandate authority, for all else that is asked of it.
 * @returns an empty trust if the file of issuers names no certificates: then the authorities of the operating system decide.
 * @throws {ConfigError} if a file of certificates cannot be read. The message names it.
 */
export async function readIssuerTrust({ authority, ca }: Pick<Issuer, 'authority' | 'ca'>): Promise<ServerTrust> {
  const file = ca ?? authority?.ca
  if (file === undefined) return {}
  try {
    return { ca: await readFile(file, 'utf8') }
  } catch (cause) {
    throw new ConfigError(
      `${file}: expected certificates in PEM; ${describeFileError(cause)}. Correct \`ca\` or \`authority.ca\` in the file of --issuers (ISSUERS_FILE).`,
      { cause },
    )
  }
}

/** The file that names the issuers of access tokens: which the gateway trusts, and for which country. */

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
interface IssuerSettings {
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

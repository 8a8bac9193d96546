import type { Logger } from 'pino'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import { createCountryTokenVerifier } from '../../../contract/trust/country-token.ts'
import type { CallerPartner } from '../../../service/country-file-callers.ts'
import { createTrustedFetch } from '../../../service/http/trusted-fetch.ts'
import { openAuthorityKeys } from '../../../service/trust/authority-keys.ts'
import { type MandateTrust, verifyMandateProof } from '../../../service/trust/mandate-proof.ts'
import type { NodeConfig } from '../config.ts'
import { createLegVerifier, type GatewayKeys, type VerifyLeg } from '../leg-token.ts'
import type { CountryRules } from '../rules.ts'
import { type CheckCaller, createCallerCheck } from './caller-check.ts'
import { CallerRefused } from './caller-refused.ts'
import { openKnownMandates } from './known-mandates.ts'

/**
 * Opens the check of who asks, from a node's settings and its country's file.
 * @param gatewayKeys the key set of the gateway.
 * @param isKeySuspended whether the key that signed a leg token is suspended, by its thumbprint. It is asked for each leg.
 * @throws {Error} if the key set of an authority cannot be read. The message names the file.
 */
export async function openCallerCheck(
  { country, gatewayIssuer: gateway, mandatesFolder, development: isDevelopment }: NodeConfig,
  { callers: partners, legTokens: use }: CountryRules,
  log: Logger,
  gatewayKeys: Pick<GatewayKeys, 'find'>,
  isKeySuspended: (thumbprint: string) => boolean = () => false,
): Promise<CheckCaller> {
  const now = Date.now
  const verify = createLegVerifier({ country, issuer: gateway, keys: gatewayKeys.find, use, now })
  const verifyLeg: VerifyLeg = async (authorization, query) => {
    const leg = await verify(authorization, query)
    if (isKeySuspended(leg.key)) throw new CallerRefused(leg.claims, 'a leg token of a key that is not suspended')
    return leg
  }
  const callers = await Promise.all(
    partners.map(async (partner) => ({
      ...partner,
      findKey: await openAuthorityKeys(partner.jwks, partner.keys, { now, fetch: createTrustedFetch(partner.tls) }),
    })),
  )
  const verifyCountryToken = createCountryTokenVerifier({ country, callers, now })
  const mandates = await openKnownMandates({
    verify: (proof, partner) => verifyMandateProof(proof, trustOf(partner), now()),
    folder: mandatesFolder ?? null,
    log,
  })
  if (partners.length === 0 && !isDevelopment) log.warn(NO_CALLERS)
  return createCallerCheck({ country, gateway, partners, verifyLeg, verifyCountryToken, mandates, isDevelopment, now })
}

const NO_CALLERS =
  'the country’s file names no `callers`, so the node answers only legs without a caller: name the authorities of other countries there (docs/access.md)'

function trustOf({ authority: issuer, country, approvers, log, witnesses }: CallerPartner): MandateTrust {
  return { issuer, country, approvers, log: parseVerifierKey(log), witnesses: witnesses.map(parseVerifierKey) }
}

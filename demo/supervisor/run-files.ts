import { auditLogHomeIn, nodeVerifierKey } from '../audit-log/trust.ts'
import {
  AUTHORITIES,
  type AuthorityName,
  authorityAddress,
  authorityHomeIn,
  COMMAND_LINE_CLIENT,
  consoleAddress,
  GATEWAY_CLIENT,
  GATEWAY_NAME,
  gatewayAddress,
  oversightAddress,
  providerAddress,
} from '../authority/authorities.ts'
import { DEMO_COUNTRIES, oversightPort } from '../countries.ts'
import { writeYaml } from '../data-file.ts'
import type { Home } from '../home.ts'
import { KEY_ALGORITHM } from '../keys.ts'
import { CONSOLE_CLIENT } from '../provider/clients.ts'

import { loadSuspender } from './suspenders.ts'

/**
 * Writes the settings with the ports of this run: the gateway's files of issuers and of suspenders, those of the auditors' GraphQL, and for each
 * country that has an authority those of `istmo ask` and `istmo console`. The keys that they name must exist.
 */
export async function writeRunFiles(home: Home, basePort: number): Promise<void> {
  const issuers = listIssuers(gatewayAddress(basePort), basePort).map((issuer) => {
    const token = `${authorityAddress(basePort, issuer.country)}/token`
    return { ...issuer, authority: { token, client: GATEWAY_CLIENT, ca: home.ca } }
  })
  await writeYaml(home.issuers, { issuers })
  await writeYaml(home.suspenders, { suspenders: [await loadSuspender(home, GATEWAY_NAME)] })
  await writeOversightFile(home, basePort)
  // With them, `istmo ask` checks what the countries signed.
  const keys: Record<string, string> = {}
  for (const country of DEMO_COUNTRIES) keys[country] = await nodeVerifierKey(home.auditLog, country)
  for (const authority of AUTHORITIES) {
    const { country } = authority
    const place = authorityHomeIn(home.authorities, country)
    const token = `${authorityAddress(basePort, country)}/token`
    const gateway = gatewayAddress(basePort)
    await writeYaml(place.ask, { gateway, authority: token, client: COMMAND_LINE_CLIENT, ca: home.ca, keys })
    await writeYaml(place.console, consoleSettings(home, basePort, authority))
  }
}

function consoleSettings(home: Home, basePort: number, { country, issuer }: AuthorityName): object {
  const { policy, nationalPolicy } = auditLogHomeIn(home.auditLog)
  const publicUrl = consoleAddress(basePort, country)
  const provider = providerAddress(basePort, country)
  return {
    publicUrl,
    port: Number(new URL(publicUrl).port),
    authority: { issuer, country, address: authorityAddress(basePort, country), ca: home.ca },
    client: CONSOLE_CLIENT,
    gateway: gatewayAddress(basePort),
    oversight: {
      url: `${oversightAddress(basePort)}/audit/graphql`,
      audience: oversightAddress(basePort),
      trustPolicies: [policy, nationalPolicy],
    },
    provider: {
      issuer: provider,
      client: CONSOLE_CLIENT,
      authorizationEndpoint: `${provider}/auth`,
      tokenEndpoint: `${provider}/token`,
    },
  }
}

/** Lists the authorities as issuers of tokens for `audience`. */
function listIssuers(audience: string, basePort: number) {
  return AUTHORITIES.map(({ country, issuer }) => {
    const jwks = `${authorityAddress(basePort, country)}/jwks`
    return { issuer, audience, jwks, algorithms: [KEY_ALGORITHM], country }
  })
}

/**
 * Writes the settings of the auditors' GraphQL over the demo's logs, with the ports of this run. The logs of the authorities say who approved a mandate.
 */
export async function writeOversightFile(home: Home, basePort: number): Promise<void> {
  const places = auditLogHomeIn(home.auditLog)
  const settings = {
    port: oversightPort(basePort),
    issuers: places.oversightIssuers,
    logs: [
      places.gatewayAuditLog,
      ...DEMO_COUNTRIES.map(places.nodeAuditLog),
      ...AUTHORITIES.map(({ country }) => authorityHomeIn(home.authorities, country).auditLog),
    ],
    policies: [places.policy, places.nationalPolicy],
    database: places.oversightIndex,
    auditLog: places.oversightAuditLog,
    auditLogKey: places.oversightKey,
    refKeys: places.oversightRefKeys,
    trustPolicy: places.oversightPolicy,
    corsOrigins: AUTHORITIES.map(({ country }) => consoleAddress(basePort, country)),
    regionalAgencies: [{ issuer: 'GT', agency: 'SICA-OVERSIGHT', acr: '2' }],
  }
  // What a gateway has seen must not open oversight, so its tokens name another audience.
  const issuers = listIssuers(oversightAddress(basePort), basePort).map((issuer) => ({ ...issuer, ca: home.ca }))
  await writeYaml(places.oversightIssuers, { issuers })
  await writeYaml(places.oversightFile, settings)
}

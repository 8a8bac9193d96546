import { chmod, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { auditLogHomeIn, nodeVerifierKey } from '../audit-log/trust.ts'
import {
  AUTHORITIES,
  authorityAddress,
  authorityHomeIn,
  COMMAND_LINE_CLIENT,
  consoleAddress,
  GATEWAY_CLIENT,
  gatewayAddress,
  oversightAddress,
  providerAddress,
} from '../authority/authorities.ts'
import { DEMO_COUNTRIES, oversightPort } from '../countries.ts'
import type { Home } from '../home.ts'
import { KEY_ALGORITHM } from '../keys.ts'
import { CONSOLE_CLIENT } from '../provider/clients.ts'

/** Writes the gateway's file of issuers: the mandate authorities, at the ports above `basePort`. */
export async function writeIssuersFile(
  { issuers: file, ca }: Pick<Home, 'issuers' | 'ca'>,
  basePort: number,
): Promise<void> {
  const issuers = listIssuers(gatewayAddress(basePort), basePort).map((issuer) => {
    const token = `${authorityAddress(basePort, issuer.country)}/token`
    return { ...issuer, authority: { token, client: GATEWAY_CLIENT, ca } }
  })
  await writeFile(file, stringify({ issuers }))
}

/** Lists the authorities as issuers of tokens for `audience`. */
export function listIssuers(audience: string, basePort: number) {
  return AUTHORITIES.map(({ country, issuer }) => {
    const jwks = `${authorityAddress(basePort, country)}/jwks`
    return { issuer, audience, jwks, algorithms: [KEY_ALGORITHM], country }
  })
}

/**
 * Writes the settings of `istmo ask` for the officers of each country that has an authority, with the ports above `basePort`. They name the keys of
 * the countries' logs, so that `istmo ask` checks what the countries signed. The logs' keys must exist.
 */
export async function writeAskSettings(
  home: Pick<Home, 'authorities' | 'auditLog' | 'ca'>,
  basePort: number,
): Promise<void> {
  const keys: Record<string, string> = {}
  for (const country of DEMO_COUNTRIES) keys[country] = await nodeVerifierKey(home.auditLog, country)
  for (const { country } of AUTHORITIES) {
    const settings = {
      gateway: gatewayAddress(basePort),
      authority: `${authorityAddress(basePort, country)}/token`,
      client: COMMAND_LINE_CLIENT,
      ca: home.ca,
      keys,
    }
    await writeFile(authorityHomeIn(home.authorities, country).ask, stringify(settings))
  }
}

/**
 * Writes the settings of `istmo console` for each country that has an authority, with the ports above `basePort`.
 */
export async function writeConsoleFiles(
  home: Pick<Home, 'authorities' | 'auditLog' | 'ca'>,
  basePort: number,
): Promise<void> {
  const { policy, nationalPolicy } = auditLogHomeIn(home.auditLog)
  for (const { country, issuer } of AUTHORITIES) {
    const publicUrl = consoleAddress(basePort, country)
    const provider = providerAddress(basePort, country)
    const settings = {
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
    await writeFile(authorityHomeIn(home.authorities, country).console, stringify(settings), { mode: 0o600 })
  }
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
  await writeFile(places.oversightIssuers, stringify({ issuers }))
  await writeFile(places.oversightFile, stringify(settings))
  await chmod(places.oversightFile, 0o600)
}

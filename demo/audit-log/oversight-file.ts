import { chmod, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { AUTHORITIES, consoleAddress, oversightAddress } from '../authority/authorities.ts'
import { authorityHomeIn } from '../authority/authority-home.ts'
import { DEMO_COUNTRIES } from '../countries.ts'
import type { Home } from '../home.ts'
import { oversightPort } from '../ports.ts'
import { listIssuers } from '../supervisor/issuers-file.ts'
import { auditLogHomeIn } from './trust.ts'

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

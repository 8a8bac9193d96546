import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { auditLogHomeIn } from '../audit-log/trust.ts'
import type { Home } from '../home.ts'
import { CONSOLE_CLIENT } from '../provider/clients.ts'
import {
  AUTHORITIES,
  authorityAddress,
  consoleAddress,
  gatewayAddress,
  oversightAddress,
  providerAddress,
} from './authorities.ts'
import { authorityHomeIn } from './authority-home.ts'

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

import { readLogName } from '../service/audit-log/key-files.ts'
import { type Danger, listDangers, readSecretFiles } from '../service/dangers.ts'
import { listConsoleAddresses } from './console/console-server.ts'
import type { Client, Provider } from './settings/files.ts'
import type { AuthoritySettings } from './settings/settings.ts'

/**
 * Lists what an authority must not start with, unless it is given `--development`.
 * @throws {ConfigError} if the key of the audit log cannot be read.
 */
export async function listAuthorityDangers(
  settings: AuthoritySettings,
  clients: ReadonlyMap<string, Client>,
  providers: readonly Provider[],
): Promise<readonly Danger[]> {
  const { issuer, country, host, tls, publicUrl = issuer, auditLogKey, refKeys, signingKeys, reveal } = settings
  const keySets = providers.filter(({ issuer: { jwks } }) => /^https?:/i.test(jwks))
  return listDangers({
    servers: [{ setting: 'host', host, hasTls: tls !== undefined, remedy: 'Give `tls` a certificate and a key.' }],
    issuers: [{ issuer, country }, ...providers.map((provider) => ({ issuer: provider.issuer.issuer, country }))],
    hasCountries: true,
    auditLogName: await readLogName(auditLogKey),
    addresses: [
      { use: 'publicUrl', url: publicUrl },
      ...settings.otherUrls.map((url) => ({ use: 'otherUrls', url })),
      ...(settings.console === undefined ? [] : listConsoleAddresses(settings.console)),
      ...keySets.map(({ issuer: { issuer: name, jwks } }) => ({ use: `the key set of ${name}`, url: jwks })),
    ],
    isGuardedGraphOpen: false,
    hasPassingLegKey: false,
    servesGraphiql: false,
    unboundClients: [...clients.values()].flatMap((client) => {
      return client.kind === 'tool' && client.bearer ? [client.id] : []
    }),
    canRevealOfficers: reveal !== undefined,
    secrets: await readSecretFiles({ auditLogKey, refKeys, signingKeys, 'tls.key': tls?.key }),
  })
}

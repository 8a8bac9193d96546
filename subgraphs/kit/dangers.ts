/** What is dangerous in a node's configuration: the facts that service/dangers.ts judges. */
import type { Logger } from 'pino'
import { readLogName } from '../../service/audit-log/key-files.ts'
import { type Danger, listDangers, OPEN_KEY_REFUSAL, readSecretFiles, settleDangers } from '../../service/dangers.ts'
import type { NodeConfig } from './config.ts'
import { settingName } from './settings.ts'

/** What `--development` switches off in a node that runs. */
const SWITCHED_OFF = [
  'the need for a country token: the node believes the gateway about officers of each country that its file does not name under `callers`',
  OPEN_KEY_REFUSAL,
]

/**
 * Stops a start that is dangerous. With `--development` it only warns.
 * @throws {ConfigError} if a file cannot be used, or with all dangers of the configuration.
 */
export async function rejectDangerousNode(config: NodeConfig, log: Pick<Logger, 'warn'>): Promise<void> {
  const dangers = await listNodeDangers(config)
  settleDangers({ dangers, isDevelopment: config.development, switchesOff: SWITCHED_OFF, variable: 'DEVELOPMENT' }, log)
}

/** Lists what is dangerous in a node's configuration. @throws {ConfigError} if the key of the audit log cannot be read. */
export async function listNodeDangers(config: NodeConfig): Promise<readonly Danger[]> {
  const { host, tlsKey, gatewayJwks, auditLogKey, auditLogRefKeys, nodeKey, operatorListen } = config
  const operator = operatorListen && { setting: '--operator-listen', ...operatorListen, hasTls: false, remedy: TUNNEL }
  return listDangers({
    servers: [
      { setting: '--host', host, hasTls: tlsKey !== undefined, remedy: TLS_REMEDY },
      ...(operator ? [operator] : []),
    ],
    issuers: [],
    hasCountries: true,
    auditLogName: auditLogKey === undefined ? null : await readLogName(auditLogKey),
    addresses: [{ use: 'the key set of the gateway', url: gatewayJwks }],
    isGuardedGraphOpen: false,
    hasPassingLegKey: false,
    servesGraphiql: false,
    secrets: await readSecretFiles({
      [settingName('tlsKey')]: tlsKey,
      [settingName('auditLogKey')]: auditLogKey,
      [settingName('auditLogRefKeys')]: auditLogRefKeys,
      [settingName('nodeKey')]: nodeKey,
    }),
  })
}

const TUNNEL = 'Listen on 127.0.0.1, and reach it from other machines by a tunnel, such as SSH.'

/** A proxy that ends TLS would hide the gateway's certificate. */
const TLS_REMEDY =
  'Give --tls-cert, --tls-key and --tls-client-ca (`istmo ca` makes them), or listen on 127.0.0.1. A proxy that ends TLS must not stand before a node.'

import type { Logger } from 'pino'
import { createLegTokenSigner } from '../leg/leg-token.ts'
import { createReadingBudgets } from '../leg/reading-budget.ts'
import type { GatewayConfig } from '../process/config.ts'
import type { GraphFiles } from '../process/load-graph.ts'
import type { Rooms } from '../rooms.ts'
import { createProbe, type Probe } from './probe-country.ts'
import type { AddressReach } from './probed-addresses.ts'

/** Opens the probes of a running gateway: with its key, its certificate and its connections, as its legs are sent. */
export function openProbe({
  config,
  rooms,
  graph,
  log,
}: {
  readonly config: GatewayConfig
  readonly rooms: Pick<Rooms, 'legKey' | 'tls' | 'takeTurn' | 'auditLog'>
  readonly graph: () => GraphFiles
  readonly log: Logger
}): Probe {
  const { legKey, tls, takeTurn, auditLog } = rooms
  return createProbe({
    config,
    graph,
    log,
    takeTurn,
    now: Date.now,
    auditLog: auditLog?.requests ?? null,
    signLegToken: createLegTokenSigner({ key: legKey, gateway: config.gatewayName }),
    channelBy: tls.pools.channelBy,
    reach: reachOf(config),
    budgetOf: createReadingBudgets(),
  })
}

function reachOf({ development, probesPrivateAddresses }: GatewayConfig): AddressReach {
  if (development) return 'ANY'
  return probesPrivateAddresses ? 'PRIVATE' : 'PUBLIC'
}

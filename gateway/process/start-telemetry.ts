import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { GatewayConfig } from './config.ts'

/** Loads OpenTelemetry and starts to send traces and metrics, if a collector is configured. Returns null without one. */
export async function startTelemetry(
  { otlpEndpoint: endpoint, takesTraces, gatewayName: name }: GatewayConfig,
  version: string,
  metrics: Metrics,
  log: Logger,
): Promise<Telemetry | null> {
  if (endpoint === null) return null
  const { createTelemetry } = await import('../telemetry/telemetry.ts')
  return createTelemetry({ endpoint, takesTraces, name, version, readMetrics: metrics.read, log })
}

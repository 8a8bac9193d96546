import { type Logger, pino } from 'pino'
import type { NodeConfig } from './config.ts'

/** Creates the log of a node: JSON lines on standard output, each with the country. */
export function createNodeLog({ logLevel, country }: Pick<NodeConfig, 'logLevel' | 'country'>): Logger {
  return pino({ level: logLevel, base: { country } })
}

import { type Logger, pino } from 'pino'

/** The levels of the operator's log, from most lines to fewest. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * Creates the operator's log: JSON lines on standard error, so that standard output stays free for what commands print. Rooms write
 * request ids, countries and codes; never variables, tokens or text that came from a country (docs/design/invariants.md, No
 * personal data leaves the answer).
 */
export function createLog(level: LogLevel): Logger {
  const stderr = pino.destination({ dest: 2, sync: true })
  return pino({ level, base: { service: 'istmo-gateway' }, timestamp: pino.stdTimeFunctions.isoTime }, stderr)
}

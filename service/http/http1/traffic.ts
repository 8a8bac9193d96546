import { channel } from 'node:diagnostics_channel'

/** What tests and measurements may watch (node:diagnostics_channel). The messages are objects of the pool, and their form may change. */
export const traffic = {
  /** A connection came about: the pool's target. */
  connected: channel('istmo:http:connected'),
  /** A pool got a request, wrote it, and read the complete answer: its `Sending`. */
  asked: channel('istmo:http:asked'),
  sent: channel('istmo:http:sent'),
  answered: channel('istmo:http:answered'),
} as const

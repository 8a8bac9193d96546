import { z } from 'zod'

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads a setting `host:port`, or `[::1]:port` for IPv6, or `off`, which is null. Adds an issue to `context` for anything else. */
export function toListenAddress(text: string, context: z.RefinementCtx): ListenAddress | null {
  if (text === 'off') return null
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host !== undefined && Number(port) <= 65_535) return Object.freeze({ host, port: Number(port) })
  context.addIssue({ code: 'custom', message: 'expected host:port' })
  return z.NEVER
}

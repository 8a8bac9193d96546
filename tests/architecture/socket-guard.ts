/**
 * Loaded with `--import` before anything else: whatever dials out is told on standard output as `DIALLED what`, and fails.
 * 127.0.0.1, ::1 and Unix sockets are let through.
 */
import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

function tell(what: string): never {
  process.stdout.write(`DIALLED ${what}\n`)
  throw new Error(`the socket guard lets nobody dial ${what}`)
}

const connect = Socket.prototype.connect
Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
  const target = hostOf(args)
  if (target !== undefined && !LOOPBACK.test(target)) tell(target)
  return Reflect.apply(connect, this, args)
} as typeof connect

/** The host of any form of `connect`'s arguments; undefined for a path, `localhost` where none is named. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && first.path) return undefined
    return 'host' in first && typeof first.host === 'string' ? first.host : 'localhost'
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined
  return typeof second === 'string' ? second : 'localhost'
}

const lookup = dns.lookup
dns.lookup = ((name: string, ...rest: unknown[]) => {
  if (!LOOPBACK.test(name)) tell(name)
  return Reflect.apply(lookup, dns, [name, ...rest])
}) as typeof lookup
for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const method of ['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveTxt', 'resolveSrv'] as const) {
    if (method in resolver) Object.defineProperty(resolver, method, { value: (name: string) => tell(name) })
  }
}
Object.defineProperty(dns.promises, 'lookup', { value: (name: string) => tell(name) })
dgram.Socket.prototype.send = (...args: unknown[]) => tell(`UDP ${args.slice(-2).map(String).join(' ')}`)
// Without this `import { resolve4 } from 'node:dns'` would still give the former function.
syncBuiltinESMExports()

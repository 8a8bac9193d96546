/**
 * Loaded with `--import` before any other module. Prints `DIALLED what` on standard output for each attempt to reach another host, and
 * makes the attempt fail. Allows 127.0.0.1, ::1 and Unix sockets.
 */
import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

function rejectDialling(what: string): never {
  process.stdout.write(`DIALLED ${what}\n`)
  throw new Error(`the socket guard does not allow a connection to ${what}`)
}

const connect = Socket.prototype.connect
Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
  const target = hostOf(args)
  if (target !== undefined && !LOOPBACK.test(target)) rejectDialling(target)
  return Reflect.apply(connect, this, args)
} as typeof connect

/** Reads the host from any form of `connect`’s arguments: undefined for a path, `localhost` if the arguments do not name a host. */
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
  if (!LOOPBACK.test(name)) rejectDialling(name)
  return Reflect.apply(lookup, dns, [name, ...rest])
}) as typeof lookup
for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const method of ['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveTxt', 'resolveSrv'] as const) {
    if (method in resolver) Object.defineProperty(resolver, method, { value: (name: string) => rejectDialling(name) })
  }
}
Object.defineProperty(dns.promises, 'lookup', { value: (name: string) => rejectDialling(name) })
dgram.Socket.prototype.send = (...args: unknown[]) => rejectDialling(`UDP ${args.slice(-2).map(String).join(' ')}`)
// Without this call `import { resolve4 } from 'node:dns'` would still return the original function.
syncBuiltinESMExports()

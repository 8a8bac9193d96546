/**
 * Loaded with `--import` into every process of the whole: writes each TCP connection that is begun to the file `DIAL_LOG`, a
 * line each, `pid host:port`. What goes beyond this machine, and every name that is looked up, is refused by the socket guard,
 * which says so on standard output.
 */
import '../architecture/socket-guard.ts'
import { appendFileSync } from 'node:fs'
import { Socket } from 'node:net'

const file = process.env.DIAL_LOG ?? ''

const connect = Socket.prototype.connect
Socket.prototype.connect = function noted(this: Socket, ...args: unknown[]): Socket {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  const options = typeof first === 'object' && first !== null ? (first as { host?: unknown; port?: unknown }) : null
  const [host, port] = options === null ? [second, first] : [options.host, options.port]
  // A path is a socket of the file system: no other machine is behind it.
  if (port !== undefined && port !== null && !Number.isNaN(Number(port))) {
    const name = typeof host === 'string' ? host : 'localhost'
    appendFileSync(file, `${process.pid} ${name}:${String(port)}\n`)
  }
  return Reflect.apply(connect, this, args)
} as typeof connect

/**
 * Loaded with `--import` into each process of the system. Appends a line `pid host:port` to the file `DIAL_LOG` for each TCP connection
 * that the process opens. The socket guard rejects connections to other machines and look-ups of names, and reports them on standard
 * output.
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
  // A path is a Unix socket, which does not lead to another machine.
  if (port !== undefined && port !== null && !Number.isNaN(Number(port))) {
    const name = typeof host === 'string' ? host : 'localhost'
    appendFileSync(file, `${process.pid} ${name}:${String(port)}\n`)
  }
  return Reflect.apply(connect, this, args)
} as typeof connect

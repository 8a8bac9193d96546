/** A port that is known before the server behind it listens: an authority must know its own address when it starts. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The port, and where its connections go. */
export interface TcpDoor {
  readonly port: number
  /** The port behind it, as soon as somebody listens there. */
  leadsTo: number
  close(): void
}

/** Opens a door on this machine. It passes on bytes, and knows nothing of TLS. */
export async function openTcpDoor(): Promise<TcpDoor> {
  const sockets = new Set<Socket>()
  const door: TcpDoor = { port: 0, leadsTo: 0, close: () => undefined }
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
  }
  const server = createServer((inside) => {
    const outside = connect(door.leadsTo, '127.0.0.1')
    for (const socket of [inside, outside]) keep(socket)
    inside.pipe(outside).pipe(inside)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(door, {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
}

/** An address that is known before the server behind it listens, and that stays while the server is killed and started again. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The address, and where its connections go. */
export interface Door {
  readonly url: string
  /** The port behind it; null: nobody answers. Connections that are open break off. */
  leadTo(port: number | null): void
  close(): void
}

/** Opens a door on this machine. */
export async function openDoor(): Promise<Door> {
  const sockets = new Set<Socket>()
  let leadsTo: number | null = null
  const server = createServer((inside) => {
    const outside = leadsTo === null ? null : connect(leadsTo, '127.0.0.1')
    for (const socket of [inside, outside]) {
      if (socket === null) continue
      sockets.add(socket)
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
    }
    if (outside === null) inside.destroy()
    else inside.pipe(outside).pipe(inside)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakOff = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(port) {
      leadsTo = port
      breakOff()
    },
    close() {
      server.close()
      breakOff()
    },
  }
}

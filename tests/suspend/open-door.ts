/** An address that is known before the server behind it listens, and that stays while the server is killed and started again. */
import { createServer, request as requestOf } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The address, and where its requests go. */
export interface Door {
  readonly url: string
  /** The port behind it. Before the first one, nobody answers. */
  leadTo(port: number): void
  /** From now on, nobody answers at this path. Null: everybody is answered again. */
  silence(path: string | null): void
  close(): void
}

/** Opens a door on this machine. It passes on requests over HTTP as they are. */
export async function openDoor(): Promise<Door> {
  let leadsTo: number | null = null
  let silent: string | null = null
  const server = createServer((request, response) => {
    const { url: path = '', method = 'GET', headers } = request
    if (leadsTo === null || path.split('?')[0] === silent) return void response.destroy()
    const inside = requestOf({ host: '127.0.0.1', port: leadsTo, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    inside.on('error', () => response.destroy())
    request.pipe(inside)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(port) {
      leadsTo = port
    },
    silence(path) {
      silent = path
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

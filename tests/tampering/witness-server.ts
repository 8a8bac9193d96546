import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Desk, POLICY, signers } from './logs.ts'

/** Witnesses that can be asked over HTTP what they have cosigned last of both logs. */

const servers: Server[] = []

/**
 * Serves the checkpoints of both logs at all witnesses, and writes their URLs into the trust policy of the desk.
 * @param seen what the witnesses saw; undefined if they know neither log
 */
export async function serveWitnesses(desk: Desk, seen: Desk | undefined): Promise<void> {
  const heads = new Map<string, string>()
  for (const log of seen === undefined ? [] : (['gateway', 'country'] as const)) {
    const path = `/${hash('sha256', signers[log].verifier.name)}/checkpoint`
    heads.set(path, await readFile(join((seen as Desk)[log], 'checkpoint'), 'utf8'))
  }
  const server = createServer(({ url = '' }, answer) => {
    answer.statusCode = heads.has(url) ? 200 : 404
    answer.end(heads.get(url))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const { port } = server.address() as AddressInfo
  await writeFile(desk.policy, POLICY.replace(/^witness .*$/gm, `$& http://127.0.0.1:${port}`))
}

/** Stops all of them. */
export function stopWitnesses(): void {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

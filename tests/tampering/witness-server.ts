import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { checkCheckpoint, parsePolicy } from '../../audit/note/policy.ts'
import { encodeCosignedSizes } from '../../audit/witness/heads.ts'
import { type Desk, NOW_MS, POLICY, signers } from './logs.ts'

/** Witnesses that can be asked over HTTP what they have cosigned last of both logs. */

const servers: Server[] = []

/**
 * Serves the checkpoints of both logs at all witnesses, and writes their URLs into the trust policy of the desk.
 * @param seen what the witnesses saw; undefined if they know neither log
 * @param history what they had cosigned, oldest first; undefined if they serve only the last checkpoint
 */
export async function serveWitnesses(desk: Desk, seen: Desk | undefined, history?: readonly Desk[]): Promise<void> {
  const heads = new Map<string, string | Uint8Array>()
  for (const log of seen === undefined ? [] : (['gateway', 'country'] as const)) {
    const path = `/${hash('sha256', signers[log].verifier.name)}/checkpoint`
    heads.set(path, await readFile(join((seen as Desk)[log], 'checkpoint'), 'utf8'))
    if (history !== undefined) heads.set(path.replace(/checkpoint$/, 'cosigned?from=0'), await cosignedIn(history, log))
  }
  const server = createServer(({ url = '' }, answer) => {
    const isEnd = history !== undefined && /cosigned\?from=[1-9]/.test(url)
    answer.statusCode = heads.has(url) || isEnd ? 200 : 404
    answer.end(heads.get(url))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const { port } = server.address() as AddressInfo
  await writeFile(desk.policy, POLICY.replace(/^witness .*$/gm, `$& http://127.0.0.1:${port}`))
}

/** The records of what the witnesses cosigned of a log: its heads in some copies. */
async function cosignedIn(copies: readonly Desk[], log: 'gateway' | 'country'): Promise<Uint8Array> {
  const policy = parsePolicy(POLICY)
  const heads = await Promise.all(
    copies.map(async (copy) => checkCheckpoint(await readFile(join(copy[log], 'checkpoint'), 'utf8'), policy, NOW_MS)),
  )
  return encodeCosignedSizes(
    heads.map(({ checkpoint: { size, root }, quorumTime }) => ({ size, root, time: quorumTime ?? 0 })),
  )
}

/** Stops all of them. */
export function stopWitnesses(): void {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

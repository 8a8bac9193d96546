import type { Logger } from 'pino'
import type { NodeKey } from '../../contract/trust/given-ids.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import { watchFiles } from '../../service/watch-files.ts'
import type { NodeAuditLog } from './audit-log/node-audit-log.ts'
import type { NodeConfig } from './config.ts'
import { type GatewayKeys, openGatewayKeys } from './leg-token.ts'
import { readNodeKey } from './question/pages.ts'

/**
 * The keys that a node replaces while it runs: its own key, the keys of the refs in its audit log, and a gateway’s key set that is a file. Each is read
 * again when its file changes, or on SIGHUP. A file that cannot be used changes nothing, and the log says why.
 */

/** A key that a node has now. */
export interface LiveNodeKey {
  /** The key in force; null if the settings name none. */
  readonly current: () => NodeKey | null
}

/** The keys of a node while it runs. */
export interface LiveKeys {
  /** The key with which the node signs the ids that it gives. */
  readonly nodeKey: LiveNodeKey
  readonly gatewayKeys: GatewayKeys
  /** Also reads the keys of the refs of this audit log again from now on. */
  readonly follow: (auditLog: Pick<NodeAuditLog, 'reloadRefKeys'> | null) => void
  /** Reads all of them again. Never rejects. */
  readonly reload: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A file that a node reads again. */
interface Reloadable {
  /** What the file has, for the log. */
  readonly what: string
  /** Reads it again. It may reject; then nothing has changed. @returns whether it took something new. */
  readonly reload: () => Promise<boolean>
}

/**
 * Opens the keys of a node, and watches their files.
 * @throws {ConfigError} if the file of the node’s key cannot be used.
 * @throws {Error} if the key set of the gateway cannot be read.
 */
export async function openLiveKeys(
  { nodeKey: file, gatewayJwks, auditLogRefKeys }: Pick<NodeConfig, 'nodeKey' | 'gatewayJwks' | 'auditLogRefKeys'>,
  log: Logger,
): Promise<LiveKeys> {
  const gatewayKeys = await openGatewayKeys(gatewayJwks)
  const own = file === undefined ? null : await openOwnKey(file, log)
  const watched = new Map<string, Reloadable>()
  const ends: (() => void)[] = []
  let running: Promise<void> = Promise.resolve()
  const reloadOne = ({ what, reload }: Reloadable): Promise<void> => {
    running = running.then(async () => {
      try {
        if (await reload()) log.info({ what }, 'files changed; what they hold is in use')
      } catch (error) {
        const { message } = error as Error
        log.error({ what, reason: message }, 'files changed, but cannot be used; what they held before is still in use')
      }
    })
    return running
  }
  const watch = (path: string | undefined, each: Reloadable): void => {
    if (path === undefined || /^https?:\/\//.test(path)) return
    watched.set(path, each)
    ends.push(watchFiles({ file: path, folder: null }, () => void reloadOne(each), log))
  }
  watch(gatewayJwks, { what: 'the key set of the gateway', reload: gatewayKeys.reload })
  return {
    nodeKey: { current: () => own?.current() ?? null },
    gatewayKeys,
    follow(auditLog) {
      if (auditLog === null) return
      watch(auditLogRefKeys, { what: 'the keys of the refs in the audit log', reload: auditLog.reloadRefKeys })
    },
    reload: async () => void (await Promise.all([own?.reload(), ...[...watched.values()].map(reloadOne)])),
    async close() {
      own?.close()
      for (const end of ends) end()
      await running
    },
  }
}

function openOwnKey(file: string, log: Logger): Promise<LiveFiles<NodeKey>> {
  return openLiveFiles<NodeKey>({
    what: 'the key with which the node signs the ids that it gives',
    files: [file],
    read: () => readNodeKey(file),
    use: ({ publicKey }) =>
      log.info({ thumbprint: thumbprintOf(publicKey) }, 'the node signs the ids that it gives with another key'),
    log,
  })
}

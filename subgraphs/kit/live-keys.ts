import type { Logger } from 'pino'
import type { NodeKey } from '../../contract/trust/given-ids.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import { watchFiles } from '../../service/watch-files.ts'
import type { NodeConfig } from './config.ts'
import { readNodeKey } from './question/node-key.ts'

/**
 * The keys that a node replaces while it runs: its own key, the keys of the refs in its audit log, and a gateway’s key set that is a file. Each is read
 * again when its file changes, or on SIGHUP. A file that cannot be used changes nothing, and the log says why.
 */

/** A node’s own key while it runs. */
export interface LiveNodeKey {
  /** The key in force; null if the settings name none. */
  readonly current: () => NodeKey | null
  readonly reload: () => Promise<void>
  readonly close: () => void
}

/**
 * Opens the key with which a node signs the ids that it gives, and watches its file.
 * @throws {ConfigError} if the file cannot be used.
 */
export async function openLiveNodeKey(
  { nodeKey: file }: Pick<NodeConfig, 'nodeKey'>,
  log: Logger,
): Promise<LiveNodeKey> {
  if (file === undefined) return { current: () => null, reload: async () => undefined, close: () => undefined }
  const live: LiveFiles<NodeKey> = await openLiveFiles<NodeKey>({
    what: 'the key with which the node signs the ids that it gives',
    files: [file],
    read: () => readNodeKey(file),
    use: ({ publicKey }) =>
      log.info({ thumbprint: thumbprintOf(publicKey) }, 'the node signs the ids that it gives with another key'),
    log,
  })
  return live
}

/** What else a node reads again. */
export interface Reloadable {
  readonly file: string | undefined
  /** What the file has, for the log. */
  readonly what: string
  /** Reads it again. It may reject; then nothing has changed. @returns whether it took something new. */
  readonly reload: () => Promise<boolean>
}

/** Files that are read again together. */
export interface LiveReloads {
  /** Reads all of them again. Never rejects. */
  readonly reload: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Watches files, and reads each again when it changes. A setting that is a URL, or is not set, is left out. */
export function watchReloads(all: readonly Reloadable[], log: Logger): LiveReloads {
  const files = all.filter(({ file }) => file !== undefined && !/^https?:\/\//.test(file))
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
  const ends = files.map((each) => watchFiles({ file: each.file ?? '', folder: null }, () => void reloadOne(each), log))
  return {
    reload: async () => void (await Promise.all(files.map(reloadOne))),
    async close() {
      for (const end of ends) end()
      await running
    },
  }
}

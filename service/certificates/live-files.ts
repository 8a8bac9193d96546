import type { Logger } from 'pino'
import { watchFiles } from '../watch-files.ts'

/** What {@link openLiveFiles} works with. */
export interface LiveFilesOptions<Material> {
  /** What they are for, in the log: `the certificate of this server`. */
  readonly what: string
  /** The paths of the files. */
  readonly files: readonly string[]
  /** Reads the files. It throws an error that names the file and the remedy if they cannot be used. */
  readonly read: () => Promise<Material>
  /** Uses the content from now on. Called only if it changed. */
  readonly use: (material: Material) => void
  readonly log: Pick<Logger, 'info' | 'error' | 'warn'>
}

/** Files that a process reads again while it runs. */
export interface LiveFiles<Material> {
  /** What is in use. */
  readonly current: () => Material
  /** Reads the files again. Never rejects: files that cannot be used change nothing, and the log says why. */
  readonly reload: () => Promise<void>
  readonly close: () => void
}

/**
 * Reads files, and reads them again when they change.
 * @throws what `read` throws the first time.
 */
export async function openLiveFiles<Material>(options: LiveFilesOptions<Material>): Promise<LiveFiles<Material>> {
  const { what, read, use, log } = options
  let current = await read()
  let running: Promise<void> = Promise.resolve()
  const reloadOnce = async (): Promise<void> => {
    try {
      const next = await read()
      if (JSON.stringify(next) === JSON.stringify(current)) return
      use(next)
      current = next
      log.info({ what }, 'files changed; what they hold is in use')
    } catch (error) {
      const { message } = error as Error
      log.error({ what, reason: message }, 'files changed, but cannot be used; what they held before is still in use')
    }
  }
  const reload = (): Promise<void> => {
    running = running.then(reloadOnce)
    return running
  }
  const unwatch = options.files.map((file) =>
    watchFiles({ file, folder: null }, () => void reload(), log as Parameters<typeof watchFiles>[2]),
  )
  return {
    current: () => current,
    reload,
    close() {
      for (const end of unwatch) end()
    },
  }
}

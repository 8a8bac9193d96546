/** Tells when files change that the gateway serves. */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Logger } from 'pino'

/** How long after a change it must be quiet, in milliseconds: whoever writes several files is let finish. */
const QUIET_MS = 200

/** What is watched. */
export interface Watched {
  readonly file: string
  /** Every file in it, not in folders below it. */
  readonly folder: string | null
}

/**
 * Calls `onChange` after changes of the file or in the folder. A file's folder is watched, for most writers put a new file in the
 * old one's place. Where the system does not watch, the log says so, and SIGHUP is left. Answers how to end it.
 */
export function watchFiles({ file, folder }: Watched, onChange: () => void, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(onChange, QUIET_MS)
  }
  const name = basename(file)
  // A name with two dots is how Kubernetes puts a volume's new files in the old ones' place.
  const isFile = (changedName: string): boolean => changedName === name || changedName.startsWith('..')
  const watchers = [
    watchFolder(dirname(file), (changedName) => isFile(changedName) && changed(), log),
    ...(folder === null ? [] : [watchFolder(folder, changed, log)]),
  ]
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/**
 * Watches a folder by its path: one that is removed, moved or put in another's place is watched again as soon as there is one of
 * its name. Names are those of files in it, `..` where what changed is the folder itself.
 */
function watchFolder(folder: string, onName: (name: string) => void, log: Logger): Pick<FSWatcher, 'close'> {
  const path = resolve(folder)
  let inside = openWatcher(path, onName, log)
  const outside = openWatcher(
    dirname(path),
    (name) => {
      if (name !== basename(path)) return
      inside?.close()
      inside = openWatcher(path, onName, log)
      onName('..')
    },
    log,
  )
  return {
    close() {
      outside?.close()
      inside?.close()
    },
  }
}

function openWatcher(folder: string, onName: (name: string) => void, log: Logger): FSWatcher | null {
  const deaf = (error: NodeJS.ErrnoException): void => {
    // That it is gone is said by the reload, which cannot read it.
    if (error.code !== 'ENOENT')
      log.warn({ folder, code: error.code }, 'changes are not noticed here; send SIGHUP after them')
  }
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onName(name ?? '..'))
    return watcher.on('error', deaf)
  } catch (error) {
    deaf(error as NodeJS.ErrnoException)
    return null
  }
}

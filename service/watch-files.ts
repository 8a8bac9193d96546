/** Notices changes of the files that a process serves. */
import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Logger } from 'pino'

/** How long no change may follow before `onChange` is called, in milliseconds: a writer of several files can finish. */
const QUIET_MS = 200

/** What to watch. */
export interface Watched {
  readonly file: string
  /** Each file in this folder, and in the folders in it, but not in those below. */
  readonly folder: string | null
}

/**
 * Calls `onChange` after changes of the file or in the folder. It watches the file's folder, because most writers replace the old file
 * with a new one. If the system cannot watch, the log says so, and the operator can send SIGHUP.
 * @returns a function that ends the watch.
 */
export function watchFiles({ file, folder }: Watched, onChange: () => void, log: Pick<Logger, 'warn'>): () => void {
  let timer: NodeJS.Timeout | undefined
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(onChange, QUIET_MS)
  }
  const name = basename(file)
  // Kubernetes replaces the files of a volume through a name that begins with two dots.
  const isFile = (changedName: string): boolean => changedName === name || changedName.startsWith('..')
  const watchers = [
    watchFolder(dirname(file), (changedName) => isFile(changedName) && changed(), log),
    ...(folder === null ? [] : [watchWithFolders(folder, changed, log)]),
  ]
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/** Watches a folder and the folders in it. */
function watchWithFolders(folder: string, onChange: () => void, log: Pick<Logger, 'warn'>): Pick<FSWatcher, 'close'> {
  const inside = new Map<string, Pick<FSWatcher, 'close'>>()
  const close = (): void => {
    for (const watcher of inside.values()) watcher.close()
    inside.clear()
  }
  const look = (): void => {
    const names = listFolders(folder)
    for (const [name, watcher] of inside) {
      if (names.includes(name)) continue
      watcher.close()
      inside.delete(name)
    }
    for (const name of names) if (!inside.has(name)) inside.set(name, watchFolder(join(folder, name), onChange, log))
  }
  const own = watchFolder(
    folder,
    (name) => {
      // Another folder has this name now, and so have those in it.
      if (name === '..') close()
      look()
      onChange()
    },
    log,
  )
  look()
  return {
    close() {
      own.close()
      close()
    },
  }
}

/** Lists the folders in a folder, but not those of Kubernetes, which replaces them by a new one. */
function listFolders(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  } catch {
    return []
  }
}

/**
 * Watches a folder by its path. If the folder is removed, moved or replaced, the watch begins again as soon as a folder of that name
 * exists.
 * @param onName called with the name of the file that changed, or `..` if the folder itself changed.
 */
function watchFolder(
  folder: string,
  onName: (name: string) => void,
  log: Pick<Logger, 'warn'>,
): Pick<FSWatcher, 'close'> {
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

function openWatcher(folder: string, onName: (name: string) => void, log: Pick<Logger, 'warn'>): FSWatcher | null {
  const logFailure = (error: NodeJS.ErrnoException): void => {
    // If the folder is gone, the reload reports it, because it cannot read it.
    if (error.code !== 'ENOENT')
      log.warn({ folder, code: error.code }, 'cannot notice changes here; send SIGHUP after them')
  }
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onName(name ?? '..'))
    return watcher.on('error', logFailure)
  } catch (error) {
    logFailure(error as NodeJS.ErrnoException)
    return null
  }
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PROJECT_DIR } from '../config.ts'
import type { Processes } from './processes.ts'

const CONSOLE_DIR = join(PROJECT_DIR, 'console')

/** Whether the console is built already, and none of its own files and of the modules that they import has changed since. */
export function isConsoleBuilt(folder: string = CONSOLE_DIR): boolean {
  const built = statSync(join(folder, 'dist/index.html'), { throwIfNoEntry: false })
  if (built === undefined) return false
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('src', path),
  )
  const own = ['index.html', 'package.json', 'vite.config.ts', ...sources].map((path) => join(folder, path))
  return [...withImported(own)].every((path) => {
    return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built.mtimeMs
  })
}

/** A path that a module imports from beside it or from another room, without what follows a `?`. */
const IMPORTED = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^'?]+)/g

/** Returns the files, and those that they import, directly or through others. */
function withImported(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files)
  // A set gives also what is added to it meanwhile.
  for (const path of found) {
    if (!/\.tsx?$/.test(path) || !existsSync(path)) continue
    for (const [, imported = ''] of readFileSync(path, 'utf8').matchAll(IMPORTED)) {
      found.add(join(dirname(path), imported))
    }
  }
  return found
}

/**
 * Builds the console, as `npm run build -w console` does. It builds beside the folder that is served and then moves the result there in one step, so that two demos
 * of one clone may build at the same time, and nobody is served half a console.
 * @param processes the demo's children. Whoever ends them ends the build.
 * @throws {UsageError} with the end of the build's log.
 */
export async function buildConsole(processes: Pick<Processes, 'run'>, folder: string = CONSOLE_DIR): Promise<void> {
  const building = `.building-${process.pid}`
  const vite = join(PROJECT_DIR, 'node_modules/vite/bin/vite.js')
  try {
    const args = [vite, 'build', folder, '--outDir', building, '--emptyOutDir', '--logLevel', 'warn']
    // In tests, NODE_ENV is another, and the pages would be those of a developer: larger, slower, and with the names of files on this machine.
    await processes.run({ name: 'console-build', args, env: { NODE_ENV: 'production' } })
    // One of an older version cannot be replaced by a rename.
    if (!isConsoleBuilt(folder)) await rm(join(folder, 'dist'), { recursive: true, force: true })
    await rename(join(folder, building), join(folder, 'dist')).catch(async (error: unknown) => {
      // The other demo was quicker.
      if (!isConsoleBuilt(folder)) throw error
    })
  } finally {
    await rm(join(folder, building), { recursive: true, force: true })
  }
}

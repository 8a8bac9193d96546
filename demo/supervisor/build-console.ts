import { readdirSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECT_DIR } from '../config.ts'
import type { Processes } from './processes.ts'

const CONSOLE_DIR = join(PROJECT_DIR, 'console')

/** Whether the console is built already, and none of its own files has changed since. */
export function isConsoleBuilt(folder: string = CONSOLE_DIR): boolean {
  const built = statSync(join(folder, 'dist/index.html'), { throwIfNoEntry: false })
  if (built === undefined) return false
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join('src', path),
  )
  return ['index.html', 'package.json', 'vite.config.ts', ...sources].every((path) => {
    return (statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built.mtimeMs
  })
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

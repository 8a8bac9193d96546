import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs what the `package-lock.json` of a folder lists, in the folder. Such a folder is not a workspace: few people need it, and `npm ci` at the top stays
 * small. Does nothing if the same versions are there.
 * @throws {Error} if npm fails.
 */
export function installPackages(folder: string): void {
  const [wanted, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map((name) =>
    versionsIn(join(folder, name)),
  )
  if (installed !== null && wanted === installed) return
  const args = ['ci', '--no-progress', '--loglevel=error', '--ignore-scripts', '--prefix', folder]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}`)
}

/** Lists the packages of a lock file with their versions; null if there is none. */
function versionsIn(path: string): string | null {
  if (!existsSync(path)) return null
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
  }
  const lines = Object.entries(packages).flatMap(([at, { version, optional }]) =>
    at === '' || optional === true ? [] : [`${at} ${version}`],
  )
  return lines.sort().join('\n')
}

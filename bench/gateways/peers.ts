/** The packages of the other gateways: outside of the workspaces, so that `npm ci` at the top does not install them. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The folder of the peers' package. */
export const PEERS = join(import.meta.dirname, 'peers')

/** Installs the peers if they are not there, and what {@link installWrk} installs. */
export function installPeers(): void {
  if (versionIn(PEERS, 'mercurius') === null) {
    run('npm', ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error', '--prefix', PEERS])
  }
  installWrk()
}

/** Installs wrk, which is a package of Debian, if it is not there. */
export function installWrk(): void {
  if (spawnSync('wrk', ['-v']).error === undefined) return
  if (process.getuid?.() !== 0) throw new Error('expected wrk: sudo apt-get install wrk')
  run('apt-get', ['update', '-q'])
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'wrk'])
}

/** Says which versions are compared. */
export function peerVersions(): string {
  const stock = ['@apollo/server', '@apollo/gateway', 'graphql'].map((name) => `${name} ${versionIn(ROOT, name)}`)
  const others = [
    ...['@graphql-hive/gateway', '@graphql-hive/router-runtime', 'mercurius', '@mercuriusjs/gateway', 'graphql'],
    '@grafbase/cli-x86_64-unknown-linux-musl',
  ].map((name) => `${name} ${versionIn(PEERS, name)}`)
  return `Stock: ${stock.join(', ')}. Others: ${others.join(', ')}.`
}

function versionIn(folder: string, name: string): string | null {
  try {
    const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
    return (JSON.parse(text) as { readonly version: string }).version
  } catch {
    return null
  }
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

/**
 * `npm run test:clients` begins with this: it installs the libraries of `package.json` in this folder, and Debian's packages of Python. It does
 * nothing if they are there.
 */
import { spawnSync } from 'node:child_process'
import { installPackages } from '../../tools/install-packages.ts'

/** The packages of Debian 13, with what `gql.transport.requests` needs. */
const PYTHON_PACKAGES = ['python3-graphql-core', 'python3-gql', 'python3-requests', 'python3-requests-toolbelt']

installPackages(import.meta.dirname)
installPythonPackages()

function installPythonPackages(): void {
  const missing = PYTHON_PACKAGES.filter((name) => !isInstalled(name))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0)
    throw new Error(`expected packages of Debian: sudo apt-get install ${missing.join(' ')}`)
  run('apt-get', ['update', '-q'])
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing])
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg', ['--status', name], { encoding: 'utf8' })
  return (stdout ?? '').includes('Status: install ok installed')
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { makePack } from '../../tools/pack/pack.ts'
import { PACKS } from '../../tools/pack/packs.ts'

/** How a command ended, and what it wrote. */
interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A pack that was made and installed without a registry. */
export interface InstalledPack {
  /** The folder of the installed pack. */
  readonly folder: string
  /** What npm wrote while it installed the pack. */
  readonly npmOutput: string
  /** Runs the pack’s `istmo` to its end. */
  run(args: readonly string[]): Promise<Ended>
  /** Starts the pack’s `istmo` and returns at once. */
  start(args: readonly string[]): ChildProcess
}

/** A PATH with the system’s Node, which a person who installs a pack uses, and without the project’s node_modules. */
const PATH = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
/** Whoever moves the clock (tools/test-full) moves it for all: a pack with another clock than its caller is another test. */
const CLOCK = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name === 'LD_PRELOAD' || name.startsWith('FAKETIME')),
)
const ENV = { ...CLOCK, HOME: process.env.HOME, PATH: PATH.join(delimiter) }

/**
 * Puts a program of one line, which runs Node 24 from here, in the place of the Node that a pack contains. To pack and to install 120 MB takes more than
 * half of the time of such a test, and shows nothing that a small file does not show.
 */
function shortenNode(folder: string): void {
  const [node] = globSync(join(folder, 'node_modules/node-*/bin/node'))
  if (node === undefined) throw new Error('expected a pack that contains Node')
  rmSync(node)
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
}

/**
 * Makes a pack and installs it into `folder` with an empty cache, offline, and with a registry that does not exist.
 * @param folder an empty folder.
 * @param hasNode whether the pack contains Node itself, as it does for others, and not a short program in its place.
 * @throws {Error} if npm fails.
 */
export function installPack(name: string, folder: string, hasNode: boolean): InstalledPack {
  const pack = PACKS.find((candidate) => candidate.name === name)
  if (pack === undefined) throw new Error(`expected the name of a pack; came ${name}`)
  const { file } = makePack(pack, join(folder, 'dist'), hasNode ? undefined : shortenNode)
  const prefix = join(folder, 'prefix')
  const where = ['--prefix', prefix, '--cache', join(folder, 'cache'), '--registry', 'http://127.0.0.1:9']
  const npm = spawnSync('npm', ['install', '--global', ...where, '--offline', file], { env: ENV, encoding: 'utf8' })
  if (npm.status !== 0) throw new Error(`npm install failed: ${npm.stderr}`)
  const istmo = join(prefix, 'bin/istmo')
  return {
    folder: join(prefix, 'lib/node_modules/@istmo', name),
    npmOutput: `${npm.stdout}${npm.stderr}`,
    run: (args) =>
      new Promise((resolve) => {
        execFile(istmo, [...args], { env: ENV, cwd: folder }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
        )
      }),
    start: (args) => spawn(istmo, [...args], { env: ENV, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
  }
}

/**
 * Waits until the output of a process matches `pattern`.
 *
 * @returns the first group of the pattern.
 * @throws {Error} if the process ends first.
 */
export async function waitForOutput({ stdout, stderr }: ChildProcess, pattern: RegExp): Promise<string> {
  let written = ''
  stderr?.on('data', (text) => {
    written += String(text)
  })
  for await (const text of (stdout as Readable).setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    written += String(text)
    const found = pattern.exec(written)?.[1]
    if (found === undefined) continue
    stdout?.resume()
    return found
  }
  throw new Error(`expected ${pattern}; the process ended and wrote: ${written}`)
}

/** Sends SIGTERM to a process and waits until it has ended. */
export async function stopProcess(child: ChildProcess): Promise<readonly [code: number | null, signal: string | null]> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode]
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  child.kill('SIGTERM')
  return ended
}

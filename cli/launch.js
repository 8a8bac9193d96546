/**
 * Starts a program in TypeScript on a Node.js that may run it: this one, or, where this one is older than `leastNode` of package.json, the Node.js
 * that came with `npm ci` (node_modules/.bin/node). Plain JavaScript for Node.js 20, and nothing but Node's own modules.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The oldest Node.js that runs the TypeScript. A process that serves judges one between it and `leastNode` itself (service/dangers.ts). */
const LEAST_MAJOR = 24

/** Runs the program at this `file:` URL with the arguments of this process. */
export async function launch(program) {
  endWithNpm()
  endWithLauncher()
  keepCompiledCode()
  const least = readLeastNode()
  // A process with a channel was started by handOver: a second hand-over would go on for ever.
  const isOld = process.versions.node.localeCompare(least, 'en', { numeric: true }) < 0 && process.channel === undefined
  const node = isOld ? findNode(dirname(fileURLToPath(program))) : undefined
  if (node !== undefined) handOver(node)
  else if (Number.parseInt(process.versions.node, 10) >= LEAST_MAJOR) await import(program)
  else {
    process.stderr.write(
      `istmo: expected Node.js ${least} or later; came ${process.version}, and npm installed none for ${process.platform} ${process.arch}. In a checkout run \`npm ci\`; else install Node.js ${least}.\n`,
    )
    process.exitCode = 2
  }
}

/**
 * Keeps compiled code for the next start, which then takes half the time, in the installation itself: whoever may write there may change the code anyway.
 * Another place, such as the shared folder that Node.js takes by itself, would let others plant code. A user who cannot write to the installation keeps
 * none, unless NODE_COMPILE_CACHE names a folder, which Node.js then takes instead. Node.js 20 has no such cache.
 */
function keepCompiledCode() {
  module.enableCompileCache?.(join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/istmo'))
}

/** The oldest Node.js on which a process may serve, as package.json beside this folder states it. */
function readLeastNode() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).leastNode
}

/** How long a process without its launcher may take to end in order, in milliseconds. */
const END_WITHIN_MS = 10_000

/**
 * Ends this process in order, as by SIGTERM, when the launcher that started it on a newer Node.js is gone. A launcher that is killed
 * (`kill -9`) passes nothing on, but its end closes the channel between the two.
 */
function endWithLauncher() {
  if (process.channel === undefined) return
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), END_WITHIN_MS).unref()
    process.kill(process.pid, 'SIGTERM')
  })
  // The channel keeps no process alive that has finished.
  process.channel.unref()
}

/** How often a process that npm started looks whether npm is still there, in milliseconds. */
const NPM_POLL_MS = 500

/**
 * Ends this process in order, as by SIGTERM, when the npm or npx that started it is gone. npm passes signals to the shell between it and
 * this process, and that shell ends without passing them on: without this, `npx istmo gateway & kill $!` would leave a gateway that
 * listens. A process that npm did not start is left alone, because its parent may end for good reasons.
 */
export function endWithNpm() {
  if (process.env.npm_command === undefined) return
  const before = ancestors()
  const timer = setInterval(() => {
    if (ancestors() === before) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, NPM_POLL_MS)
  timer.unref()
}

/** The shell that npm started, and npm where the system says so (/proc). A process whose parent ends gets another parent. */
function ancestors() {
  let grandparent = ''
  try {
    grandparent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    // No /proc, or the parent has just ended: then its id changes too.
  }
  return `${process.ppid} ${grandparent}`
}

/** The `node` of the nearest node_modules, upwards from `folder`. On Windows npm makes a script of it, which cannot be spawned. */
function findNode(folder) {
  const place = process.platform === 'win32' ? `node-win-${process.arch}/bin/node.exe` : '.bin/node'
  const candidate = join(folder, 'node_modules', place)
  if (existsSync(candidate)) return candidate
  const parent = dirname(folder)
  return parent === folder ? undefined : findNode(parent)
}

/** Runs this same script on a newer Node.js, in a child with our streams; signals go to it, its end is ours. */
function handOver(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`istmo: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Die of the same signal, so that the shell sees what happened.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

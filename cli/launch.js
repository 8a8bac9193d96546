/**
 * Starts a program in TypeScript on a Node.js that can run it: this one, or, where this one is older than 24, the Node.js that
 * came with `npm ci` (node_modules/.bin/node). Plain JavaScript for Node.js 20, and nothing but Node's own modules.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST_MAJOR = 24

/** Runs the program at this `file:` URL with the arguments of this process. */
export async function launch(program) {
  if (Number.parseInt(process.versions.node, 10) >= LEAST_MAJOR) {
    await import(program)
    return
  }
  const file = fileURLToPath(program)
  const node = findNode(dirname(file))
  if (node === undefined) {
    process.stderr.write(
      `istmo: expected Node.js ${LEAST_MAJOR} or later; came ${process.version}, and npm installed none for ${process.platform} ${process.arch}. In a checkout run \`npm ci\`; else install Node.js ${LEAST_MAJOR}.\n`,
    )
    process.exitCode = 1
  } else handOver(node, file)
}

/** The `node` of the nearest node_modules, upwards from `folder`. On Windows npm makes a script of it, which cannot be spawned. */
function findNode(folder) {
  const place = process.platform === 'win32' ? `node-win-${process.arch}/bin/node.exe` : '.bin/node'
  const candidate = join(folder, 'node_modules', place)
  if (existsSync(candidate)) return candidate
  const parent = dirname(folder)
  return parent === folder ? undefined : findNode(parent)
}

/** Runs the command in a child with our streams; signals go to it, its end is ours. */
function handOver(node, program) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
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

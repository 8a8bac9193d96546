import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { Server } from 'node:net'
import workerThreads, { Worker } from 'node:worker_threads'

/**
 * Loaded before each test file of the project `unit` (vitest.config.ts). A unit test that starts a process, a server or a database
 * fails. This keeps `npm run test:unit` quick: a test file that needs one of them must be in the list NOT_UNIT.
 */

/**
 * The size, in bytes, above which we assume that a WebAssembly module is PGlite’s. The smaller one of PGlite’s has 300,000 bytes.
 * Undici’s parser is far smaller, and Cedar’s module is instantiated in another way.
 */
const DATABASE_BYTES = 200_000

const forbid = (what: string) => (): never => {
  throw new Error(`expected a unit test; it started ${what}: add the file to NOT_UNIT of vitest.config.ts`)
}

const forbidProcess = forbid('a process')
Object.assign(Server.prototype, { listen: forbid('a server') })
Object.assign(ChildProcess.prototype, { spawn: forbidProcess })
Object.assign(childProcess, { spawnSync: forbidProcess, execSync: forbidProcess, execFileSync: forbidProcess })
/** An embedded database runs in a thread of its own, which does not load this module. */
class GuardedWorker extends Worker {
  constructor(...[file, options]: ConstructorParameters<typeof Worker>) {
    if (String(file).includes('pglite')) forbid('a database')()
    super(file, options)
  }
}
// Each test file loads this module again.
if (Worker.name !== GuardedWorker.name) Object.assign(workerThreads, { Worker: GuardedWorker })
syncBuiltinESMExports()

type Instantiate = (source: ArrayBufferView | ArrayBuffer | object, imports?: object) => Promise<unknown>

/** The global, which the types of Node do not have. `unguarded` is stored in it because each test file loads this module again. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { instantiate: Instantiate; unguarded?: Instantiate }
}
const unguarded = wasm.unguarded ?? wasm.instantiate
wasm.unguarded = unguarded
wasm.instantiate = async (source, imports) => {
  if ('byteLength' in source && source.byteLength > DATABASE_BYTES) forbid('a database')()
  return unguarded(source, imports)
}

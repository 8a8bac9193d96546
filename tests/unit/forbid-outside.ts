import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { Server } from 'node:net'

/**
 * Loaded before each test file of the project `unit` (vitest.config.ts): a unit test that starts a process, a server or a database
 * fails. So `npm run test:unit` stays quick, and a test file that needs one of them is named in the list of those that do.
 */

/**
 * The size, in bytes, above which a WebAssembly module is taken for PGlite's: its smaller one has 300,000. Undici's parser is far smaller,
 * and Cedar's module is instantiated in another way.
 */
const DATABASE_BYTES = 200_000

const forbid = (what: string) => (): never => {
  throw new Error(`expected a unit test; came ${what}: name the file in NOT_UNIT of vitest.config.ts`)
}

const forbidProcess = forbid('a process')
Object.assign(Server.prototype, { listen: forbid('a server') })
Object.assign(ChildProcess.prototype, { spawn: forbidProcess })
Object.assign(childProcess, { spawnSync: forbidProcess, execSync: forbidProcess, execFileSync: forbidProcess })
syncBuiltinESMExports()

type Instantiate = (source: ArrayBufferView | ArrayBuffer | object, imports?: object) => Promise<unknown>

/** The global, which the types of Node do not have. `unguarded` is kept in it, because the next file loads this one anew. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { instantiate: Instantiate; unguarded?: Instantiate }
}
const unguarded = wasm.unguarded ?? wasm.instantiate
wasm.unguarded = unguarded
wasm.instantiate = async (source, imports) => {
  if ('byteLength' in source && source.byteLength > DATABASE_BYTES) forbid('a database')()
  return unguarded(source, imports)
}

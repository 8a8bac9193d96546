import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PACKS, type Pack } from './packs.ts'
import { findContents, stagePack } from './stage.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const USAGE = `npm run pack [-- NAME…] [--out DIR]   makes the packs NAME (${PACKS.map(({ name }) => name).join(', ')}; all if none is named) in DIR (dist)`

/** A pack that was made. */
export interface MadePack {
  /** The file, an absolute path. */
  readonly file: string
  /** The size of the file, in bytes. */
  readonly bytes: number
  /** How many packages of others it holds. */
  readonly packages: number
}

/**
 * Makes a pack. The packages come from the project's node_modules, so no registry is needed.
 * @param out the folder for the file; made if there is none.
 * @throws {Error} as {@link findContents} and {@link stagePack}, or if npm fails.
 */
export function makePack(pack: Pack, out: string): MadePack {
  const contents = findContents(ROOT, pack)
  // Outside of the project: within a workspace npm would pack none of the packages.
  const folder = mkdtempSync(join(tmpdir(), `istmo-pack-${pack.name}-`))
  try {
    stagePack(ROOT, pack, contents, folder)
    mkdirSync(out, { recursive: true })
    const npm = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', resolve(out)], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    if (npm.status !== 0) throw new Error(`npm pack failed: ${npm.error?.message ?? npm.stderr}`)
    const [made] = JSON.parse(npm.stdout) as readonly {
      readonly filename: string
      readonly bundled: readonly string[]
    }[]
    if (made === undefined) throw new Error('npm pack made no file')
    const file = join(resolve(out), made.filename)
    return { file, bytes: statSync(file).size, packages: contents.packages.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `npm run pack`: makes the packs that the arguments name, and prints a line for each. */
function runPack(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string', default: 'dist' } },
  })
  const unknown = positionals.filter((name) => !PACKS.some((pack) => pack.name === name))
  if (unknown.length > 0) throw new Error(`expected names of packs; came ${unknown.join(', ')}\n${USAGE}`)
  for (const pack of PACKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    const { file, bytes, packages } = makePack(pack, values.out)
    process.stdout.write(`${file}  ${(bytes / 1e6).toFixed(1)} MB, ${packages} packages\n`)
  }
}

if (import.meta.main) {
  try {
    runPack(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`npm run pack: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

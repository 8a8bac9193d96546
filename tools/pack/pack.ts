import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BUILT_FOLDERS } from './closure.ts'
import { PACKS, type Pack } from './packs.ts'
import { type Contents, findContents, stagePack } from './stage.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A pack that was made. */
export interface MadePack {
  /** The file, an absolute path. */
  readonly file: string
  /** The size of the file, in bytes. */
  readonly bytes: number
  /** How many third-party packages it contains. */
  readonly packages: number
}

/**
 * Makes a pack. The packages come from the project’s node_modules, so no registry is needed.
 * @param out the folder for the file. It is created if it does not exist.
 * @param prepare called with the folder of the content, before npm packs it.
 * @throws {Error} as {@link findContents} and {@link stagePack}, or if npm or a build fails.
 */
export function makePack(pack: Pack, out: string, prepare: (folder: string) => void = () => undefined): MadePack {
  const contents = findContents(ROOT, pack)
  buildMissing(contents)
  // Outside of the project, because npm does not pack the packages within a workspace.
  const folder = mkdtempSync(join(tmpdir(), `istmo-pack-${pack.name}-`))
  try {
    stagePack(ROOT, pack, contents, folder)
    prepare(folder)
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
    if (made === undefined) throw new Error('npm pack did not make a file')
    const file = join(resolve(out), made.filename)
    return { file, bytes: statSync(file).size, packages: contents.packages.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds the folders that a pack contains and that nobody has built yet. */
function buildMissing({ closure }: Contents): void {
  for (const path of closure.assets) {
    const [program = '', ...args] = BUILT_FOLDERS.get(path)?.split(' ') ?? []
    if (program === '' || existsSync(join(ROOT, path))) continue
    const { status, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${path} could not be built: ${stderr}`)
  }
}

const PACK = {
  name: 'npm run pack --',
  description: 'Makes the files that others install. npm installs such a file without a registry.',
  arguments: {
    names: {
      meaning: 'the packs to make; without a name, all of them',
      expected: `one of ${PACKS.map(({ name }) => name).join(', ')}`,
      parse: (text: string) => PACKS.find(({ name }) => name === text),
      isOptional: true,
      isRepeated: true,
    },
  },
  options: {
    out: { flag: 'out', value: 'dir', meaning: 'the folder for the files', default: 'dist' },
  },
} as const satisfies CommandSpec

if (import.meta.main) {
  await runCommand(PACK, process.argv.slice(2), ({ names, out }) => {
    for (const pack of names.length === 0 ? PACKS : names) {
      const { file, bytes, packages } = makePack(pack, out)
      process.stdout.write(`${file}  ${(bytes / 1e6).toFixed(1)} MB, ${packages} packages\n`)
    }
  })
}

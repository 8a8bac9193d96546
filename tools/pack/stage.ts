import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, matchesGlob, relative } from 'node:path'
import { z } from 'zod'
import { BUILT_FOLDERS, type Closure, findClosure } from './closure.ts'
import { findPackage, type LockedPackage, readLock, selectNode, selectPackages } from './locked-packages.ts'
import { formatNotices, isLicenceFile, readNotice } from './notices.ts'
import { LAUNCHER, listPackFiles, ONLY_THESE_FILES, type Pack } from './packs.ts'

/** Writes the content of a pack: our modules as plain JavaScript, the files that they read, and the packages that they need. */

/** The content of a pack. */
export interface Contents {
  readonly closure: Closure
  /** Packages with their dependencies, and Node 24 for this machine if the registry has one. */
  readonly packages: readonly LockedPackage[]
  /** Packages whose code a build has put into a folder of the pack. The pack does not contain them, but their notices. */
  readonly builtIn: readonly LockedPackage[]
  /** The package that contains Node 24; undefined if the registry has none for this machine. */
  readonly node: LockedPackage | undefined
}

const rootManifestSchema = z.object({
  version: z.string(),
  license: z.string(),
  engines: z.object({ node: z.string() }),
  leastNode: z.string(),
})
const packageManifestSchema = z.looseObject({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
})

/** Finds the content of a pack, without writing anything. @param root the project’s folder. @throws {Error} as {@link findClosure}. */
export function findContents(root: string, pack: Pack): Contents {
  const lock = readLock(root)
  const closure = findClosure(root, [pack.entry])
  const imported = selectPackages(lock, closure.packages)
  // If we only read files of a package, its dependencies are not needed.
  const read = closure.readPackages.map((name) => findPackage(lock, name))
  const node = selectNode(lock, process.platform, process.arch)
  const folders = new Set(imported.map(({ folder }) => folder))
  const others = [...read, ...(node === undefined ? [] : [node])].filter(({ folder }) => !folders.has(folder))
  return { closure, packages: [...imported, ...others], builtIn: findBuiltIn(root, closure), node }
}

/** Finds the packages that are built into the folders of a pack: what the workspace of such a folder depends on. */
function findBuiltIn(root: string, { assets }: Closure): readonly LockedPackage[] {
  const workspaces = assets.filter((path) => BUILT_FOLDERS.has(path)).map((path) => dirname(path))
  const names = workspaces.flatMap((name) => {
    return Object.keys(packageManifestSchema.parse(readJson(join(root, name, 'package.json'))).dependencies ?? {})
  })
  return selectPackages(readLock(root), names)
}

/**
 * Writes a pack into an empty folder outside of the project, ready for `npm pack`.
 * @param root the project’s folder, with its packages installed.
 * @param folder the folder to write into.
 * @throws {Error} if the installed packages are not those of package-lock.json, if a folder that the pack contains is not built, or if tsc fails.
 */
export function stagePack(root: string, pack: Pack, contents: Contents, folder: string): void {
  const { closure, packages } = contents
  emitModules(root, closure.modules, folder)
  for (const path of [...closure.assets, LAUNCHER, ...listPackFiles(root, pack)]) copyOurs(root, path, folder)
  for (const locked of packages) copyPackage(root, locked, contents, folder)
  writeManifest(root, pack, contents, folder)
  writeFileSync(join(folder, 'istmo.js'), startingScript(pack.entry), { mode: 0o755 })
  const named = new Map([...packages, ...contents.builtIn].map((locked) => [locked.folder, locked]))
  const notices = [...named.keys()].map((name) => readNotice(join(root, name)))
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES'), formatNotices(`@istmo/${pack.name}`, notices))
  const readme = `# @istmo/${pack.name}\n\n${pack.description}\n\n\`istmo --help\` lists the commands. Begin with ${pack.page}; docs/systemd has the units.\n`
  writeFileSync(join(folder, 'README.md'), readme)
  if (existsSync(join(root, 'LICENSE'))) cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
}

/** Returns the script that is installed as `istmo`. */
function startingScript(entry: string): string {
  const program = `new URL('./${asJavaScript(entry)}', import.meta.url).href`
  return `#!/usr/bin/env node\nimport { launch } from './${LAUNCHER}'\n\nawait launch(${program})\n`
}

function asJavaScript(path: string): string {
  return path.replace(/\.ts$/, '.js')
}

/**
 * Writes the modules as JavaScript, in the same folders as in the project. tsc also writes modules that are needed only for their types;
 * these are not copied.
 */
function emitModules(root: string, modules: readonly string[], folder: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'istmo-emitted-'))
  const options = { noEmit: false, noCheck: true, types: [], rewriteRelativeImportExtensions: true }
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { ...options, rootDir: root, outDir: emitted },
    include: [],
    files: modules.map((path) => join(root, path)),
  }
  try {
    writeFileSync(join(emitted, 'tsconfig.json'), JSON.stringify(config))
    const tsc = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', emitted], { encoding: 'utf8' })
    if (tsc.status !== 0) throw new Error(`tsc failed: ${tsc.error?.message ?? tsc.stdout}`)
    for (const path of modules.map(asJavaScript)) cpSync(join(emitted, path), join(folder, path))
  } finally {
    rmSync(emitted, { recursive: true })
  }
}

function copyOurs(root: string, path: string, folder: string): void {
  const build = BUILT_FOLDERS.get(path)
  if (build !== undefined && !existsSync(join(root, path))) {
    throw new Error(`expected ${path} for the pack; it is not built. Run: ${build}`)
  }
  cpSync(join(root, path), join(folder, path), { recursive: true, filter: (source) => !source.endsWith('.ts') })
}

/** Copies an installed package, without the packages below it, which are copied separately. */
function copyPackage(root: string, { name, folder, version }: LockedPackage, contents: Contents, to: string): void {
  const source = join(root, folder)
  const manifest = packageManifestSchema.parse(readJson(join(source, 'package.json')))
  if (manifest.version !== version)
    throw new Error(`${folder}: expected ${version}; found ${manifest.version}. Run npm ci.`)
  const only = name === contents.node?.name ? ['bin/node*'] : ONLY_THESE_FILES[name]
  cpSync(source, join(to, folder), {
    recursive: true,
    filter(path) {
      const inside = relative(source, path)
      return inside === '' || (isNeeded(inside) && (only === undefined || isOneOf(only, inside)))
    },
  })
  writeFileSync(join(to, folder, 'package.json'), `${JSON.stringify(trimManifest(manifest, contents), null, 2)}\n`)
}

/** Checks whether Node can run or read a file of a package. Types, TypeScript sources and source maps are not needed. */
function isNeeded(path: string): boolean {
  return basename(path) !== 'node_modules' && !/\.([cm]?tsx?|map|tsbuildinfo)$/.test(path)
}

/** Checks whether a path inside a package is one of the files, a folder that contains one, or a licence. */
function isOneOf(files: readonly string[], path: string): boolean {
  return isLicenceFile(path) || files.some((file) => matchesGlob(path, file) || file.startsWith(`${path}/`))
}

/**
 * Removes from a package.json what would make npm run scripts, warn about the version of Node, or look for packages that the pack does
 * not contain.
 */
function trimManifest(manifest: z.infer<typeof packageManifestSchema>, { packages }: Contents): object {
  const removed = ['scripts', 'engines', 'devDependencies', 'peerDependencies', 'optionalDependencies']
  const contained = new Set(packages.map(({ name }) => name))
  const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => contained.has(name))
  const members = Object.entries(manifest).filter(([key]) => !removed.includes(key))
  return { ...Object.fromEntries(members), dependencies: Object.fromEntries(dependencies) }
}

function writeManifest(root: string, pack: Pack, { closure, packages, node }: Contents, folder: string): void {
  const { version, license, engines, leastNode } = rootManifestSchema.parse(readJson(join(root, 'package.json')))
  const names = new Set([...closure.packages, ...closure.readPackages])
  const direct = packages.filter(({ folder, name }) => folder === `node_modules/${name}` && names.has(name))
  const optional = node === undefined ? [] : [node]
  const manifest = {
    name: `@istmo/${pack.name}`,
    version,
    description: pack.description,
    license,
    type: 'module',
    engines,
    leastNode,
    bin: { istmo: 'istmo.js' },
    dependencies: versionsOf(direct),
    optionalDependencies: versionsOf(optional),
    bundleDependencies: [...direct, ...optional].map(({ name }) => name),
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function versionsOf(packages: readonly LockedPackage[]): Readonly<Record<string, string>> {
  return Object.fromEntries(packages.map(({ name, version }) => [name, version]))
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

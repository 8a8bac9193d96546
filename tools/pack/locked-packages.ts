import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Finds the packages that a set of packages needs, with the versions in package-lock.json. */

const textMap = z.record(z.string(), z.string())

/** One entry of package-lock.json, with the members that we read. */
const entrySchema = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  os: z.union([z.string(), z.array(z.string())]).optional(),
  cpu: z.union([z.string(), z.array(z.string())]).optional(),
  dependencies: textMap.optional(),
  optionalDependencies: textMap.optional(),
  peerDependencies: textMap.optional(),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).optional(),
})
const lockSchema = z.object({ packages: z.record(z.string(), entrySchema) })

/** The content of package-lock.json: entries by their folder from the project’s root, such as `node_modules/a/node_modules/b`. */
export type Lock = z.infer<typeof lockSchema>

/** A package that a pack contains. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** Its folder from the project's root: `node_modules/NAME`, or deeper below another package's folder. */
  readonly folder: string
}

/** Reads the project’s package-lock.json. @param root the project’s folder. @throws {Error} if it is not a lockfile of npm 7 or later. */
export function readLock(root: string): Lock {
  return lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
}

/**
 * Finds packages and their dependencies, direct and indirect. Optional dependencies do not count.
 * @param names the packages that our modules import.
 * @returns the packages, sorted by folder.
 * @throws {Error} if a package is missing from the lockfile, or is only below a workspace’s folder, where a pack would not find it.
 */
export function selectPackages(lock: Lock, names: readonly string[]): readonly LockedPackage[] {
  const folders = new Set(names.map((name) => findFolder(lock, '', name)))
  for (const folder of folders) {
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = lock.packages[folder] ?? {}
    // Types are of no use to what runs.
    const peers = Object.keys(peerDependencies).filter(
      (name) => peerDependenciesMeta[name]?.optional !== true && !name.startsWith('@types/'),
    )
    for (const name of [...Object.keys(dependencies), ...peers]) folders.add(findFolder(lock, folder, name))
  }
  return [...folders].sort().map((folder) => describe(lock, folder))
}

/** Finds one package without its dependencies. @throws {Error} as {@link selectPackages}. */
export function findPackage(lock: Lock, name: string): LockedPackage {
  return describe(lock, findFolder(lock, '', name))
}

/** Finds the root’s optional package with Node 24 for a platform. Returns undefined if the registry has none for it. */
export function selectNode(lock: Lock, platform: string, architecture: string): LockedPackage | undefined {
  const name = Object.keys(lock.packages['']?.optionalDependencies ?? {}).find((candidate) => {
    const { os, cpu } = lock.packages[`node_modules/${candidate}`] ?? {}
    return [os].flat().includes(platform) && [cpu].flat().includes(architecture)
  })
  return name === undefined ? undefined : describe(lock, `node_modules/${name}`)
}

/** Finds the folder from which Node would load the package `name` for the package in `from`. As Node does, it looks upwards. */
function findFolder(lock: Lock, from: string, name: string): string {
  for (let parent: string | undefined = from; parent !== undefined; parent = parentOf(parent)) {
    const folder = parent === '' ? `node_modules/${name}` : `${parent}/node_modules/${name}`
    if (lock.packages[folder] !== undefined) return folder
  }
  throw new Error(`expected ${name} below node_modules in package-lock.json, for ${from || 'modules of the project'}`)
}

/** Returns the folder of the package that contains the package in `folder`: `''` for the root, undefined above it. */
function parentOf(folder: string): string | undefined {
  if (folder === '') return undefined
  return folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))
}

function describe(lock: Lock, folder: string): LockedPackage {
  const version = lock.packages[folder]?.version
  if (version === undefined) throw new Error(`expected a version of ${folder} in package-lock.json`)
  return { name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length), version, folder }
}

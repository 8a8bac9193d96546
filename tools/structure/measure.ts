import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BoxGraph, drawBoxes } from './boxes.ts'
import {
  cyclesOf,
  type FunctionSize,
  functionSizes,
  type Location,
  type Module,
  percentile,
  readModules,
  undocumentedExports,
} from './modules.ts'

/** The sizes that files and functions should not exceed, in lines (CONTRIBUTING.md, Habits). */
export const LINE_LIMITS = { file: 300, function: 60 } as const

/** The distribution of a set of lengths, in lines. */
export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** A production file with its lines. */
export interface FileSize {
  readonly path: string
  readonly lines: number
}

/** How many packages one `package.json` lists. */
export interface PackageNeeds {
  /** Path from the root. */
  readonly path: string
  readonly dependencies: number
  readonly optional: number
  readonly development: number
}

/** The figures of one checkout. A file that is neither a test nor a developers’ tool is a production file. */
export interface Structure {
  /** Production files. */
  readonly files: Spread
  readonly longFiles: readonly FileSize[]
  /** Production functions that have a block as their body. */
  readonly functions: Spread
  readonly longFunctions: readonly FunctionSize[]
  /** Production exports that have no docstring. */
  readonly undocumented: readonly Location[]
  /** The graph of each requested folder, by its path. The root is the empty string. Contains only production files. */
  readonly graphs: Readonly<Record<string, BoxGraph>>
  /** Import cycles between files, tests included. */
  readonly cycles: readonly string[]
  /** The root's `package.json`, then those one or two folders below it. */
  readonly packages: readonly PackageNeeds[]
}

/**
 * Measures a checkout.
 *
 * @param root Path of the checkout.
 * @param folders The folders to draw, as paths from the root; the empty string for the root itself.
 * @throws {Error} if a TypeScript file does not parse.
 */
export function measureStructure(root: string, folders: readonly string[]): Structure {
  const modules = readModules(root)
  const production = modules.filter(({ isTest }) => !isTest)
  const files = production.map((module) => ({ path: module.path, lines: countLines(module) }))
  const functions = production.flatMap(functionSizes)
  return {
    files: spreadOf(files),
    longFiles: longest(files, LINE_LIMITS.file),
    functions: spreadOf(functions),
    longFunctions: longest(functions, LINE_LIMITS.function),
    undocumented: production.flatMap(undocumentedExports),
    graphs: Object.fromEntries(folders.map((folder) => [folder, drawBoxes(production, folder)])),
    cycles: cyclesOf(modules),
    packages: listPackages(root).map((path) => readPackage(root, path)),
  }
}

/** Counts the line ends of a file, as `wc -l` does. */
function countLines({ text }: Module): number {
  return text.split('\n').length - 1
}

function spreadOf(sizes: readonly { readonly lines: number }[]): Spread {
  const lines = sizes.map((size) => size.lines)
  return { count: lines.length, p50: percentile(lines, 0.5), p95: percentile(lines, 0.95), max: Math.max(0, ...lines) }
}

function longest<T extends { readonly lines: number }>(sizes: readonly T[], limit: number): readonly T[] {
  return sizes.filter(({ lines }) => lines > limit).sort((a, b) => b.lines - a.lines)
}

function listPackages(root: string): readonly string[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
      .map(({ name }) => join(folder, name))
  const folders = ['', ...below('').flatMap((folder) => [folder, ...below(folder)])]
  return folders.map((folder) => join(folder, 'package.json')).filter((path) => existsSync(join(root, path)))
}

function readPackage(root: string, path: string): PackageNeeds {
  const found = JSON.parse(readFileSync(join(root, path), 'utf8'))
  const count = (key: string): number => Object.keys(found[key] ?? {}).length
  return {
    path,
    dependencies: count('dependencies'),
    optional: count('optionalDependencies'),
    development: count('devDependencies'),
  }
}

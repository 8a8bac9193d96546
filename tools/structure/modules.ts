import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comment, type EcmaScriptModule, type Node, type Program, parseSync, visitorKeys } from 'oxc-parser'

/** Parses the project's modules, and measures them, for the architecture test and for `npm run structure`. */

/** The checkout that this file belongs to. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What serves developers and no country: tests, benchmarks, the developers' tools, and the settings of such tools. */
const DEVELOPERS_OWN = /^(tests|bench|tools)\/|\.test\.ts$|(^|\/)testing\.ts$|\.config\.ts$/

/** A place in the code, 1-based, as `path:line`. */
export type Location = string

/** One import of a module, static or dynamic, or an `export … from`. */
interface Import {
  /** As written: `../contract/errors.ts`, `node:fs`, `graphql`. */
  readonly specifier: string
  /** Path from the project's root for a module of ours; undefined for a package or a built-in. */
  readonly path: string | undefined
}

/** One module of the project. */
export interface Module {
  /** Path from the project's root, with `/`. */
  readonly path: string
  readonly text: string
  /** Whether only developers run it: below `tests/`, `bench/` or `tools/`, `*.test.ts`, `testing.ts`, `*.config.ts`. */
  readonly isTest: boolean
  readonly imports: readonly Import[]
  readonly program: Program
  readonly comments: readonly Comment[]
}

/**
 * Reads and parses every TypeScript file of a checkout. Skips `node_modules` and names that begin with a dot.
 *
 * @param root Path of the checkout; this one by default.
 * @throws {Error} when a file does not parse.
 */
export function readModules(root: string = ROOT): readonly Module[] {
  return listFiles(root, '')
    .filter((path) => path.endsWith('.ts'))
    .map((path) => parseModule(path, readFileSync(join(root, path), 'utf8')))
}

/** The files below a folder, as paths from `root` with `/`. Links are not followed. */
function listFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) return listFiles(root, path)
      return entry.isFile() ? [path] : []
    })
}

/** Parses one module. `path` is from the project's root. */
export function parseModule(path: string, text: string): Module {
  const { program, module, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(', ')}`)
  const imports = specifiersOf(module, text).map((specifier) => ({ specifier, path: pathOf(path, specifier) }))
  return { path, text, isTest: DEVELOPERS_OWN.test(path), imports, program, comments }
}

function specifiersOf(module: EcmaScriptModule, text: string): readonly string[] {
  const statics = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  )
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    text.slice(start, end).replace(/^['"]|['"]$/g, ''),
  )
  return [...new Set([...statics, ...exported, ...dynamic])]
}

function pathOf(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(dirname(from), specifier)) : undefined
}

/** The line on which `offset` stands, for messages. */
function locate(module: Module, offset: number): Location {
  return `${module.path}:${module.text.slice(0, offset).split('\n').length}`
}

/** Every node of a module's syntax tree, parents before children. */
function nodesOf({ program }: Pick<Module, 'program'>): readonly Node[] {
  const nodes: Node[] = []
  const waiting: unknown[] = [program]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...next.filter((item) => item !== undefined).reverse())
    else if (isNode(next)) {
      const node = next as Node & Readonly<Record<string, unknown>>
      nodes.push(node)
      for (const key of visitorKeys[node.type] ?? []) if (node[key] !== undefined) waiting.push(node[key])
    }
  }
  return nodes
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** Where a module has nodes of a type. */
export function placesOf(module: Module, type: Node['type']): readonly Location[] {
  return nodesOf(module)
    .filter((node) => node.type === type)
    .map(({ start }) => locate(module, start))
}

/** Every `object.property` that is written with a plain name on both sides, as in `process.env`, with its place. */
export function membersOf(module: Module): readonly { readonly name: string; readonly at: Location }[] {
  return nodesOf(module).flatMap((node) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || !('name' in node.property)) return []
    return [{ name: `${node.object.name}.${node.property.name}`, at: locate(module, node.start) }]
  })
}

/**
 * Where a module reads the environment. Handing `process.env` whole to the reader of a configuration (`readGatewayConfig`)
 * is no reading.
 */
export function environmentReads(module: Module): readonly Location[] {
  const handedOn = nodesOf(module).flatMap((node) => {
    const isReader =
      node.type === 'CallExpression' && node.callee.type === 'Identifier' && /^read\w*Config$/.test(node.callee.name)
    return isReader ? node.arguments.map(({ start }) => locate(module, start)) : []
  })
  const reads = membersOf(module).filter(({ name, at }) => name === 'process.env' && !handedOn.includes(at))
  const imported = module.imports.filter(({ specifier }) => specifier === 'node:process')
  return [...reads.map(({ at }) => at), ...imported.map(() => module.path)]
}

/** A function that has a block as its body. */
export interface FunctionSize {
  /** Where it begins. */
  readonly at: Location
  readonly lines: number
}

/** The size of each function that has a block as its body, nested ones too. */
export function functionSizes(module: Module): readonly FunctionSize[] {
  return nodesOf(module).flatMap((node) => {
    const isFunction = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
    if (!isFunction || ('expression' in node && node.expression === true)) return []
    return [{ at: locate(module, node.start), lines: module.text.slice(node.start, node.end).split('\n').length }]
  })
}

/** The exports that have no docstring right before them. */
export function undocumentedExports(module: Module): readonly Location[] {
  const docEnds = module.comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .map(({ end }) => end)
  return module.program.body
    .filter((node) => node.type === 'ExportNamedDeclaration' && node.declaration !== null)
    .filter(({ start }) => !docEnds.some((end) => end <= start && module.text.slice(end, start).trim() === ''))
    .map(({ start }) => locate(module, start))
}

/** The texts of a module: its string literals, and the fixed pieces of its templates. */
export function stringsOf(module: Module): readonly string[] {
  return nodesOf(module).flatMap((node) => {
    if (node.type === 'TemplateElement') return [node.value.raw]
    return node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : []
  })
}

/** The import cycles among `modules`, each once, as a path that ends where it begins. */
export function cyclesOf(modules: readonly Pick<Module, 'path' | 'imports'>[]): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, way: readonly string[]) => {
    const seenAt = way.indexOf(path)
    if (seenAt >= 0) cycles.push([...way.slice(seenAt), path].join(' → '))
    if (seenAt >= 0 || done.has(path)) return
    for (const { path: next } of byPath.get(path)?.imports ?? []) if (next !== undefined) visit(next, [...way, path])
    done.add(path)
  }
  for (const { path } of modules) visit(path, [])
  return cycles
}

/**
 * The value that a share of the values does not exceed (nearest rank); 0 when there are no values.
 *
 * @param share From 0 to 1: 0.5 for the median.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0
}

/** Reads a file of the project. `name` is from its root. */
export function readProjectFile(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8')
}

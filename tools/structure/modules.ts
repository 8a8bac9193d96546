import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comment, type EcmaScriptModule, type Node, type Program, parseSync, visitorKeys } from 'oxc-parser'

/** Parses the project's modules, and measures them, for the architecture test and for `npm run structure`. */

/** The checkout that this file belongs to. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What only developers run: tests, benchmarks, the developers’ tools, and the settings of such tools. */
const DEVELOPERS_OWN = /^(tests|bench|tools)\/|\.test\.tsx?$|(^|\/)testing\.tsx?$|\.config\.ts$/

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
  /** Whether only developers run it: below `tests/`, `bench/` or `tools/`, `*.test.ts`, `testing.ts`, also with JSX, `*.config.ts`. */
  readonly isTest: boolean
  readonly imports: readonly Import[]
  readonly program: Program
  readonly comments: readonly Comment[]
}

/**
 * Reads and parses every TypeScript file of a checkout, also those with JSX. Skips `node_modules` and names that begin with a dot.
 *
 * @param root Path of the checkout; this one by default.
 * @throws {Error} if a file does not parse.
 */
export function readModules(root: string = ROOT): readonly Module[] {
  return listFiles(root, '')
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => parseModule(path, readFileSync(join(root, path), 'utf8')))
}

/**
 * Lists the files below a folder. Does not follow links. Skips `node_modules` and names that begin with a dot.
 *
 * @param folder Path from `root`; the empty string for the root itself.
 * @returns Paths from `root`, with `/`.
 */
export function listFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) return listFiles(root, path)
      return entry.isFile() ? [path] : []
    })
}

/** Parses one module. `path` is from the project’s root. @throws {Error} if the text does not parse. */
export function parseModule(path: string, text: string): Module {
  const parsed = parseSync(path, text)
  const { module, errors } = parsed
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(', ')}`)
  const imports = specifiersOf(module, text).map((specifier) => ({ specifier, path: pathOf(path, specifier) }))
  return {
    ...{ path, text, isTest: DEVELOPERS_OWN.test(path), imports },
    // The parser makes the tree when somebody looks at it, which takes half of the time.
    get program() {
      return parsed.program
    },
    get comments() {
      return parsed.comments
    },
  }
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

/** Returns the place of the character at `offset` of a file's text. */
export function lineAt({ path, text }: Pick<Module, 'path' | 'text'>, offset: number): Location {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return `${path}:${line}`
}

/** Lists the nodes of a module’s syntax tree, parents before children. */
export function nodesOf({ program }: Pick<Module, 'program'>): readonly Node[] {
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

/** Finds the places of a module’s nodes of one type. */
export function placesOf(module: Module, type: Node['type']): readonly Location[] {
  return nodesOf(module)
    .filter((node) => node.type === type)
    .map(({ start }) => lineAt(module, start))
}

/** Finds each `object.property` that has a plain name on both sides, such as `process.env`, with its place. */
export function membersOf(module: Module): readonly { readonly name: string; readonly at: Location }[] {
  return nodesOf(module).flatMap((node) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || !('name' in node.property)) return []
    return [{ name: `${node.object.name}.${node.property.name}`, at: lineAt(module, node.start) }]
  })
}

/**
 * Finds where a module reads the environment. A call that passes all of `process.env` to the reader of a configuration
 * (`readGatewayConfig`) does not count.
 */
export function environmentReads(module: Module): readonly Location[] {
  const passedOn = nodesOf(module).flatMap((node) => {
    const isReader =
      node.type === 'CallExpression' && node.callee.type === 'Identifier' && /^read\w*Config$/.test(node.callee.name)
    return isReader ? node.arguments.map(({ start }) => lineAt(module, start)) : []
  })
  const reads = membersOf(module).filter(({ name, at }) => name === 'process.env' && !passedOn.includes(at))
  const imported = module.imports.filter(({ specifier }) => specifier === 'node:process')
  return [...reads.map(({ at }) => at), ...imported.map(() => module.path)]
}

/** A function that has a block as its body. */
export interface FunctionSize {
  /** Where it begins. */
  readonly at: Location
  readonly lines: number
}

/** Measures each function that has a block as its body, nested ones too. */
export function functionSizes(module: Module): readonly FunctionSize[] {
  return nodesOf(module).flatMap((node) => {
    const isFunction = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
    if (!isFunction || ('expression' in node && node.expression === true)) return []
    return [{ at: lineAt(module, node.start), lines: module.text.slice(node.start, node.end).split('\n').length }]
  })
}

/** Finds the exports that do not have a docstring directly before them. */
export function undocumentedExports(module: Module): readonly Location[] {
  const docEnds = module.comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .map(({ end }) => end)
  return module.program.body
    .filter((node) => node.type === 'ExportNamedDeclaration' && node.declaration !== null)
    .filter(({ start }) => !docEnds.some((end) => end <= start && module.text.slice(end, start).trim() === ''))
    .map(({ start }) => lineAt(module, start))
}

/** Lists the texts of a module: its string literals, and the fixed pieces of its templates. */
export function stringsOf(module: Module): readonly string[] {
  return nodesOf(module).flatMap((node) => {
    if (node.type === 'TemplateElement') return [node.value.raw]
    return node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : []
  })
}

/** A part of a module that a person reads. */
export interface Prose {
  /** As in the source, but with spaces in place of the marks of a comment. */
  readonly text: string
  /** The offset in the module's text at which the part begins. */
  readonly start: number
}

/**
 * Returns what a person reads of a module: its comments, its string literals and the fixed pieces of its templates. Line comments on
 * lines that follow each other are one part. A string without a space is a name, and is not returned.
 */
export function proseOf(module: Module): readonly Prose[] {
  const strings = nodesOf(module).flatMap((node): readonly Prose[] => {
    // The parser counts the marks around a piece of a template as parts of it.
    if (node.type === 'TemplateElement') {
      return [{ text: node.value.raw, start: module.text.indexOf(node.value.raw, node.start) }]
    }
    const isString = node.type === 'Literal' && typeof node.value === 'string'
    return isString ? [{ text: module.text.slice(node.start + 1, node.end - 1), start: node.start + 1 }] : []
  })
  return [...joinLineComments(module), ...strings.filter(({ text }) => /\s/.test(text))]
}

function joinLineComments({ comments, text }: Module): readonly Prose[] {
  const spans: { start: number; end: number; isLine: boolean }[] = []
  for (const { type, start, end } of comments) {
    const last = spans.at(-1)
    const isLine = type === 'Line'
    if (isLine && last?.isLine === true && /^\n[ \t]*$/.test(text.slice(last.end, start))) last.end = end
    else spans.push({ start, end, isLine })
  }
  return spans.map(({ start, end }) => ({ text: blankMarks(text.slice(start, end)), start }))
}

/** Replaces the marks of a comment with as many spaces, so that a phrase can be found across two lines. */
function blankMarks(comment: string): string {
  return comment.replace(/^[ \t]*(\/\/|\/?\*+\/?)/gm, (mark) => ' '.repeat(mark.length))
}

/** Finds the import cycles among `modules`. Returns each cycle once, as a path that ends where it begins. */
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
 * Returns the value that a share of the values does not exceed (nearest rank); 0 if there are no values.
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

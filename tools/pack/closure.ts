import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { type CallExpression, type NewExpression, type Node, parseSync, Visitor } from 'oxc-parser'

/** Reads the sources to find everything that a module needs at run time: our own modules, other files, and packages. */

/** What an entry module needs. Paths are from the project's root, with `/`, sorted. */
export interface Closure {
  /** The entry and our modules that it imports, directly or indirectly. Imports of types do not count. */
  readonly modules: readonly string[]
  /** Files and folders that a module names with `import.meta`, such as a GraphQL schema or SQL. */
  readonly assets: readonly string[]
  /** The packages that the modules import, by name. */
  readonly packages: readonly string[]
  /** The packages that the modules find with `require.resolve`, to read their files. */
  readonly readPackages: readonly string[]
}

/** What one module names. */
interface References {
  /** Specifiers of imports, as written. */
  readonly imports: readonly string[]
  /** Modules that run in a process or thread of their own, relative to the module. */
  readonly started: readonly string[]
  /** Files, relative to the module. `*` is a part of the name that is known only at run time. */
  readonly files: readonly string[]
  /** Specifiers of `require.resolve`. */
  readonly resolved: readonly string[]
}

/**
 * Finds what the entry modules need at run time.
 * @param root the project's folder.
 * @param entries paths from the root.
 * @throws {Error} if a module names a file that does not exist, or uses `import.meta` in a form that this function does not understand.
 */
export function findClosure(root: string, entries: readonly string[]): Closure {
  const modules = new Set<string>(entries)
  const assets = new Set<string>()
  const packages = new Set<string>()
  const readPackages = new Set<string>()
  for (const path of modules) {
    const references = readReferences(path, readFileSync(join(root, path), 'utf8'))
    for (const specifier of references.imports) {
      if (specifier.startsWith('.')) modules.add(posix.join(dirname(path), specifier))
      else if (!specifier.startsWith('node:')) packages.add(packageName(specifier))
    }
    for (const started of references.started) modules.add(posix.join(dirname(path), started))
    for (const file of references.files) for (const asset of findFiles(root, path, file)) assets.add(asset)
    for (const specifier of references.resolved) readPackages.add(packageName(specifier))
  }
  return {
    modules: [...modules].sort(),
    assets: [...assets].sort(),
    packages: [...packages].sort(),
    readPackages: [...readPackages].sort(),
  }
}

/** Returns the package that a specifier names: `@scope/name` for `@scope/name/file`. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Folders that a build makes, with its command. They may be missing where nobody has built them. */
export const BUILT_FOLDERS: ReadonlyMap<string, string> = new Map([['console/dist', 'npm run build -w console']])

/** Finds the existing files that the module `from` names as `file`. */
function findFiles(root: string, from: string, file: string): readonly string[] {
  const pattern = posix.join(dirname(from), file).replace(/\/$/, '')
  if (pattern === 'package.json') return []
  if (BUILT_FOLDERS.has(pattern)) return [pattern]
  if (/\.[cm]?tsx?$/.test(pattern)) throw new Error(`${from}: names ${file}; expected siblingModule(import.meta, …)`)
  const found = pattern.startsWith('..') || pattern === '.' ? [] : globSync(pattern, { cwd: root })
  if (found.length === 0) throw new Error(`${from}: names ${file}, which does not exist in the project`)
  return found.map((name) => name.replaceAll('\\', '/'))
}

/**
 * Reads what one module names.
 * @param path the module's path, for messages.
 * @throws {Error} if the module does not parse, or uses `import.meta` in a form that this function does not understand.
 */
export function readReferences(path: string, text: string): References {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(', ')}`)
  const references = {
    imports: [] as string[],
    started: [] as string[],
    files: [] as string[],
    resolved: [] as string[],
  }
  const metas = new Set<number>()
  const understood = new Set<number>()
  const read = (node: CallExpression | NewExpression) => {
    const named = namedFile(node)
    if (named !== undefined) references[named.kind].push(named.text)
    // A package that is loaded with the first use, as a static import would not be.
    else if (isCallOf(node, 'require') && node.arguments[0] !== undefined)
      references.imports.push(textOf(node.arguments[0]) ?? '')
    if (named === undefined && !isCallOf(node, 'createRequire')) return
    for (const argument of node.arguments) understood.add(argument.start)
  }
  new Visitor({
    ImportDeclaration: ({ importKind, source }) =>
      void (importKind === 'type' || references.imports.push(source.value)),
    ExportAllDeclaration: ({ exportKind, source }) =>
      void (exportKind === 'type' || references.imports.push(source.value)),
    ExportNamedDeclaration({ exportKind, source }) {
      if (exportKind !== 'type' && source !== null) references.imports.push(source.value)
    },
    ImportExpression({ source, start }) {
      if (source.type === 'Literal' && typeof source.value === 'string') references.imports.push(source.value)
      else throw new Error(`${path}: expected a literal in import(…) at offset ${start}`)
    },
    NewExpression: read,
    CallExpression: read,
    MemberExpression(node) {
      if (isMeta(node.object) && !isMeta(node, 'main')) metas.add(node.start)
    },
  }).visit(program)
  const first = [...metas].find((start) => !understood.has(start))
  if (first !== undefined) {
    throw new Error(`${path}: cannot tell which file import.meta names in «${text.slice(first).split('\n', 1)[0]}»`)
  }
  return references
}

/** Reads the file that a call names with `import.meta` or `require.resolve`. Returns undefined for any other call. */
function namedFile(node: CallExpression | NewExpression): Named | undefined {
  const [first, second] = node.arguments
  if (first === undefined) return undefined
  if (node.type === 'NewExpression') {
    const isFileUrl = isCallOf(node, 'URL') && second !== undefined && isMeta(second, 'url')
    return isFileUrl ? asNamed('files', first) : undefined
  }
  if (isRequireResolve(node.callee)) return asNamed('resolved', first)
  if (isCallOf(node, 'siblingModule') && isMeta(first)) return asNamed('started', second)
  if ((isCallOf(node, 'join') || isCallOf(node, 'resolve')) && isMeta(first, 'dirname')) {
    const parts = node.arguments.slice(1).map(textOf)
    return parts.every((part) => part !== undefined) ? { kind: 'files', text: posix.join(...parts) } : undefined
  }
  return undefined
}

interface Named {
  readonly kind: keyof References
  readonly text: string
}

function isCallOf({ callee }: CallExpression | NewExpression, name: string): boolean {
  return callee.type === 'Identifier' && callee.name === name
}

function isRequireResolve(callee: Node): boolean {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false
  return callee.object.name === 'require' && 'name' in callee.property && callee.property.name === 'resolve'
}

function asNamed(kind: keyof References, argument: Node | undefined): Named | undefined {
  const text = argument === undefined ? undefined : textOf(argument)
  return text === undefined ? undefined : { kind, text }
}

/** Reads the text of a string, with `*` for each expression in it. Returns undefined for any other node. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return node.quasis.map(({ value }) => value.raw).join('*')
}

/** Checks whether a node is `import.meta`, or `import.meta.PROPERTY` if a property is given. */
function isMeta(node: Node, property?: string): boolean {
  if (property === undefined) return node.type === 'MetaProperty'
  if (node.type !== 'MemberExpression' || !isMeta(node.object)) return false
  return 'name' in node.property && node.property.name === property
}

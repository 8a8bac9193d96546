import type { Node } from 'oxc-parser'
import { type Module, nodesOf, readModules } from '../../tools/structure/modules.ts'

/** The folders that read a client's request and write the answer to it. `exchange`, `post`, `kept-pool` and `trusted-fetch` are clients themselves. */
const PLACES =
  /^(gateway\/(front|admit)|service\/(http(?!\/(exchange|post|kept-pool|(open-)?trusted-fetch))|authenticate))\//

/** The functions that write an answer, each with the position from which on an argument may be the object of headers. */
const WRITERS: Readonly<Record<string, number>> = { writeHead: 1, sendError: 2, sendJson: 3, sendText: 3 }
const REQUEST_PARTS: ReadonlySet<string> = new Set(['headers', 'headersDistinct'])
/** Members of a `Headers`, which are no names of headers. */
const METHODS: ReadonlySet<string> = new Set(['set', 'get', 'has', 'append', 'delete'])

/** Names of headers, in small letters, each once and in order. */
export interface Headers {
  /** Those that the code reads from requests. */
  readonly read: readonly string[]
  /** Those that the code writes to answers. */
  readonly written: readonly string[]
}

/** The names of constants `…_HEADER`, with their values. */
type Constants = ReadonlyMap<string, string>

/** Lists the headers of the modules that answer clients. */
export function headersOfFront(): Headers {
  const modules = readModules()
  return headersOf(
    modules.filter(({ path, isTest }) => PLACES.test(path) && !isTest),
    modules,
  )
}

/**
 * Lists the headers that modules read and write by literal names, or by constants `…_HEADER`.
 * @param all the modules that may declare such a constant.
 */
export function headersOf(modules: readonly Module[], all: readonly Module[] = modules): Headers {
  const constants = constantsOf(all)
  const nodes = modules.flatMap(nodesOf)
  return {
    read: tidy(nodes.flatMap((node) => readBy(node, constants))),
    written: tidy(nodes.flatMap((node) => writtenBy(node, constants))),
  }
}

function tidy(names: readonly string[]): string[] {
  const small = names.map((name) => name.toLowerCase()).filter((name) => /^[a-z][a-z-]*$/.test(name))
  return [...new Set(small)].sort()
}

function constantsOf(modules: readonly Module[]): Constants {
  const declarations = modules.flatMap(({ text }) => [...text.matchAll(/const (\w+_HEADER) = '([\w-]+)'/g)])
  return new Map(declarations.map(([, name = '', value = '']) => [name, value]))
}

/**
 * Returns the header of `headers['istmo-mandate']`, `request.headers[A_HEADER]` or `headerLines(request, 'dpop')`, and those of
 * `const { origin } = request.headers`.
 */
function readBy(node: Node, constants: Constants): readonly string[] {
  if (node.type === 'CallExpression' && nameOf(node.callee, false, constants) === 'headerLines') {
    const [, name] = node.arguments
    return name === undefined ? [] : [nameOf(name, true, constants) ?? []].flat()
  }
  if (node.type === 'MemberExpression' && areHeaders(node.object)) {
    const name = nameOf(node.property, node.computed, constants)
    return name === undefined || METHODS.has(name) ? [] : [name]
  }
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern') return []
  return node.init !== null && areHeaders(node.init) ? node.id.properties.flatMap((key) => keyOf(key, constants)) : []
}

/** Returns the headers of `setHeader('vary', …)`, `headers.set('vary', …)`, the argument of a writer, a flat list `head`, and every quoted key. */
function writtenBy(node: Node, constants: Constants): readonly string[] {
  if (node.type === 'Property' && (node.computed || node.key.type === 'Literal')) return keyOf(node, constants)
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.id.name === 'head') {
    const parts = node.init?.type === 'ArrayExpression' ? node.init.elements : []
    return parts.flatMap((part, at) => (part === null || at % 2 === 1 ? [] : (nameOf(part, true, constants) ?? [])))
  }
  if (node.type !== 'CallExpression') return []
  const { callee } = node
  const [first] = node.arguments
  const name =
    callee.type === 'MemberExpression' ? nameOf(callee.property, false, constants) : nameOf(callee, false, constants)
  const isSetter =
    name === 'setHeader' || (name === 'set' && callee.type === 'MemberExpression' && areHeaders(callee.object))
  if (isSetter) return first === undefined ? [] : [nameOf(first, true, constants) ?? []].flat()
  const headers = node.arguments.slice(WRITERS[name ?? ''] ?? node.arguments.length)
  return headers.flatMap((argument) =>
    argument.type === 'ObjectExpression' ? argument.properties.flatMap((key) => keyOf(key, constants)) : [],
  )
}

/** Whether an expression is `headers`, `request.headers` or the like. */
function areHeaders(node: Node): boolean {
  const last = node.type === 'MemberExpression' ? node.property : node
  return last.type === 'Identifier' && REQUEST_PARTS.has(last.name)
}

function keyOf(node: Node, constants: Constants): readonly string[] {
  const name = node.type === 'Property' ? nameOf(node.key, node.computed, constants) : undefined
  return name === undefined ? [] : [name]
}

function nameOf(key: Node, isComputed: boolean, constants: Constants): string | undefined {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : undefined
  if (key.type !== 'Identifier') return undefined
  return isComputed ? constants.get(key.name) : key.name
}

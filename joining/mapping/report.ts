/** Reads the YAML of a mapping as plain values, and collects all that is wrong with it, with the line and column at which it stands. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml'
import type { z } from 'zod'
import type { Say } from '../../contract/words.ts'
import { closestTo } from '../../service/closest-to.ts'
import type { MappingProblem } from './mapping.ts'
import { type IssueParams, TODO } from './mapping-schema.ts'

/** The keys, and the places in lists, from the top of the file down. */
export type Path = readonly PropertyKey[]

/** What is wrong, or what a person should know. */
export interface Issue extends IssueParams {
  readonly path: Path
  /** The key of a text of words.*.yaml. One under `forms` says what was expected. */
  readonly word: string
  /** The message names the place above `path`. It is so for an issue of a key, unless the key itself was the right one. */
  readonly isAbove?: boolean
}

/** What is wrong in one file, and what a person should know. */
export type Report = ReturnType<typeof createReport>

/** Creates the report of one file. */
export function createReport(file: string, document: Document, lines: LineCounter, say: Say) {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const resolve = (node: unknown): Node | null => {
    const found = isAlias(node) ? node.resolve(document) : node
    return isMap(found) || isSeq(found) || isScalar(found) ? found : null
  }
  const read = createReader(resolve)
  const find = (path: Path): readonly [key: Node | null, value: Node | null] => {
    let [key, value] = [null, resolve(document.contents)] as [Node | null, Node | null]
    for (const part of path) {
      const pair = isMap(value) ? value.items.find((each) => read.key(each.key) === String(part)) : undefined
      if (pair !== undefined) [key, value] = [resolve(pair.key), resolve(pair.value)]
      else {
        value = isSeq(value) ? resolve(value.items[Number(part)]) : null
        key = value ?? key
      }
    }
    return [key, value]
  }
  const explain = (issue: Omit<Issue, 'path'>, came: unknown): string => explainIssue(issue, came, say)
  const toProblem = (issue: Issue): MappingProblem => {
    const [key, value] = find(issue.path)
    const node = issue.isOfKey ? key : (value ?? key)
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
    const text = isScalar(node) ? String(node.value) : ''
    const isOpen = issue.isOfKey ? text.startsWith(TODO) : text === TODO
    const said = isOpen ? say('todo') : explain(issue, issue.isOfKey ? text : read.value(value))
    const place = placeOf(issue)
    return {
      path: file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      message: place === '' ? said : `${place}: ${said}`,
    }
  }
  return {
    /** What the file says. Numbers are texts as they stand in the file if their value would not show it: `0101` keeps its zero. */
    root: read.value(document.contents),
    issues: issues as readonly Issue[],
    add: (issue: Issue) => void issues.push(issue),
    /** Whether something at a place or below it is wrong. */
    isWrong: (path: Path) => issues.some((issue) => path.every((part, at) => issue.path[at] === part)),
    warn: (issue: Issue) => void warnings.push(issue),
    problems: () => issues.map(toProblem).toSorted((a, b) => a.line - b.line || a.column - b.column),
    warnings: () => warnings.map(toProblem),
    say,
    /** Says an issue of a value. */
    explain,
    /** The entries of a map in the order of the file. */
    entries(path: Path): readonly (readonly [key: string, value: unknown])[] {
      const [, map] = find(path)
      return isMap(map) ? map.items.map(({ key, value }) => [read.key(key), read.value(value)] as const) : []
    },
    lineOf: (path: Path) => Math.max(1, lines.linePos(find(path)[0]?.range?.[0] ?? 0).line),
  }
}

/** Reads nodes as plain values, each once: an alias may name what contains it. */
function createReader(resolve: (node: unknown) => Node | null) {
  const done = new Map<Node, unknown>()
  const make = (node: Node): unknown => {
    if (isMap(node)) return Object.fromEntries(node.items.map((each) => [key(each.key), value(each.value)]))
    if (isSeq(node)) return node.items.map(value)
    if (!isScalar(node)) return null
    const isPlain = node.value === null || typeof node.value === 'boolean' || typeof node.value === 'string'
    return isPlain || String(node.value) === node.source ? node.value : (node.source ?? String(node.value))
  }
  const value = (node: unknown): unknown => {
    const found = resolve(node)
    if (found === null) return null
    if (!done.has(found)) {
      done.set(found, null)
      done.set(found, make(found))
    }
    return done.get(found)
  }
  const key = (node: unknown): string => String(value(node) ?? '')
  return { key, value }
}

/** The place that a message names. A place in a list counts if the list is one of sections. */
function placeOf({ path, isOfKey, isAbove = isOfKey }: Issue): string {
  return formatPath(isAbove || (typeof path.at(-1) === 'number' && !isOfKey) ? path.slice(0, -1) : path)
}

/** Writes a path with points between its keys: `persons.identifiers[1]`. */
export function formatPath(path: Path): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  return parts.join('').replace(/^\./, '')
}

function explainIssue({ word, values = {} }: Omit<Issue, 'path'>, came: unknown, say: Say): string {
  const text = came === null || typeof came === 'object' ? '' : String(came)
  const list = (texts: unknown): readonly string[] => (Array.isArray(texts) ? texts.map(String) : [])
  const holes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? value.join(', ') : value]),
  )
  const near = (key: string, known: readonly string[]): string | undefined => {
    const closest = closestTo(key, known)
    return closest && say('didYouMean', { closest })
  }
  if (word.startsWith('forms.')) return say('expected', { what: say(word, holes), came: describe(came, say) })
  if (word === 'unknownKey') {
    const known = list(values.known)
    return `${say(word, holes)} ${near(String(values.key), known) ?? say('knownKeys', { known: known.join(', ') })}`
  }
  if (word === 'keyForOthers') {
    const kinds = list(values.kinds).map((kind) => say(`kinds.${kind}`))
    return say(word, { ...holes, kinds: kinds.join(say('and')), kind: say(`kinds.${values.kind}`) })
  }
  if (word !== 'expectedWord') return say(word, { word: text, ...holes })
  const known = list(values.words)
  // A sign stands in quotes, a word does not.
  const shown = known.map((each) => (/^\w/.test(each) ? each : `"${each}"`)).join(', ')
  const closest = near(text, known)
  return `${say('expectedWord', { words: shown, came: describe(came, say) })}${closest ? `. ${closest}` : ''}`
}

/** Describes what came, for messages. */
function describe(came: unknown, say: Say): string {
  if (came === null || came === undefined) return say('came.nothing')
  if (Array.isArray(came)) return say('came.list', { count: came.length })
  if (typeof came === 'object') return say('came.map', { count: Object.keys(came).length })
  const text = String(came)
  return say('came.text', { text: text.length > 80 ? `${text.slice(0, 80)}…` : text })
}

/** Lists what zod found wrong. Of the forms of a value, it is what the form lacks that came. */
export function issuesOf(found: readonly z.core.$ZodIssue[], above: Path = []): readonly Issue[] {
  return found.flatMap((issue) => {
    const path = [...above, ...issue.path]
    if (issue.code === 'invalid_union') {
      const isOfForm = (each: readonly z.core.$ZodIssue[]): boolean =>
        !each.some((one) => one.code === 'invalid_type' && one.path.length === 0)
      const form = issue.errors.find(isOfForm)
      return form === undefined ? [{ path, word: issue.message }] : issuesOf(form, path)
    }
    if (issue.code === 'invalid_value')
      return [{ path, word: 'expectedWord', values: { words: issue.values.map(String) } }]
    const params: IssueParams = issue.code === 'custom' ? (issue.params ?? {}) : {}
    const key = params.isOfKey ? { key: String(path.at(-1)) } : {}
    return [{ path, word: issue.message, ...params, values: { ...params.values, ...key } }]
  })
}

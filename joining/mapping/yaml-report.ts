/** Reads nodes of a YAML document strictly, and collects all that is wrong with the line and column at which it stands. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml'
import { closestTo } from '../../service/closest-to.ts'
import type { MappingProblem } from './mapping.ts'
import type { ProblemWords } from './problem-words.ts'

/** What stands in a mapping where a person must still decide: `istmo map` writes it. */
export const TODO = 'TODO'

/** A key of a map with its value. */
export interface Entry {
  readonly key: string
  readonly keyNode: Node
  /** Null for a key without a value, and for `null`. */
  readonly node: Node | null
}

/** What is wrong in one file, and what a person should know. */
export interface Report {
  readonly words: ProblemWords
  readonly problems: MappingProblem[]
  readonly warnings: MappingProblem[]
  /** Notes a problem. `place`: the keys above it, with points between them; empty for the whole file. */
  problem(node: Node | null, place: string, message: string): void
  warning(node: Node | null, place: string, message: string): void
  /** Follows an alias to what it stands for. */
  resolve(node: unknown): Node | null
}

/** Creates the report of one file. */
export function createReport(path: string, document: Document, lines: LineCounter, words: ProblemWords): Report {
  const problems: MappingProblem[] = []
  const warnings: MappingProblem[] = []
  const make = (node: Node | null, place: string, message: string): MappingProblem => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
    const told = isScalar(node) && node.value === TODO ? words.todo : message
    return {
      path,
      line: Math.max(1, line),
      column: Math.max(1, col),
      message: place === '' ? told : `${place}: ${told}`,
    }
  }
  return {
    words,
    problems,
    warnings,
    problem: (node, place, message) => void problems.push(make(node, place, message)),
    warning: (node, place, message) => void warnings.push(make(node, place, message)),
    resolve(node) {
      const found = isAlias(node) ? node.resolve(document) : node
      return isMap(found) || isSeq(found) || isScalar(found) ? found : null
    },
  }
}

/** Whether a node says nothing: no value, or `null`. */
export function isEmptyNode(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

/** The text of a scalar as it stands in the file, so that `0101` keeps its zero. Undefined for `null`, and for other nodes. */
export function scalarText(node: Node | null): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** Describes what came, for messages. */
export function describeNode(node: Node | null, words: ProblemWords): string {
  if (isMap(node)) return words.cameMap(node.items.length)
  if (isSeq(node)) return words.cameList(node.items.length)
  const text = scalarText(node)
  return text === undefined ? words.cameNothing : `«${text.length > 80 ? `${text.slice(0, 80)}…` : text}»`
}

/** Lists the entries of a map; a problem and null if the node is not one. */
export function readEntries(node: Node | null, place: string, report: Report): readonly Entry[] | null {
  if (!isMap(node)) {
    report.problem(node, place, report.words.expected(report.words.map, describeNode(node, report.words)))
    return null
  }
  return entriesIn(node, report)
}

/** Lists the entries of a node that is a map; none for another node. */
export function entriesIn(map: Node | null, report: Report): readonly Entry[] {
  if (!isMap(map)) return []
  return map.items.map(({ key, value }) => {
    const keyNode = report.resolve(key) ?? map
    return { key: scalarText(keyNode) ?? '', keyNode, node: report.resolve(value) }
  })
}

/** Notes each key that is not known, with the one that it may mean. `belongs` says of a key of another place where it belongs. */
export function rejectUnknownKeys(
  entries: readonly Entry[],
  known: readonly string[],
  place: string,
  report: Report,
  belongs: (key: string) => string | undefined = () => undefined,
): void {
  for (const { key, keyNode } of entries) {
    if (known.includes(key)) continue
    const unknown = belongs(key) ?? report.words.unknownKey(key, closestTo(key, known), known)
    report.problem(keyNode, place, key.startsWith(TODO) ? report.words.todo : unknown)
  }
}

/** Reads a text that is not empty; a problem and null for anything else. Numbers count as their text. */
export function readText(node: Node | null, place: string, report: Report, what = report.words.text): string | null {
  const text = scalarText(node)
  if (text !== undefined && text.trim() !== '' && text !== TODO) return text.normalize('NFC')
  report.problem(node, place, report.words.expected(what, describeNode(node, report.words)))
  return null
}

/** Reads one of some words; a problem and null for anything else. */
export function readWord<const Word extends string>(
  node: Node | null,
  words: readonly Word[],
  place: string,
  report: Report,
): Word | null {
  const text = scalarText(node)
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  report.problem(
    node,
    place,
    report.words.expectedWord(words, describeNode(node, report.words), closestTo(text ?? '', words)),
  )
  return null
}

/** Lists the nodes of a list; a problem and null for anything else. */
export function readItems(node: Node | null, place: string, report: Report): readonly (Node | null)[] | null {
  if (isSeq(node)) return node.items.map((item) => report.resolve(item))
  report.problem(node, place, report.words.expected(report.words.list, describeNode(node, report.words)))
  return null
}

/** Finds the entry of a key. A key without a value counts as not there. */
export function findEntry(entries: readonly Entry[], key: string): Entry | undefined {
  return entries.find((entry) => entry.key === key)
}

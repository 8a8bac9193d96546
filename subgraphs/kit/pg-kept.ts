/** The statements that the server keeps for a connection: at most 64, and the one used least recently goes first. */

import type { RowForm } from './pg-rows.ts'

/** A statement that the server keeps for a connection. */
export interface Kept {
  readonly name: string
  /** What its rows have; null for a statement whose rows nobody reads. */
  readonly form: RowForm | null
  /** The number of its last use at the connection. */
  used: number
}

const MAX_KEPT = 64

/** What is kept at one connection. */
export interface Memory {
  readonly byText: Map<string, Kept>
  /** The names of statements that the server need no longer keep. */
  readonly stale: string[]
  named: number
  /** How often a statement was used. */
  uses: number
}

const memories = new WeakMap<object, Memory>()

/** Returns what is kept at a connection; nothing at one that is new. */
export function memoryOf(connection: object): Memory {
  const known = memories.get(connection)
  if (known !== undefined) return known
  const made = { byText: new Map(), stale: [], named: 0, uses: 0 }
  memories.set(connection, made)
  return made
}

/** After an error nobody knows which statements the server has. Errors are rare, so the connection keeps none of before, nor the one of this name. */
export function forgetAll(memory: Memory, name: string): void {
  for (const kept of memory.byText.values()) memory.stale.push(kept.name)
  if (name !== '') memory.stale.push(name)
  memory.byText.clear()
}

/** Returns a name that no statement of the connection has had. */
export function nextName(memory: Memory): string {
  memory.named += 1
  return `istmo${memory.named}`
}

/**
 * Returns the statement of this text if it is kept. It is then the one used last. That is a number and not its place in the map: a map whose entries
 * are taken out and put in is copied again and again, and V8's young collections keep each copy, and the texts in it, for the one after it.
 */
export function take(memory: Memory, text: string): Kept | undefined {
  const known = memory.byText.get(text)
  if (known !== undefined) known.used = ++memory.uses
  return known
}

/** Notes that the server keeps a statement. */
export function keep(memory: Memory, text: string, kept: Pick<Kept, 'name' | 'form'>): void {
  memory.byText.set(text, { ...kept, used: ++memory.uses })
  if (memory.byText.size <= MAX_KEPT) return
  const [oldest] = [...memory.byText].sort(([, a], [, b]) => a.used - b.used)
  if (oldest === undefined) return
  memory.byText.delete(oldest[0])
  memory.stale.push(oldest[1].name)
}

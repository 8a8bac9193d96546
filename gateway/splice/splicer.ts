/**
 * Makes an answer's text from the texts of its subgraphs: it scans each text once, and puts the parts together without making objects. It is only
 * for operations whose fetches go to subgraphs that no country publishes, and only for answers without errors; for any other, it says «not this
 * time». Pure.
 */
import { isUtf8 } from 'node:buffer'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { CompiledOperation } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { AnswerPart, PartTaker, Splicer, Splicing } from '../types/splice.ts'
import { type AnswerLayout, layOut, type ObjectLayout, type RepresentationLayout, type Slot } from './layout.ts'
import { Unspliceable } from './patterns.ts'
import { createScanCompiler, END, type Scan, type Step } from './scan.ts'

/** What is compiled once for an operation. */
interface Compiled {
  readonly layout: AnswerLayout
  /** By fetch. Fetches whose answers are scanned alike have the same step. */
  readonly scans: readonly Step[]
  /** By fetch: the fetches whose representations its objects have. */
  readonly dependents: readonly (readonly number[])[]
  readonly slots: readonly Slot[]
}

/** Makes the splicer of an operation; null if its answers cannot be spliced. */
export function createSplicer(operation: CompiledOperation): Splicer | null {
  try {
    const compiled = compile(operation)
    return compiled && { begin: () => new OneSplicing(compiled) }
  } catch (error) {
    if (error instanceof Unspliceable) return null
    throw error
  }
}

function compile({ fetches, separateGroups, isEmpty, introspection, shape }: CompiledOperation): Compiled | null {
  if (isEmpty || introspection !== null || separateGroups.length > 0 || shape.onlyType === null) return null
  if (fetches.length === 0 || !fetches.every(isSimple)) return null
  const layout = layOut(shape.onlyType, fetches)
  const compiler = createScanCompiler()
  const dependents = fetches.map(({ index }) =>
    layout.representations.flatMap((each, fetch) => (each?.from === index ? [fetch] : [])),
  )
  const alike = new Map<string, Step>()
  const scans = layout.objects.map((object, i) => {
    if (fetches[i]?.requires === null) return compiler.compile(object)
    const form = formOf(object)
    const known = form === null ? undefined : alike.get(form)
    const step = known ?? compiler.compileEntities(object, dependents[i] ?? [])
    if (form !== null) alike.set(form, step)
    return step
  })
  return { layout, scans, dependents, slots: compiler.slots }
}

/** Returns a text that is equal for entities that are scanned alike; null if they have objects or keys, which each fetch counts for itself. */
function formOf({ typeName, fields, runs }: ObjectLayout): string | null {
  if (fields.some(({ object, keyOf }) => object !== null || keyOf.length > 0)) return null
  return JSON.stringify([typeName, fields, runs])
}

function isSimple(fetch: CompiledOperation['fetches'][number], index: number): fetch is PlainFetch {
  if (fetch.mode !== 'PLAIN' || fetch.kind !== 'query' || fetch.index !== index) return false
  return [fetch.inputRewrites, fetch.outputRewrites, fetch.contextRewrites].every((rewrites) => rewrites.length === 0)
}

/** Which entity each object has, and the representations. */
interface Listed {
  readonly entityOf: readonly number[]
  readonly asked: readonly string[]
}

/** What a fetch got. */
interface Taken {
  readonly scan: Scan
  /** Where it is in the answer; null if it is the whole answer. */
  readonly key: string | null
  readonly rows: PartTaker['rows']
}

const NOTHING_LISTED: Listed = { entityOf: [], asked: [] }

/** What comes after the last part of an answer. */
const END_OF_PARTS = new RegExp(`\\}\\}${END}$`, 'y')

class OneSplicing implements Splicing {
  private readonly compiled: Compiled
  private readonly taken: (Taken | undefined)[] = []
  /** By fetch that was asked about: which of its entities each object has. */
  private readonly entityOf: (readonly number[] | undefined)[] = []
  private text = ''

  constructor(compiled: Compiled) {
    this.compiled = compiled
  }

  ask(fetch: number): readonly string[] {
    const representation = this.compiled.layout.representations[fetch]
    if (!representation) throw new Error(`expected a fetch with representations; came ${fetch}`)
    const container = this.taken[representation.from]
    const listed = container ? listEntities(container, fetch, representation) : NOTHING_LISTED
    this.entityOf[fetch] = listed.entityOf
    return listed.asked
  }

  take(fetch: number, body: Buffer, maxValues: number): boolean {
    if (!isUtf8(body)) return false
    const scan = this.scan(fetch, body.toString('latin1'), 0)
    if (scan === null || scan.values > maxValues) return false
    this.taken[fetch] = { scan, key: null, rows: null }
    return true
  }

  takeParts(parts: readonly AnswerPart[], body: Buffer, maxValues: number): boolean {
    if (!isUtf8(body)) return false
    const text = body.toString('latin1')
    const taken: [number, Taken][] = []
    let at = 0
    let values = 3
    for (const { key, count, takers } of parts) {
      const opening = `${at === 0 ? '{"data":{' : ','}"${key}":`
      if (!text.startsWith(opening, at)) return false
      const from = at + opening.length
      let scan: Scan | null = null
      let scannedBy: Step | undefined
      for (const { fetch, rows } of takers) {
        // The fetches of a part ask the same, but each may have fields and entities of its own below.
        const step = this.compiled.scans[fetch]
        if (scan === null || step !== scannedBy) scan = this.scan(fetch, text, from)
        if (scan === null || scan.items !== count) return false
        scannedBy = step
        taken.push([fetch, { scan, key, rows }])
        at = scan.at
      }
      values += 1 + (scan?.values ?? 0)
    }
    END_OF_PARTS.lastIndex = at
    if (!END_OF_PARTS.test(text) || values > maxValues) return false
    for (const [fetch, each] of taken) this.taken[fetch] = each
    return true
  }

  dataOf(fetch: number): Record<string, unknown> {
    const { scan, key, rows } = this.takenOf(fetch)
    const { data } = JSON.parse(Buffer.from(scan.text, 'latin1').toString('utf8'))
    if (key === null) return data
    return { _entities: rows === null ? data[key] : rows.map((row) => data[key][row]) }
  }

  write(): string {
    this.writeSlot(this.compiled.layout.root, null, 0)
    return Buffer.from(this.text, 'latin1').toString('utf8')
  }

  /** Scans the answer to a fetch from a place of a text on. Returns null if it does not have the form. */
  private scan(fetch: number, text: string, at: number): Scan | null {
    const { scans, dependents } = this.compiled
    const [keys, keysAfter]: [number[][], number[][]] = [[], []]
    for (const dependent of dependents[fetch] ?? []) {
      keys[dependent] = []
      keysAfter[dependent] = []
    }
    const noted = { cuts: [], objects: [], runs: [], cutsBefore: [], keys, keysAfter }
    const scan: Scan = { text, at, values: 0, items: 0, ...noted }
    return scans[fetch]?.(scan) === true ? scan : null
  }

  private takenOf(fetch: number): Taken {
    const taken = this.taken[fetch]
    if (taken === undefined) throw new Error(`expected a fetch whose answer was taken; came ${fetch}`)
    return taken
  }

  /** @param from the fetch whose text has the slot; null for the slot of the root. */
  private writeSlot(slot: Slot, from: number | null, object: number): void {
    for (const part of slot) {
      if (typeof part === 'string') this.text += part
      else this.writeRun(part.fetch, from === null ? 0 : (this.entityOf[part.fetch]?.[object] ?? 0), part.run)
    }
  }

  private writeRun(fetch: number, item: number, run: number): void {
    const { scan, rows } = this.takenOf(fetch)
    const count = this.compiled.layout.objects[fetch]?.runs.length ?? 0
    const at = (rows === null ? item : (rows[item] ?? 0)) * count + run
    const [from = 0, to = from] = [scan.runs[2 * at], scan.runs[2 * at + 1]]
    if (scan.cuts.length === 0) this.text += scan.text.slice(from, to)
    else this.writeCut(fetch, scan, from, to, scan.cutsBefore[at] ?? 0)
  }

  /** Writes a part of a text whose cuts begin at a place in the list. */
  private writeCut(fetch: number, { text, cuts }: Scan, from: number, to: number, firstCut: number): void {
    let at = from
    for (let cut = firstCut; cut < cuts.length; cut += 4) {
      const end = cuts[cut] as number
      if (end >= to) break
      const slot = this.compiled.slots[cuts[cut + 2] as number] ?? []
      this.text += text.slice(at, end)
      this.writeSlot(slot, fetch, cuts[cut + 3] as number)
      at = cuts[cut + 1] as number
    }
    this.text += text.slice(at, to)
  }
}

/** Lists the entities whose keys the objects have that a fetch got, each once. */
function listEntities({ scan, rows }: Taken, fetch: number, { texts, parts }: RepresentationLayout): Listed {
  const { text } = scan
  const [keys, ends] = [scan.keys[fetch] ?? [], scan.keysAfter[fetch] ?? []]
  const entityOf: number[] = []
  const numbers = new Map<string, number>()
  const length = 2 * parts.length
  const partAt = (at: number): string => text.slice(keys[at], keys[at + 1])
  const list = (from: number, to: number): void => {
    for (let at = from; at < to; at += length) {
      let json = ''
      for (const [i, part] of parts.entries()) json += texts[i] + partAt(at + 2 * part)
      entityOf[at / length] = getOrAdd(numbers, json + texts[parts.length], () => numbers.size)
    }
  }
  if (rows === null) list(0, keys.length)
  else for (const row of rows) list(ends[row - 1] ?? 0, ends[row] ?? 0)
  return { entityOf, asked: [...numbers.keys()] }
}

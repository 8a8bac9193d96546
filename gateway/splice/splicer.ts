/**
 * Makes an answer's text from the texts of its subgraphs: it scans each text once, and puts the parts together without making objects. It is only
 * for operations whose fetches go to subgraphs that no country publishes, and only for answers without errors; for any other, it says «not this
 * time». Pure.
 */
import { isUtf8 } from 'node:buffer'
import type { CompiledOperation } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { AnswerPart, PartTaker, SplicedText, Splicer, Splicing } from '../types/splice.ts'
import { createScanCompiler, END } from './compile-scan.ts'
import { type AnswerLayout, layOut, type ObjectLayout, type Slot } from './layout.ts'
import { LONG, Numbers } from './numbers.ts'
import { Unspliceable } from './patterns.ts'
import type { RepresentationLayout } from './represent.ts'
import type { Scan, Step } from './scan.ts'

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
  readonly entityOf: ArrayLike<number>
  readonly asked: readonly string[]
}

/** What a fetch got. */
interface Taken {
  readonly scan: Scan
  /** Where it is in the answer; null if it is the whole answer. */
  readonly key: string | null
  readonly rows: PartTaker['rows']
}

/**
 * From how many characters on the pieces of a text become bytes. Until then V8 only notes them. The pieces of a long list, five for each entity, would live
 * until the answer is sent, and collections would copy and mark them all. A text that is joined for its bytes has room in the young generation, where it dies.
 */
const PART_CHARACTERS = 100_000

const NOTHING_LISTED: Listed = { entityOf: [], asked: [] }

/** What comes after the last part of an answer. */
const END_OF_PARTS = new RegExp(`\\}\\}${END}$`, 'y')

class OneSplicing implements Splicing {
  private readonly compiled: Compiled
  private readonly taken: (Taken | undefined)[] = []
  /** By fetch that was asked about: which of its entities each object has. */
  private readonly entityOf: (ArrayLike<number> | undefined)[] = []
  /** The answer as far as it is bytes, and what comes after that. */
  private readonly written: Buffer[] = []
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

  write(): SplicedText {
    this.writeSlot(this.compiled.layout.root, null, 0)
    if (this.written.length === 0) return this.text
    this.endPart()
    return this.written
  }

  /** Scans the answer to a fetch from a place of a text on. Returns null if it does not have the form. */
  private scan(fetch: number, text: string, at: number): Scan | null {
    const { scans, dependents } = this.compiled
    const keys: Numbers[] = []
    const keysAfter: Numbers[] = []
    for (const dependent of dependents[fetch] ?? []) {
      keys[dependent] = new Numbers()
      keysAfter[dependent] = new Numbers()
    }
    const scan: Scan = {
      text,
      at,
      values: 0,
      items: 0,
      cuts: new Numbers(),
      objects: [],
      runs: new Numbers(),
      cutsBefore: new Numbers(),
      keys,
      keysAfter,
    }
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
    const runs = this.compiled.layout.objects[fetch]?.runs ?? []
    const at = (rows === null ? item : (rows[item] ?? -1)) * runs.length + run
    const from = scan.runs.at(2 * at) ?? -1
    if (from === -1) this.text += runs[run]?.nullText ?? ''
    else {
      const to = scan.runs.at(2 * at + 1) ?? from
      if (scan.cuts.length === 0) this.text += scan.text.slice(from, to)
      else this.writeCut(fetch, scan, from, to, scan.cutsBefore.at(at) ?? 0)
    }
  }

  /** Writes a part of a text whose cuts begin at a place in the list. */
  private writeCut(fetch: number, { text, cuts }: Scan, from: number, to: number, firstCut: number): void {
    let at = from
    for (let cut = firstCut; cut < cuts.length; cut += 4) {
      const end = cuts.at(cut) as number
      if (end >= to) break
      const slot = this.compiled.slots[cuts.at(cut + 2) as number] ?? []
      this.text += text.slice(at, end)
      this.writeSlot(slot, fetch, cuts.at(cut + 3) as number)
      at = cuts.at(cut + 1) as number
      if (this.text.length >= PART_CHARACTERS) this.endPart()
    }
    this.text += text.slice(at, to)
  }

  private endPart(): void {
    this.written.push(Buffer.from(this.text, 'latin1'))
    this.text = ''
  }
}

/** Lists the entities whose keys the objects have that a fetch got, each once. */
function listEntities({ scan, rows }: Taken, fetch: number, layout: RepresentationLayout): Listed {
  const listing = new Listing(scan.text, scan.keys[fetch] ?? new Numbers(), layout)
  if (rows === null) listing.list(0, listing.keys.length)
  else {
    const ends = scan.keysAfter[fetch]
    for (const row of rows) listing.list(ends?.at(row - 1) ?? 0, ends?.at(row) ?? 0)
  }
  return listing
}

class Listing implements Listed {
  readonly entityOf: number[] | Int32Array
  readonly asked: string[] = []
  readonly keys: Numbers
  private readonly text: string
  private readonly layout: RepresentationLayout
  private readonly numbers = new Map<string, number>()

  constructor(text: string, keys: Numbers, layout: RepresentationLayout) {
    this.text = text
    this.keys = keys
    this.layout = layout
    this.entityOf = keys.length < LONG ? [] : new Int32Array(keys.length / (2 * layout.parts.length))
  }

  /** Lists the entities of some of the objects. */
  list(from: number, to: number): void {
    const { text, keys, numbers } = this
    const { texts } = this.layout
    const length = 2 * this.layout.parts.length
    for (let at = from; at < to; at += length) {
      // No value of a key contains the text of another one, so that equal texts have equal parts.
      let values = text.slice(keys.at(at), keys.at(at + 1))
      for (let i = 2; i < length; i += 2) values += `,${text.slice(keys.at(at + i), keys.at(at + i + 1))}`
      let number = numbers.get(values)
      if (number === undefined) {
        number = this.asked.length
        numbers.set(values, number)
        this.asked.push(length === 2 ? `${texts[0]}${values}${texts[1]}` : this.write(at))
      }
      this.entityOf[at / length] = number
    }
  }

  private write(at: number): string {
    const { texts, parts } = this.layout
    let json = ''
    for (let i = 0; i < parts.length; i++) {
      const from = at + 2 * (parts[i] as number)
      json += texts[i] + this.text.slice(this.keys.at(from), this.keys.at(from + 1))
    }
    return json + texts[parts.length]
  }
}

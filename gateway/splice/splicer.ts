/**
 * Makes an answer's text from the texts of its subgraphs: it scans each text once, and puts the parts together without making objects. It is only
 * for operations whose fetches go to subgraphs that no country publishes, and only for answers without errors; for any other, it says «not this
 * time». Pure.
 */
import { isUtf8 } from 'node:buffer'
import type { CompiledOperation } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { AskedEntities, Splicer, Splicing } from '../types/splice.ts'
import { createScanCompiler } from './compile-scan.ts'
import { type AnswerLayout, layOut, type Slot } from './layout.ts'
import { Unspliceable } from './patterns.ts'
import type { RepresentationLayout } from './represent.ts'
import type { Scan, Step } from './scan.ts'

/** What is compiled once for an operation. */
interface Compiled {
  readonly layout: AnswerLayout
  readonly scans: readonly Step[]
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
  const scans = layout.objects.map((object, i) => compiler.compile(object, fetches[i]?.requires !== null))
  return { layout, scans, slots: compiler.slots }
}

function isSimple(fetch: CompiledOperation['fetches'][number], index: number): fetch is PlainFetch {
  if (fetch.mode !== 'PLAIN' || fetch.kind !== 'query' || fetch.index !== index) return false
  return [fetch.inputRewrites, fetch.outputRewrites, fetch.contextRewrites].every((rewrites) => rewrites.length === 0)
}

/** Which entity each object has, and the representations. */
interface Listed {
  readonly entityOf: readonly number[]
  readonly asked: AskedEntities | null
}

class OneSplicing implements Splicing {
  private readonly compiled: Compiled
  private readonly scanned: (Scan | undefined)[] = []
  private readonly listed: (Listed | undefined)[] = []

  constructor(compiled: Compiled) {
    this.compiled = compiled
  }

  ask(fetch: number): AskedEntities | null {
    const known = this.listed[fetch]
    if (known !== undefined) return known.asked
    const representation = this.compiled.layout.representations[fetch]
    if (!representation) throw new Error(`expected a fetch with representations; came ${fetch}`)
    const scan = this.scanned[representation.from]
    const listed = scan ? listEntities(scan, scan.keys[fetch] ?? [], representation) : { entityOf: [], asked: null }
    this.listed[fetch] = listed
    return listed.asked
  }

  take(fetch: number, body: Buffer, maxValues: number): boolean {
    if (!isUtf8(body)) return false
    const scan: Scan = {
      ...{ text: body.toString('latin1'), at: 0, values: 0, items: 0 },
      ...{ cuts: [], objects: [], runs: [], cutsBefore: [] },
      keys: this.compiled.layout.objects.map(() => []),
    }
    const isOfForm = this.compiled.scans[fetch]?.(scan) ?? false
    if (!isOfForm || scan.values > maxValues) return false
    const listed = this.listed[fetch]
    if (listed !== undefined && scan.items !== (listed.asked?.count ?? 0)) return false
    this.scanned[fetch] = scan
    return true
  }

  dataOf(fetch: number): Record<string, unknown> {
    const text = this.scanned[fetch]?.text
    if (text === undefined) throw new Error(`expected a fetch whose answer was taken; came ${fetch}`)
    return JSON.parse(Buffer.from(text, 'latin1').toString('utf8')).data
  }

  write(): string {
    return this.writeSlot(this.compiled.layout.root, null, 0)
  }

  /** @param from the fetch whose text has the slot; null for the slot of the root. */
  private writeSlot(slot: Slot, from: number | null, object: number): string {
    let text = ''
    for (const part of slot) {
      if (typeof part === 'string') text += part
      else
        text += this.writeRun(
          part.fetch,
          from === null ? 0 : (this.listed[part.fetch]?.entityOf[object] ?? 0),
          part.run,
        )
    }
    return text
  }

  private writeRun(fetch: number, item: number, run: number): string {
    const scan = this.scanned[fetch]
    const runs = this.compiled.layout.objects[fetch]?.runs ?? []
    if (scan === undefined) throw new Error(`expected a fetch whose answer was taken; came ${fetch}`)
    const at = item * runs.length + run
    const from = scan.runs[2 * at] ?? -1
    if (from === -1) return runs[run]?.nullText ?? ''
    const to = scan.runs[2 * at + 1] ?? from
    return scan.cuts.length === 0
      ? scan.text.slice(from, to)
      : this.writeCut(fetch, scan, from, to, scan.cutsBefore[at] ?? 0)
  }

  /** Writes a part of a text whose cuts begin at a place in the list. */
  private writeCut(fetch: number, { text, cuts }: Scan, from: number, to: number, firstCut: number): string {
    let written = ''
    let at = from
    for (let cut = firstCut; cut < cuts.length; cut += 4) {
      const end = cuts[cut] as number
      if (end >= to) break
      const slot = this.compiled.slots[cuts[cut + 2] as number] ?? []
      written += text.slice(at, end)
      written += this.writeSlot(slot, fetch, cuts[cut + 3] as number)
      at = cuts[cut + 1] as number
    }
    return written + text.slice(at, to)
  }
}

/** Lists the entities whose keys objects have, each once. */
function listEntities({ text }: Scan, keys: readonly number[], { texts, parts }: RepresentationLayout): Listed {
  const numbers = new Map<string, number>()
  const entityOf: number[] = []
  let json = ''
  for (let at = 0; at < keys.length; at += 2 * parts.length) {
    // No value of a key contains the text of another one, so that equal texts have equal parts.
    let values = text.slice(keys[at], keys[at + 1])
    for (let i = 2; i < 2 * parts.length; i += 2) values += `,${text.slice(keys[at + i], keys[at + i + 1])}`
    let number = numbers.get(values)
    if (number === undefined) {
      number = numbers.size
      numbers.set(values, number)
      json += number === 0 ? '[' : ','
      for (const [i, part] of parts.entries())
        json += `${texts[i]}${text.slice(keys[at + 2 * part], keys[at + 2 * part + 1])}`
      json += texts.at(-1)
    }
    entityOf.push(number)
  }
  return { entityOf, asked: numbers.size === 0 ? null : { count: numbers.size, json: `${json}]` } }
}

/**
 * Runs the fetches of an operation whose answer is spliced (gateway/splice). If one answer cannot be spliced, the rest goes the usual way, with the same
 * answers: no subgraph is asked twice.
 */
import { gatherPlain } from '../gather/gather-plain.ts'
import { createSplicer } from '../splice/splicer.ts'
import { entitiesAt } from '../spread/entities.ts'
import { splicedLeg } from '../spread/plain.ts'
import type { EngineAnswer, LegAnswer } from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { CompiledOperation } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { Splicer, Splicing } from '../types/splice.ts'
import { addAnswerErrors, notePlain, type Run, runEach, runFetch } from './run-fetches.ts'

const splicers = new WeakMap<CompiledOperation, Splicer | null>()

/**
 * Finds the splicer of an operation, which is made once. Null if its answers cannot be spliced, or if its legs may be merged, which saves more.
 */
export function splicerOf({ compiled, partners, denials }: Run): Splicer | null {
  if (denials.length > 0 || partners.size > 0) return null
  const known = splicers.get(compiled)
  if (known !== undefined) return known
  const splicer = createSplicer(compiled)
  splicers.set(compiled, splicer)
  return splicer
}

/** Runs all fetches of an operation. Returns the answer's data as JSON; null if it was not spliced: then the run has all answers. */
export async function spliceFetches(run: Run, splicer: Splicer): Promise<string | null> {
  const spliced = new SplicedRun(run, splicer.begin())
  await runEach(run.compiled.fetches, (fetch) => spliced.runFetch(fetch as PlainFetch))
  return spliced.write()
}

/** A fetch that was sent while the answer was still to be spliced. */
interface SentFetch {
  readonly fetch: PlainFetch
  /** Its entities, once the rest goes the usual way. */
  entities: readonly Entity[] | null
  isTaken: boolean
}

class SplicedRun {
  readonly #run: Run
  readonly #sent: SentFetch[] = []
  /** Null if the rest goes the usual way. */
  #splicing: Splicing | null

  constructor(run: Run, splicing: Splicing) {
    this.#run = run
    this.#splicing = splicing
  }

  async runFetch(fetch: PlainFetch): Promise<void> {
    const run = this.#run
    const splicing = this.#splicing
    if (splicing === null) return runFetch(fetch, run)
    const asked = fetch.requires === null ? undefined : splicing.ask(fetch.index)
    if (asked === null) return
    const endpoint = run.served.get(fetch.domain)?.plain
    if (endpoint === undefined) throw new Error(`expected a domain of the supergraph; came ${fetch.domain}`)
    const sent: SentFetch = { fetch, entities: null, isTaken: false }
    this.#sent.push(sent)
    const leg = splicedLeg(fetch, asked?.json ?? null, run.variables, endpoint, (body, maxValues) => {
      sent.isTaken = this.#splicing?.take(fetch.index, body, maxValues) === true
      return sent.isTaken
    })
    const { answer, sent: legs } = await run.send(leg, false)
    if (run.context.trail) notePlain(run.context.trail, fetch.domain, answer, legs)
    if (answer.kind === 'answered' && answer.isTaken) return
    sent.isTaken = false
    this.#goTheUsualWay()
    this.#gather(sent, answer)
  }

  write(): string | null {
    return this.#splicing?.write() ?? null
  }

  /** Puts what was taken so far into the tree. Each fetch that was sent gets its entities, in the order in which it asked about them. */
  #goTheUsualWay(): void {
    const splicing = this.#splicing
    if (splicing === null) return
    this.#splicing = null
    for (const sent of this.#sent.sort((a, b) => a.fetch.index - b.fetch.index)) {
      const { requires, path } = sent.fetch
      if (requires !== null)
        sent.entities = entitiesAt(this.#run.tree, path, requires, this.#run.compiled.keys.typename)
      if (!sent.isTaken) continue
      this.#gather(sent, { kind: 'answered', data: splicing.dataOf(sent.fetch.index), errors: [] })
    }
  }

  #gather({ fetch, entities }: SentFetch, answer: LegAnswer): void {
    addAnswerErrors(this.#run, gatherPlain(fetch, entities, answer, this.#run.tree))
  }
}

/**
 * An answer of spliced data, which is decoded and parsed only if somebody reads it. It is a class, because an object literal with accessors has a hidden
 * class of its own, which lives in the old generation: it kept each answer alive until the next full collection.
 */
class SplicedAnswer implements EngineAnswer {
  readonly latin1: string

  constructor(latin1: string) {
    this.latin1 = latin1
  }

  get json(): string {
    return Buffer.from(this.latin1, 'latin1').toString('utf8')
  }

  get data(): unknown {
    return JSON.parse(this.json)
  }
}

/** Makes an answer of spliced data. */
export function toSplicedAnswer(latin1: string): EngineAnswer {
  return new SplicedAnswer(latin1)
}

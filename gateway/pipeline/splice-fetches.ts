/**
 * Runs the fetches of an operation whose answer is spliced (gateway/splice). If one answer cannot be spliced, the rest goes the usual way, with the same
 * answers: no subgraph is asked twice.
 */
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { gatherPlain } from '../gather/gather-plain.ts'
import { createSplicer } from '../splice/splicer.ts'
import { entitiesAt } from '../spread/entities.ts'
import { plainLeg } from '../spread/plain.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { Splicer, Splicing } from '../types/splice.ts'
import type { MergedAnswer } from './merge-legs.ts'
import { addAnswerErrors, notePlain, type Run, runEach, runFetch } from './run-fetches.ts'

const makeSplicer = rememberByObject(createSplicer)

/** Finds the splicer of an operation, which is made once. Null if its answers cannot be spliced. */
export function splicerOf({ compiled, denials }: Run): Splicer | null {
  return denials.length > 0 ? null : makeSplicer(compiled)
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
  readonly #splicing: Splicing
  /** False if the rest goes the usual way. */
  #isSpliced = true

  constructor(run: Run, splicing: Splicing) {
    this.#run = run
    this.#splicing = splicing
  }

  async runFetch(fetch: PlainFetch): Promise<void> {
    const run = this.#run
    if (!this.#isSpliced) return runFetch(fetch, run)
    const asked = fetch.requires === null ? null : this.#splicing.ask(fetch.index)
    if (asked?.length === 0) return
    const endpoint = run.served.get(fetch.domain)?.plain
    if (endpoint === undefined) throw new Error(`expected a domain of the supergraph; came ${fetch.domain}`)
    const sent: SentFetch = { fetch, entities: null, isTaken: false }
    this.#sent.push(sent)
    const { answer, sent: legs } = await this.#send(fetch, asked, plainLeg(fetch, null, run.variables, endpoint))
    if (run.notes !== null) notePlain(run.notes, fetch.domain, answer, legs)
    if (answer.kind === 'answered' && answer.isTaken) this.#noteTaken(sent)
    else {
      this.#goTheUsualWay()
      this.#gather(sent, answer)
    }
  }

  write(): string | null {
    return this.#isSpliced ? this.#splicing.write() : null
  }

  #send(fetch: PlainFetch, asked: readonly string[] | null, leg: Leg): Promise<MergedAnswer> {
    const { send, partners } = this.#run
    if (asked !== null) {
      return send(leg, partners.has(fetch), { fetch: fetch.index, representations: asked, takeParts: this.#takeParts })
    }
    const takeBody: Leg['takeBody'] = (body, maxValues) => {
      return this.#isSpliced && this.#splicing.take(fetch.index, body, maxValues)
    }
    return send({ ...leg, takeBody }, false)
  }

  readonly #takeParts: Splicing['takeParts'] = (parts, body, maxValues) => {
    return this.#isSpliced && this.#splicing.takeParts(parts, body, maxValues)
  }

  #noteTaken(sent: SentFetch): void {
    sent.isTaken = true
    if (!this.#isSpliced) this.#gatherTaken(sent)
  }

  /** Puts what was taken so far into the tree. Each fetch that was sent gets its entities, in the order in which it asked about them. */
  #goTheUsualWay(): void {
    if (!this.#isSpliced) return
    this.#isSpliced = false
    for (const sent of this.#sent.sort((a, b) => a.fetch.index - b.fetch.index)) {
      const { requires, path } = sent.fetch
      if (requires !== null)
        sent.entities = entitiesAt(this.#run.tree, path, requires, this.#run.compiled.keys.typename)
      if (sent.isTaken) this.#gatherTaken(sent)
    }
  }

  #gatherTaken(sent: SentFetch): void {
    this.#gather(sent, { kind: 'answered', data: this.#splicing.dataOf(sent.fetch.index), errors: [] })
  }

  #gather({ fetch, entities }: SentFetch, answer: LegAnswer): void {
    addAnswerErrors(this.#run, gatherPlain(fetch, entities, answer, this.#run.tree))
  }
}

import { print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { gatherPlain } from '../../../gateway/gather/gather-plain.ts'
import { loadSupergraph } from '../../../gateway/plan/graph/supergraph.ts'
import { type CompileForTest, createTestCompiler } from '../../../gateway/plan/testing.ts'
import { shapeAnswer } from '../../../gateway/shape/shape.ts'
import { createSplicer } from '../../../gateway/splice/splicer.ts'
import { entitiesAt } from '../../../gateway/spread/entities.ts'
import { plainLeg } from '../../../gateway/spread/plain.ts'
import { anEndpoint } from '../../../gateway/testing.ts'
import type { LegAnswer } from '../../../gateway/types/flow.ts'
import type { CompiledOperation } from '../../../gateway/types/operation.ts'
import type { PlainFetch } from '../../../gateway/types/plan.ts'
import type { Splicer } from '../../../gateway/types/splice.ts'
import { composePattern, type Serve, serveInProcess } from '../../federation/harness/subgraphs.ts'
import type { Dice } from '../../oracle/dice.ts'
import type { Operation } from '../../oracle/operation.ts'
import { readSpoiled } from '../answers/read-spoiled.ts'
import { spoil } from '../answers/spoil.ts'
import { seededDice } from '../random.ts'
import { FUZZ_TIMEOUT_MS, fuzzRuns } from '../runs.ts'
import { makeModel } from '../supergraph/make-model.ts'
import { makeOperation } from '../supergraph/make-operation.ts'
import { isAnswered, type Reference, referenceOf, serveModel } from '../supergraph/serve-model.ts'
import { spoilText } from './spoil-text.ts'

/** A part of the cases. The other fuzz tests have theirs. */
const SHARE = 0.5
const OPERATIONS_PER_GRAPH = 40
/** How often each operation that can be spliced runs, each time with other answers. */
const TIMES_ASKED = 10
const MAX_VALUES = 50_000

interface Graph {
  readonly compile: CompileForTest
  readonly serve: Serve
  readonly reference: Reference
}

interface Tally {
  cases: number
  /** How many answers were spliced, and how many of these had a text that was changed. */
  spliced: number
  changed: number
  joined: number
}

describe('an answer that is spliced from random texts', () => {
  it(
    'is the answer that is gathered and shaped from the same texts, and no text with a fault is spliced',
    async () => {
      const { cases, seed } = fuzzRuns()
      const tally: Tally = { cases: 0, spliced: 0, changed: 0, joined: 0 }
      for (let at = seed; tally.cases < cases * SHARE; at++) {
        const graph = buildGraph(`spliced ${at}`)
        if (graph !== null) await fuzzGraph(graph, seededDice(`splicing ${at}`), tally, `ISTMO_FUZZ_SEED=${at}`)
      }
      process.stdout.write(`${JSON.stringify(tally)}\n`)
      expect(tally.spliced).toBeGreaterThan(tally.cases / 5)
      expect(tally.joined).toBeGreaterThan(tally.cases / 50)
      expect(tally.changed).toBeGreaterThan(tally.cases / 100)
    },
    FUZZ_TIMEOUT_MS,
  )
})

function buildGraph(seed: string): Graph | null {
  const model = makeModel(seed)
  if (!isAnswered(model)) return null
  const subgraphs = serveModel(model)
  try {
    const supergraph = composePattern(subgraphs)
    if (loadSupergraph(supergraph).knownPatterns.length > 0) return null
    return {
      compile: createTestCompiler(supergraph, () => false),
      serve: serveInProcess(subgraphs),
      reference: referenceOf(model),
    }
  } catch {
    return null
  }
}

async function fuzzGraph(graph: Graph, dice: Dice, tally: Tally, name: string): Promise<void> {
  for (let i = 0; i < OPERATIONS_PER_GRAPH; i++) {
    const operation = makeOperation(graph.reference.schema, dice)
    const compiled = compileOrNull(graph, operation)
    const splicer = compiled && createSplicer(compiled)
    if (!compiled || !splicer) continue
    for (let time = 0; time < TIMES_ASKED; time++) {
      const case_ = new Case(compiled, splicer, graph.serve, time === 0 ? null : dice)
      const fault = await case_.run(operation.variables).catch((cause: unknown) => (cause as Error).stack)
      if (fault !== null)
        expect.fail(`${name} operation ${i}\n${print(operation.document)}\n${case_.report()}\n${fault}`)
      tally.cases += 1
      if (!case_.isSpliced) continue
      tally.spliced += 1
      if (compiled.fetches.length > 1) tally.joined += 1
      if (case_.isChanged) tally.changed += 1
    }
  }
}

function compileOrNull({ compile }: Graph, { document, variables }: Operation): CompiledOperation | null {
  try {
    return compile(print(document), { ...variables })
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'PLAN_FAILED') return null
    throw cause
  }
}

/** One operation, answered both ways from the same texts. */
class Case {
  isSpliced = true
  isChanged = false
  private readonly tree: Record<string, unknown> = {}
  private readonly texts: string[] = []
  private errors = 0
  private readonly compiled: CompiledOperation
  private readonly splicing: ReturnType<Splicer['begin']>
  private readonly serve: Serve
  private readonly dice: Dice | null

  constructor(compiled: CompiledOperation, splicer: Splicer, serve: Serve, dice: Dice | null) {
    this.compiled = compiled
    this.splicing = splicer.begin()
    this.serve = serve
    this.dice = dice
  }

  /** Runs the case. Returns what is wrong; null if nothing is. */
  async run(variables: Readonly<Record<string, unknown>>): Promise<string | null> {
    for (const fetch of this.compiled.fetches) {
      const fault = await this.fetch(fetch as PlainFetch, variables)
      if (fault !== null) return fault
    }
    if (!this.isSpliced) return null
    const shaped = shapeAnswer(this.compiled.shape, this.tree)
    if (this.errors > 0) return `expected no splicing beside ${this.errors} errors`
    if (shaped.missing.length > 0) return `expected no splicing where ${JSON.stringify(shaped.missing)} is missing`
    const text = this.splicing.write()
    const [written, expected] = [JSON.stringify(JSON.parse(text)), JSON.stringify(shaped.data)]
    return written === expected ? null : `expected ${expected}\ncame ${text}`
  }

  report(): string {
    return this.texts.join('\n')
  }

  private async fetch(fetch: PlainFetch, variables: Readonly<Record<string, unknown>>): Promise<string | null> {
    const { requires, path } = fetch
    const entities = requires ? entitiesAt(this.tree, path, requires, this.compiled.keys.typename) : null
    const asked = requires && this.isSpliced ? this.splicing.ask(fetch.index) : []
    if (entities?.length === 0) return asked.length === 0 ? null : `expected nothing to ask; came ${asked}`
    const leg = plainLeg(fetch, entities, variables, anEndpoint({}))
    const representations = JSON.stringify(leg.variables.representations)
    if (this.isSpliced && requires && `[${asked}]` !== representations)
      return `expected ${representations}\ncame ${asked}`
    const body = this.changed(JSON.stringify(await this.serve(leg.domain, leg.query, leg.variables)))
    this.texts.push(`${leg.domain} ${leg.query}\n${body.toString('utf8', 0, 2_000)}`)
    if (this.isSpliced) this.isSpliced = this.take(fetch, asked.length, body)
    const answer = await readSpoiled(body)
    if (this.isSpliced && !isEqual(answer, this.splicing.dataOf(fetch.index))) return 'expected the data of the answer'
    this.errors += gatherPlain(fetch, entities, answer, this.tree).length
    return null
  }

  private take({ index, requires }: PlainFetch, count: number, body: Buffer): boolean {
    if (requires === null) return this.splicing.take(index, body, MAX_VALUES)
    const part = { key: '_entities', count, takers: [{ fetch: index, rows: null }] }
    return this.splicing.takeParts([part], body, MAX_VALUES)
  }

  private changed(text: string): Buffer {
    if (this.dice === null || !this.dice.oneIn(this.compiled.fetches.length + 1)) return Buffer.from(text)
    this.isChanged = true
    return this.dice.oneIn(3) ? spoil(JSON.parse(text), this.dice) : spoilText(text, this.dice)
  }
}

function isEqual(answer: LegAnswer, data: unknown): boolean {
  return answer.kind === 'answered' && JSON.stringify(answer.data) === JSON.stringify(data)
}

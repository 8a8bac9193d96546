/** Which variables of a signed question each leg shows, over random operations in random worlds. */
import fc from 'fast-check'
import { print } from 'graphql'
import { expect, it } from 'vitest'
import { isDomain } from '../../contract/domain.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { questionOfLeg } from '../../gateway/leg/leg-question.ts'
import { createEngine, type Engine } from '../../gateway/pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../../gateway/testing.ts'
import type { Leg, SendLeg } from '../../gateway/types/flow.ts'
import { apiSchema } from '../oracle/federation.ts'
import { type AnswerNationally, nationsInMemory } from '../oracle/nation.ts'
import type { Operation } from '../oracle/operation.ts'
import { questions } from '../oracle/question.ts'
import type { World } from '../oracle/rows.ts'
import { runsOf } from '../oracle/runs.ts'

const session = createTestSession('EdDSA')

/** A leg that was sent, and the names of the variables that it shows. */
interface ShownLeg {
  readonly leg: Leg
  readonly names: ReadonlySet<string>
}

/** A run of one operation: the legs so far, and who answers them. */
interface Run {
  readonly shown: ShownLeg[]
  readonly answer: AnswerNationally
}

const runs = new Map<string, Run>()
const engines = new Map<string, Engine>()

/** Sends a leg as the gateway would, and notes what it shows. */
const sendLeg: SendLeg = async (leg, { question, requestId }) => {
  const { country, domain, query, variables: sent } = leg
  const text = question === undefined ? null : questionOfLeg(question, leg)
  const run = runs.get(requestId)
  if (text === null || country === null || !isDomain(domain) || !run) throw new Error('expected a leg with a statement')
  run.shown.push({ leg, names: new Set(verifyQuestion(text, { now: Date.now }).variables.keys()) })
  const { data = null, errors = [] } = await run.answer({ country, domain, query, variables: sent })
  return { kind: 'answered', data, errors }
}

/** Returns the engine over these publishers. Loading a graph takes longer than an operation. */
function engineOf(publishers: World['publishers']): Engine {
  const key = JSON.stringify(publishers)
  const engine = engines.get(key) ?? createEngineOver(publishers)
  engines.set(key, engine)
  return engine
}

function createEngineOver(publishers: World['publishers']): Engine {
  const endpoint = anEndpoint({ deadlineMs: 60_000 })
  return createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: Object.entries(publishers).map(([country, domains]) =>
      aParticipant(country, { domains: Object.fromEntries(domains.map((domain) => [domain, endpoint])) }),
    ),
    subgraphDefaults: { deadlineMs: 60_000, maxAnswerBytes: 1_000_000 },
    sendLeg,
  })
}

/** Asks an operation with a statement, and returns each leg with the variables that it shows. */
async function ask({ publishers, rows }: World, { document, operationName, variables }: Operation) {
  const source = print(document)
  const ath = 'a'.repeat(43)
  const signed = { aud: 'https://istmo.example', iat: Math.floor(Date.now() / 1_000), ath, document: source, variables }
  const statement = verifyQuestion(session.ask(signed).text, { now: Date.now })
  const run: Run = { shown: [], answer: nationsInMemory(rows) }
  const requestId = statement.jti
  runs.set(requestId, run)
  const request = { document, operationName, variables: { ...variables }, source }
  await engineOf(publishers).execute(request, aContext({ requestId, question: { statement, document: source } }))
  runs.delete(requestId)
  return run.shown
}

/** The texts in a value, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Whether a value is another one after coercion: input objects may have got defaults, and the order of their members says nothing. */
function isWithin(value: unknown, coerced: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === coerced
  if (typeof coerced !== 'object' || coerced === null) return false
  if (Array.isArray(value) && value.length !== Object.keys(coerced).length) return false
  return Object.entries(value).every(([name, member]) => isWithin(member, (coerced as Record<string, unknown>)[name]))
}

/** A text without quotes and spaces: an enum value and the names of an input object have no quotes in a document. */
function bare(text: string): string {
  return text.replace(/["\s]/g, '')
}

it('a leg shows a variable if it carries its value, or if it is of a condition or a page, and hides every other', async () => {
  let legs = 0
  let hidden = 0
  await fc.assert(
    fc.asyncProperty(questions(apiSchema()), async ({ world, asked }) => {
      const definitions = asked.document.definitions.flatMap((node) =>
        node.kind === 'OperationDefinition' && node.name?.value === asked.operationName
          ? (node.variableDefinitions ?? [])
          : [],
      )
      const declared = definitions.map(({ variable }) => variable.name.value)
      fc.pre(declared.every((name) => asked.variables[name] !== undefined))
      const source = print(asked.document)
      // A node works out conditions by itself, and compares where a page begins.
      const forAll = [...source.matchAll(/(?:@(?:skip|include)\(if|\bafter): \$(\w+)/g)].map(([, name]) => name)
      for (const { leg, names } of await ask(world, asked)) {
        legs += 1
        hidden += declared.length - names.size
        const { representations, ...sent } = leg.variables
        const ids = new Set(textsIn(representations))
        for (const name of names) {
          const value = asked.variables[name]
          const isCarried = Object.values(sent).some((each) => isWithin(value, each))
          const isEntity = textsIn(value).some((text) => ids.has(text))
          expect(isCarried || isEntity || forAll.includes(name), `${name} of ${source}`).toBe(true)
        }
        // What no variable of the client has is in the document, or the gateway's.
        for (const [name, value] of Object.entries(sent)) {
          const ofClient = declared.filter((each) => isWithin(asked.variables[each], value))
          const isOurs =
            name.startsWith('_i') || ofClient.length === 0 || bare(source).includes(bare(JSON.stringify(value)))
          if (!isOurs)
            expect(
              ofClient.some((each) => names.has(each)),
              `${name} of ${leg.query}`,
            ).toBe(true)
        }
      }
    }),
    runsOf(0.15),
  )
  expect([legs > 20, hidden > 0]).toEqual([true, true])
})

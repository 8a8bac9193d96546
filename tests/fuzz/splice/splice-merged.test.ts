import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createEngine } from '../../../gateway/pipeline/engine.ts'
import { aContext } from '../../../gateway/testing.ts'
import type { Leg, LegAnswer, Trail } from '../../../gateway/types/flow.ts'
import { fed2, type Subgraph } from '../../federation/harness/pattern.ts'
import { composePattern, type Serve, serveInProcess } from '../../federation/harness/subgraphs.ts'
import type { Dice } from '../../oracle/dice.ts'
import { readSpoiled } from '../answers/read-spoiled.ts'
import { seededDice } from '../random.ts'
import { FUZZ_TIMEOUT_MS, fuzzRuns } from '../runs.ts'
import { spoilText } from './spoil-text.ts'

/** A part of the cases. The other fuzz tests have theirs. */
const SHARE = 0.3

const CASE = 'id title statute { id heading text }'
const DEEP = `id heading text cases { id title lead { id name birthplace cases { ${CASE} } } }`

/** Operations whose fetches are ready together: with equal texts, with entities of their own below these, and with different texts. */
const DOCUMENTS = [
  `{ persons { id name cases { title statute { ${DEEP} } } } statutes { ${DEEP} } }`,
  '{ persons { id cases { lead { name } } } statutes { id cases { lead { name } statute { text } } } }',
  '{ persons { id cases { lead { cases { lead { name } } } } } statutes { id cases { lead { cases { lead { name } } } } } }',
  '{ persons { id cases { lead { cases { statute { text heading } } } } } statutes { cases { lead { cases { statute { text } } } } } }',
  '{ persons { cases { lead { friend { cases { title } } } } } statutes { cases { lead { friend { cases { id title } } } } } }',
  '{ persons { cases { lead { friend { cases { title } friend { name } } } } } statutes { cases { lead { friend { cases { id } } } } } }',
  '{ statutes { cases { statute { heading } lead { birthplace } } } persons { name cases { lead { name } statute { text } } } }',
]

interface World {
  readonly persons: readonly (string | null)[]
  readonly statutes: readonly (string | null)[]
  /** By the id of a person or statute: ids of cases. */
  readonly casesOf: ReadonlyMap<string, readonly (string | null)[] | null>
  readonly leadOf: ReadonlyMap<string, string | null>
  readonly friendOf: ReadonlyMap<string, string | null>
  readonly statuteOf: ReadonlyMap<string, string | null>
  /** What entities lack. */
  readonly unknown: ReadonlySet<string>
}

const ids = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`)
const [PERSONS, STATUTES, CASES] = [ids('P', 5), ids('S', 5), ids('C', 6)]

function makeWorld(dice: Dice): World {
  const some = (of: readonly string[], most: number) => dice.many(0, most, () => dice.orNull(12, () => dice.pick(of)))
  const toOne = (from: readonly string[], of: readonly string[]) =>
    new Map(from.map((id) => [id, dice.orNull(8, () => dice.pick(of))]))
  const fields = ['name', 'birthplace', 'heading', 'text', 'title'].flatMap((field) =>
    [...PERSONS, ...STATUTES, ...CASES].map((id) => `${id} ${field}`),
  )
  return {
    persons: some(PERSONS, 4),
    statutes: some(STATUTES, 4),
    casesOf: new Map([...PERSONS, ...STATUTES].map((id) => [id, dice.orNull(9, () => some(CASES, 3))])),
    leadOf: toOne(CASES, PERSONS),
    friendOf: toOne(PERSONS, PERSONS),
    statuteOf: toOne(CASES, STATUTES),
    unknown: new Set(dice.oneIn(2) ? fields.filter(() => dice.oneIn(30)) : []),
  }
}

function subgraphsOf(world: World): readonly Subgraph[] {
  const toRef = (id: string | null | undefined) => (id ? { id } : null)
  const text = (field: string) => (of: { id: string }) =>
    world.unknown.has(`${of.id} ${field}`) ? null : `${field} «${of.id}»`
  const cases = ({ id }: { id: string }) => world.casesOf.get(id)?.map(toRef) ?? null
  return [
    {
      name: 'persons',
      sdl: fed2(
        `type Query { persons: [Person] } type Person @key(fields: "id") { id: ID! name: String birthplace: String friend: Person }`,
      ),
      resolvers: {
        Query: { persons: () => world.persons.map(toRef) },
        Person: {
          name: text('name'),
          birthplace: text('birthplace'),
          friend: ({ id }: { id: string }) => toRef(world.friendOf.get(id)),
        },
      },
    },
    {
      name: 'legal',
      sdl: fed2(
        `type Query { statutes: [Statute] } type Statute @key(fields: "id") { id: ID! heading: String! text: String }`,
      ),
      resolvers: {
        Query: { statutes: () => world.statutes.map(toRef) },
        Statute: { heading: text('heading'), text: text('text') },
      },
    },
    {
      name: 'cases',
      sdl: fed2(`type Case { id: ID! title: String lead: Person statute: Statute }
        type Person @key(fields: "id") { id: ID! cases: [Case] } type Statute @key(fields: "id") { id: ID! cases: [Case] }`),
      resolvers: {
        Case: {
          title: text('title'),
          lead: ({ id }: { id: string }) => toRef(world.leadOf.get(id)),
          statute: ({ id }: { id: string }) => toRef(world.statuteOf.get(id)),
        },
        Person: { cases },
        Statute: { cases },
      },
    },
  ]
}

const SUPERGRAPH = composePattern(subgraphsOf(makeWorld(seededDice('composed'))))

function spoilAnswer(text: string, dice: Dice): Buffer {
  if (!dice.oneIn(3)) return spoilText(text, dice)
  // An entity too few or too many.
  const answer = JSON.parse(text)
  const list = dice.pick(
    Object.values(answer.data ?? {})
      .filter(Array.isArray)
      .concat([[]]),
  ) as unknown[]
  if (dice.oneIn(2)) list.pop()
  else list.push(list.at(-1) ?? null)
  return Buffer.from(JSON.stringify(answer))
}

/** How a question is answered: by which subgraphs, and by which seed their answers are spoiled; null if they are not. */
interface Setting {
  readonly serve: Serve
  readonly spoiled: string | null
}

/** Creates a function that asks an engine. The same request to a subgraph has the same answer, which may be spoiled. */
function createAsker(splices: boolean) {
  let setting: Setting
  let requests: string[] = []
  let isSpliced = true
  const sendLeg = async (leg: Leg): Promise<LegAnswer> => {
    const { domain, query, variablesJson = JSON.stringify(leg.variables) } = leg
    const variables = JSON.parse(variablesJson) as Record<string, unknown>
    for (const name of Object.keys(variables)) expect(leg.variables[name]).toEqual(variables[name])
    const request = `${domain} ${query} ${variablesJson}`
    requests.push(request)
    const text = JSON.stringify(await setting.serve(domain, query, variables))
    const dice = seededDice(`${setting.spoiled} ${request}`)
    const body = setting.spoiled !== null && dice.oneIn(6) ? spoilAnswer(text, dice) : Buffer.from(text)
    const isTaken = leg.takeBody?.(body, 50_000) === true
    isSpliced &&= isTaken
    return isTaken ? { kind: 'answered', data: null, errors: [], isTaken } : readSpoiled(body)
  }
  const engine = createEngine({
    ...{ supergraphSdl: SUPERGRAPH, participants: [], sendLeg, splices },
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 4 << 20 },
  })
  return async (document: string, asked: Setting) => {
    setting = asked
    requests = []
    isSpliced = true
    const request = { document: parse(document), source: document, operationName: undefined, variables: {} }
    const lists = { denials: [], legs: [], sent: new Map() }
    const trail: Trail = {
      ...{ ...lists, operation: null, uses: null, cost: null, salt: new Uint8Array(32), legSalts: 0, codes: null },
    }
    const { data, errors } = await engine.execute(request, aContext({ trail }))
    return { answer: JSON.stringify({ data, errors }), requests: requests.sort(), isSpliced, legs: describeLegs(trail) }
  }
}

/** What the entry of a request says of its legs. */
function describeLegs({ legs }: Trail): readonly string[] {
  return legs.map(({ domain, outcome, leg }) => `${domain} ${outcome.reach} ${outcome.code} ${leg?.query}`).sort()
}

it(
  'an answer that is spliced from merged legs is the one that is gathered from the same requests',
  async () => {
    const { cases, seed } = fuzzRuns()
    const [askSpliced, askUsual] = [createAsker(true), createAsker(false)]
    const tally = { cases: 0, spliced: 0, broken: 0, askedOtherwise: 0 }
    for (let at = seed; tally.cases < cases * SHARE; at++) {
      const dice = seededDice(`merged ${at}`)
      const serve = serveInProcess(subgraphsOf(makeWorld(dice)))
      const document = dice.pick(DOCUMENTS)
      const spoiled = dice.oneIn(3) ? `spoiled ${at}` : null
      const spliced = await askSpliced(document, { serve, spoiled })
      const usual = await askUsual(document, { serve, spoiled })
      const isSameAsked = JSON.stringify(spliced.requests) === JSON.stringify(usual.requests)
      const name = `ISTMO_FUZZ_SEED=${at} ${document}`
      if (spliced.isSpliced || spoiled === null) expect(spliced.requests, name).toEqual(usual.requests)
      // Once an answer was not spliced, the legs after it may be merged otherwise, and other answers are spoiled.
      if (isSameAsked) expect([spliced.answer, spliced.legs], name).toEqual([usual.answer, usual.legs])
      expect(usual.legs, name).toHaveLength(usual.requests.length)
      tally.cases += 1
      if (spliced.isSpliced) tally.spliced += 1
      else if (isSameAsked) tally.broken += 1
      else tally.askedOtherwise += 1
    }
    process.stdout.write(`${JSON.stringify(tally)}\n`)
    expect(tally.spliced).toBeGreaterThan(tally.cases / 3)
    expect(tally.broken).toBeGreaterThan(tally.cases / 10)
    expect(tally.askedOtherwise).toBeLessThan(tally.cases / 10)
  },
  FUZZ_TIMEOUT_MS,
)

import { randomUUID } from 'node:crypto'
import { type GraphQLSchema, getNamedType, isObjectType, parse } from 'graphql'
import { OPEN, policiesNamed, scopesNamed } from '../../../contract/access/rule.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { DOMAINS, type Domain } from '../../../contract/domain.ts'
import { domainSdl } from '../../../contract/domain-sdl.ts'
import { readWords } from '../../../contract/read-words.ts'
import { listOwnRecords } from '../../../contract/row-quota/own-records.ts'
import { RECORD_TYPES, type RecordType } from '../catalog.ts'
import { type Check, judgeRefusal, makeChecks, once, pageRequest, publishes, type Tried, type World } from '../check.ts'
import { STRANGE_AGENCY, TEST_LEGS_PER_QUESTION, TEST_ROWS_PER_DAY } from '../identity.ts'
import {
  type Caller,
  codesOf,
  dataOf,
  describeReply,
  isRefused,
  LEG_FAULTS,
  type LegFault,
  type LegQuestion,
  QUESTION_FAULTS,
  type QuestionFault,
  type Reply,
} from '../leg.ts'
import { absentId } from './records.ts'

/** Who may read which field, and which tokens a node must refuse whoever holds them. */

/** A smallest question that asks for one field of a record that nobody has. Several callers ask it. */
interface Probe {
  readonly domain: Domain
  readonly coordinate: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** The types of records that have rules. */
const RULED = ['Case', 'Warrant', 'Person', 'MutualLegalAssistanceRequest']

/** Makes a probe for each field of the country's records. */
const makeProbes = once((world: World): readonly Probe[] => {
  const types = RECORD_TYPES.filter(({ name, domain, isStub }) => {
    return RULED.includes(name) && world.schemas.has(domain) && !isStub
  })
  return types.flatMap((type) =>
    Object.values(fieldsOf(world.schemas.get(type.domain), type))
      .map(({ name, type: output }) => {
        const field = `${name}${isObjectType(getNamedType(output)) ? ' { __typename }' : ''}`
        return { domain: type.domain, coordinate: `${type.name}.${name}`, ...askField(type, field, world) }
      })
      .filter(({ coordinate }) => publishes(world, coordinate)),
  )
})

function fieldsOf(schema: GraphQLSchema | undefined, { name }: RecordType) {
  const type = schema?.getType(name)
  return isObjectType(type) ? type.getFields() : {}
}

/** Asks for a field by the root field of its type, and of persons by `_entities`, as gateways do. */
function askField({ name, root }: RecordType, field: string, { facts }: World) {
  const id = `${facts.country}:conformance-no-such-record`
  if (name !== 'Person') return { query: `query ($id: ID!) { ${root}(id: $id) { ${field} } }`, variables: { id } }
  return {
    query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${name} { ${field} } } }`,
    variables: { representations: [{ __typename: name, id }] },
  }
}

/** A question that has a rule, that each reader may ask, and that finds no record. Null if the country serves no domain with rules. */
export function anyProbe(world: World): Probe | null {
  return makeProbes(world).find(({ coordinate }) => coordinate.endsWith('.id')) ?? null
}

/** The contract's rules, by domain. */
const TABLES = new Map(DOMAINS.map((domain) => [domain, readRuleTable(parse(domainSdl(domain)))]))

/** The scopes and the policies that the contract's rule for the field of a probe names. */
function ruleOf({ domain, coordinate }: Probe): Readonly<Record<'scopes' | 'policies', readonly string[]>> {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const rule = TABLES.get(domain)?.ofField(typeName, fieldName) ?? OPEN
  return { scopes: [...new Set(scopesNamed(rule))], policies: [...new Set(policiesNamed(rule))] }
}

/** Judges whether a node refused a leg because of who asks or for what. */
function judgeDenial(place: string, reply: Reply): Tried {
  const isOfCaller = codesOf(reply).some((code) => code === 'REFUSED_BY_NODE' || code === 'CALLER_NOT_VERIFIED')
  return { isGood: reply.status === 403 && isRefused(reply) && isOfCaller, place, expected: 'HTTP 403', came: reply }
}

/** Leaves out one of the caller's scopes or policies. */
const lacking = (caller: Caller, member: 'scopes' | 'policies', name: string): Caller => ({
  ...caller,
  [member]: caller[member].filter((each) => each !== name),
})

/** Makes a check that asks for each field without one of the scopes or policies that it needs. */
function lackCheck(member: 'scopes' | 'policies'): Check['run'] {
  return async function* (world) {
    for (const probe of makeProbes(world)) {
      for (const name of ruleOf(probe)[member]) {
        const reply = await world.ask({ ...probe, as: lacking(world.callers.trusted, member, name) })
        yield judgeDenial(`${probe.coordinate}, without ${name}`, reply)
      }
    }
  }
}

/** Makes a check with a caller whom the country does not recognise although it has each scope: it gets nothing of any field. */
function strangerCheck(callerOf: (trusted: Caller) => Caller | null): Check['run'] {
  return async function* (world) {
    const as = callerOf(world.callers.trusted)
    const byType = Map.groupBy(makeProbes(world), ({ coordinate }) => coordinate.split('.', 1)[0])
    for (const probe of [...byType.values()].flatMap((probes) => probes.slice(0, world.tries * 2))) {
      if (ruleOf(probe).scopes.length > 0) yield judgeDenial(probe.coordinate, await world.ask({ ...probe, as }))
    }
  }
}

/** Arguments that would show a field by what they find. */
const REVEALING = [
  {
    scope: 'person:read',
    domain: 'cases',
    coordinate: 'CaseFilter.participant',
    query: 'query ($f: CaseFilter) { cases(filter: $f, first: 1) { edges { cursor } } }',
    variables: (country: string) => ({ f: { participant: `${country}:1` } }),
  },
  {
    scope: 'person:identifiers',
    domain: 'persons',
    coordinate: 'PersonSearch.identifier',
    query: 'query ($s: PersonSearch!) { persons(search: $s, first: 1) { edges { cursor } } }',
    variables: () => ({ s: { identifier: { category: 'PASSPORT', jurisdiction: 'AQ', value: 'A1' } } }),
  },
] as const

/** The checks of rules: a table of callers, each with a country token of its own, and of fields. */
export const RULE_CHECKS = makeChecks('rules', { isOfNode: true })({
  async *reader(world) {
    for (const probe of makeProbes(world)) {
      const reply = await world.ask({ ...probe, as: world.callers.trusted })
      const isGood = reply.status === 200 && dataOf(reply) !== undefined
      yield { isGood, place: probe.coordinate, expected: 'HTTP 200', came: reply }
    }
  },

  scopes: lackCheck('scopes'),
  policies: lackCheck('policies'),
  agency: strangerCheck((trusted) => ({ ...trusted, agency: STRANGE_AGENCY })),
  purpose: strangerCheck((trusted) => ({ ...trusted, purpose: 'PROSECUTION' })),
  nobody: strangerCheck(() => null),

  async *filters(world) {
    for (const { scope, domain, coordinate, query, variables } of REVEALING) {
      if (!world.schemas.has(domain)) continue
      const as = lacking(world.callers.trusted, 'scopes', scope)
      const reply = await world.ask({ domain, query, variables: variables(world.facts.country), as })
      yield judgeDenial(coordinate, reply)
    }
  },

  async *schema(world) {
    const domain = anyProbe(world)?.domain
    for (const query of ['{ _service { sdl } }', '{ __schema { types { name } } }']) {
      if (domain === undefined) return
      const reply = await world.ask({ domain, query, as: world.callers.trusted })
      yield { isGood: isRefused(reply), place: query, came: reply }
    }
  },
})

/** Makes a check that asks a probe with a fault. */
function tokenCheck(fault: LegFault): Check['run'] {
  const { status, code } = LEG_FAULTS[fault]
  return async function* (world) {
    const probe = anyProbe(world)
    if (probe !== null) yield judgeRefusal(fault, await world.ask({ ...probe, fault }), status, code)
  }
}

/** Makes a check that sends the same leg token once more, with a new salt or the same. */
function repeatCheck(place: string, salt: 'new' | 'old', status: number, code: string): Check['run'] {
  return async function* (world) {
    const probe = anyProbe(world)
    if (probe === null) return
    const again = { reply: await world.ask(probe), salt }
    yield judgeRefusal(place, await world.ask({ ...probe, again }), status, code)
  }
}

const FAULTS = Object.keys(LEG_FAULTS) as readonly LegFault[]

/** The checks of tokens and salts. */
export const TOKEN_CHECKS = [
  ...makeChecks('tokens', { isOfNode: true })(
    Object.fromEntries(FAULTS.map((fault) => [LEG_FAULTS[fault].name, tokenCheck(fault)])),
  ),
  ...makeChecks('tokens', { isOfNode: true, legTokens: 'once' })({
    replayed: repeatCheck('the same leg token', 'new', 403, 'REFUSED_BY_NODE'),
  }),
  ...makeChecks('tokens', { isOfNode: true, legTokens: 'reuse' })({
    'salt-repeated': repeatCheck('Istmo-Leg-Salt', 'old', 400, 'LEG_SALT_REPEATED'),
  }),
  ...makeChecks('tokens', { isOfNode: true })({
    async *'salt-sent-back'(world) {
      const probe = anyProbe(world)
      if (probe === null) return
      const { echoed, sent } = await world.ask(probe)
      const [expected, came] = [sent.salt ?? '', echoed ?? '—']
      yield { isGood: echoed === sent.salt, place: 'Istmo-Leg-Salt', expected, came }
    },
  }),
]

/** Signed questions: a node gives what the officer asked and signed, and nothing else (docs/design/trust.md). And how much it gives one officer. */

type Variables = Readonly<Record<string, unknown>>

/**
 * What an officer could sign: questions that are the same text in the schema that clients see and in that of a domain, and what a gateway could make of them
 * that the officer did not ask.
 */
interface Asked {
  readonly domain: Domain
  /** The coordinates that the documents ask for. */
  readonly coordinates: readonly string[]
  readonly byId: string
  /** The same with one more field. */
  readonly wider: string
  readonly list: string
  /** The variables of `list` besides `c`, the country, and others. */
  readonly values: readonly [signed: Variables, other: Variables]
}

const ASKED: readonly Asked[] = readWords(new URL('questions.yaml', import.meta.url))

/** The questions of the domains that the country serves, if it publishes what they ask for. */
const askedOf = (world: World): readonly Asked[] =>
  ASKED.filter(
    ({ domain, coordinates }) => world.schemas.has(domain) && coordinates.every((each) => publishes(world, each)),
  )

/** A leg that asks exactly what was signed. */
function sameLeg(domain: Domain, document: string, variables: Variables) {
  const question: LegQuestion = { document, variables }
  return { domain, query: document, variables, question }
}

const byId = (asked: Asked, world: World) => sameLeg(asked.domain, asked.byId, { id: absentId(world) })
const listOf = ({ domain, list, values }: Asked, { facts }: World) =>
  sameLeg(domain, list, { c: [facts.country], ...values[0] })

/** Makes a check that a node refuses legs which ask something else than the question. */
function foreignCheck(legOf: (asked: Asked, world: World) => ReturnType<typeof sameLeg>): Check['run'] {
  return async function* (world) {
    for (const asked of askedOf(world))
      yield judgeRefusal(asked.domain, await world.ask(legOf(asked, world)), 403, 'LEG_NOT_OF_QUESTION')
  }
}

/** Makes a check that a node refuses a question that does not hold. */
function faultCheck(fault: QuestionFault): Check['run'] {
  return async function* (world) {
    for (const asked of askedOf(world).slice(0, 1)) {
      const leg = byId(asked, world)
      const reply = await world.ask({ ...leg, question: { ...leg.question, fault } })
      yield judgeRefusal(fault, reply, 403, 'LEG_NOT_OF_QUESTION')
    }
  }
}

const NAMED_FAULTS = Object.entries(QUESTION_FAULTS) as readonly (readonly [QuestionFault, string])[]

const QUESTIONS = makeChecks('questions', { isOfNode: true })({
  async *answered(world) {
    for (const asked of askedOf(world)) {
      for (const leg of [byId(asked, world), listOf(asked, world)]) {
        const reply = await world.ask(leg)
        const isGood = reply.status === 200 && dataOf(reply) !== undefined && codesOf(reply).length === 0
        yield { isGood, place: asked.coordinates[0] ?? asked.domain, expected: 'HTTP 200', came: reply }
      }
    }
  },

  'other-field': foreignCheck((asked, world) => ({ ...byId(asked, world), query: asked.wider })),
  'other-id': foreignCheck((asked, world) => ({ ...byId(asked, world), variables: { id: absentId(world, 1) } })),
  'other-values': foreignCheck((asked, world) => {
    const leg = listOf(asked, world)
    return { ...leg, variables: { ...leg.variables, ...asked.values[1] } }
  }),

  ...Object.fromEntries(NAMED_FAULTS.map(([fault, name]) => [name, faultCheck(fault)])),

  async *unsigned(world) {
    for (const asked of askedOf(world)) {
      const { question: _, ...leg } = byId(asked, world)
      const reply = await world.ask({ ...leg, isOfCase: true })
      const isGood = isRefused(reply) && codesOf(reply).includes('QUESTION_NOT_SIGNED')
      yield { isGood, place: asked.domain, expected: 'QUESTION_NOT_SIGNED', came: reply }
    }
  },
})

/** The largest page. */
const PAGE = 100
/** The least rows of a page with which a quota is tried: fewer would take too many legs. */
const LEAST_ROWS = 10

/** Asks as one officer until the node says that the quota is spent. Null if no list is long enough. */
const spendQuota = once(async (world: World) => {
  const lists = world.sample.lists.filter(
    ({ connection, order, edges }) =>
      connection.parent === null && order === connection.orders[0] && edges.length >= LEAST_ROWS,
  )
  const [list] = lists.toSorted((a, b) => b.edges.length - a.edges.length)
  if (list === undefined) return null
  const { domain } = list.connection
  const page = pageRequest(world, list.connection, { order: list.order, first: PAGE, node: 'id' })
  const ask = async (officer: string) => {
    const reply = await world.ask({ domain, ...page, officer })
    return { reply, rows: listOwnRecords(dataOf(reply), world.facts.country).size }
  }
  const officer = randomUUID()
  const most = Math.ceil(TEST_ROWS_PER_DAY / Math.min(PAGE, list.edges.length)) + 2
  let rows = 0
  let answer = await ask(officer)
  for (let legs = 1; legs < most && !isRefused(answer.reply); legs++) {
    rows += answer.rows
    answer = await ask(officer)
  }
  return { rows, reply: answer.reply, ask }
})

const QUOTAS = [
  ...makeChecks('quotas', { holes: { least: LEAST_ROWS, most: TEST_ROWS_PER_DAY } })({
    async *rows(world) {
      const spent = await spendQuota(world)
      if (spent === null) return
      const { rows, reply } = spent
      const isExact = rows <= TEST_ROWS_PER_DAY && rows > TEST_ROWS_PER_DAY - PAGE
      const isGood = isExact && codesOf(reply).includes('QUOTA_SPENT')
      yield { isGood, place: 'rowsPerDay', holes: { rows, reply: describeReply(reply) } }
    },

    async *apart(world) {
      const answer = await (await spendQuota(world))?.ask(randomUUID())
      if (answer) yield { isGood: answer.rows >= LEAST_ROWS, place: 'rowsPerDay', came: answer.reply }
    },
  }),
  ...makeChecks('quotas', { isOfNode: true, holes: { most: TEST_LEGS_PER_QUESTION } })({
    async *question(world) {
      for (const asked of askedOf(world).slice(0, 1)) {
        const leg = byId(asked, world)
        const named = { ...leg, question: { ...leg.question, name: randomUUID() } }
        let legs = 0
        let reply = await world.ask(named)
        for (; legs <= TEST_LEGS_PER_QUESTION && !isRefused(reply); legs++) reply = await world.ask(named)
        const isGood = legs === TEST_LEGS_PER_QUESTION && codesOf(reply).includes('QUESTION_CAP_REACHED')
        yield { isGood, place: 'caps.legs', holes: { legs, reply: describeReply(reply) } }
      }
    },
  }),
]

/** The checks of signed questions and of quotas. */
export const QUESTION_CHECKS = [...QUESTIONS, ...QUOTAS]

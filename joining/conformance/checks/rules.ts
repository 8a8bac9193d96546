import { type GraphQLSchema, getNamedType, isObjectType, parse } from 'graphql'
import { OPEN, policiesNamed, scopesNamed } from '../../../contract/access/rule.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { DOMAINS, type Domain } from '../../../contract/domain.ts'
import { domainSdl } from '../../../contract/domain-sdl.ts'
import { RECORD_TYPES, type RecordType } from '../catalog.ts'
import { type Check, judgeRefusal, makeChecks, once, type Tried, type World } from '../check.ts'
import { STRANGE_AGENCY } from '../identity.ts'
import { type Caller, codesOf, dataOf, isRefused, LEG_FAULTS, type LegFault, type Reply } from '../leg.ts'
import { publishes } from '../read.ts'

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

import { parse } from 'graphql'
import { policiesNamed, scopesNamed } from '../../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import type { Domain } from '../../../contract/domain.ts'
import { domainSdl } from '../../../contract/domain-sdl.ts'
import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { STRANGE_AGENCY } from '../identity.ts'
import { type Caller, codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'
import { anyProbe, makeProbes, type Probe } from './probes.ts'

/** The rules: who may read which field. A table of callers, each with a country token of its own, and of fields. */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')

/** Whether a node refused a leg because of who asks or for what. */
const isDenied = (reply: Reply): boolean =>
  reply.status === 403 &&
  isRefused(reply) &&
  codesOf(reply).some((code) => code === 'REFUSED_BY_NODE' || code === 'CALLER_NOT_VERIFIED')

const tables = new Map<Domain, RuleTable>()

/** Returns the contract's rules of a domain, which are read once. */
function tableOf(domain: Domain): RuleTable {
  const table = tables.get(domain) ?? readRuleTable(parse(domainSdl(domain)))
  tables.set(domain, table)
  return table
}

/** The contract's rule for the field of a probe: the scopes and the policies, each a list of what is needed together. */
function ruleOf({ domain, coordinate }: Probe) {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const rule = tableOf(domain).ofField(typeName, fieldName)
  return { scopes: [...new Set(scopesNamed(rule))], policies: [...new Set(policiesNamed(rule))] }
}

const askAs = (world: World, { domain, query, variables }: Probe, as: Caller | null): Promise<Reply> =>
  world.ask({ domain, query, variables, as })

const reader: Check = {
  id: 'rules.reader',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const probe of makeProbes(world)) {
      const reply = await askAs(world, probe, world.callers.trusted)
      tally.note(
        reply.status === 200 && dataOf(reply) !== undefined,
        probe.coordinate,
        same('HTTP 200'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_RULES)
  },
}

const scopes: Check = {
  id: 'rules.scopes',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const probe of makeProbes(world)) {
      for (const scope of ruleOf(probe).scopes) {
        const { trusted } = world.callers
        const reply = await askAs(world, probe, { ...trusted, scopes: trusted.scopes.filter((each) => each !== scope) })
        tally.note(
          isDenied(reply),
          `${probe.coordinate}, without ${scope}`,
          same('HTTP 403'),
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(NO_RULES)
  },
}

const policies: Check = {
  id: 'rules.policies',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const probe of makeProbes(world)) {
      for (const policy of ruleOf(probe).policies) {
        const { trusted } = world.callers
        const reply = await askAs(world, probe, {
          ...trusted,
          policies: trusted.policies.filter((each) => each !== policy),
        })
        tally.note(
          isDenied(reply),
          `${probe.coordinate}, without ${policy}`,
          same('HTTP 403'),
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(both('a field with a policy', 'un campo con política'))
  },
}

/** Callers who have each scope, and whom the country does not recognise. */
const STRANGERS = {
  agency: ({ callers }: World): Caller | null => ({ ...callers.trusted, agency: STRANGE_AGENCY }),
  purpose: ({ callers }: World): Caller | null => ({ ...callers.trusted, purpose: 'PROSECUTION' }),
  nobody: (): Caller | null => null,
}

/** Some probes of each type: a stranger gets nothing of any field. */
function someOfEachType(world: World): readonly Probe[] {
  const byType = Map.groupBy(makeProbes(world), ({ coordinate }) => coordinate.split('.', 1)[0])
  return [...byType.values()].flatMap((probes) => probes.slice(0, world.tries * 2))
}

function strangerCheck(name: keyof typeof STRANGERS): Check {
  return {
    id: `rules.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const caller = STRANGERS[name](world)
      for (const probe of someOfEachType(world)) {
        if (ruleOf(probe).scopes.length === 0) continue
        const reply = await askAs(world, probe, caller)
        tally.note(isDenied(reply), probe.coordinate, same('HTTP 403'), same(describeReply(reply)))
      }
      return tally.result(NO_RULES)
    },
  }
}

/** Arguments that would show a field by what they find. */
const REVEALING = [
  {
    scope: 'person:read',
    domain: 'cases',
    coordinate: 'CaseFilter.participant',
    query: 'query ($f: CaseFilter) { cases(filter: $f, first: 1) { edges { cursor } } }',
    variable: 'f',
    value: (country: string) => ({ participant: `${country}:1` }),
  },
  {
    scope: 'person:identifiers',
    domain: 'persons',
    coordinate: 'PersonSearch.identifier',
    query: 'query ($s: PersonSearch!) { persons(search: $s, first: 1) { edges { cursor } } }',
    variable: 's',
    value: () => ({ identifier: { category: 'PASSPORT', jurisdiction: 'AQ', value: 'A1' } }),
  },
] as const

const filters: Check = {
  id: 'rules.filters',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { scope, domain, coordinate, query, variable, value } of REVEALING) {
      if (!world.schemas.has(domain)) continue
      const { trusted } = world.callers
      const variables = { [variable]: value(world.facts.country) }
      const as = { ...trusted, scopes: trusted.scopes.filter((each) => each !== scope) }
      const reply = await world.ask({ domain, query, variables, as })
      tally.note(isDenied(reply), coordinate, same('HTTP 403'), same(describeReply(reply)))
    }
    return tally.result(NO_RULES)
  },
}

const sdl: Check = {
  id: 'rules.schema',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const probe = anyProbe(world)
    if (probe === null) return tally.result(NO_RULES)
    for (const query of ['{ _service { sdl } }', '{ __schema { types { name } } }']) {
      const reply = await world.ask({ domain: probe.domain, query, as: world.callers.trusted })
      tally.note(isRefused(reply), query, both('refused', 'rechazada'), same(describeReply(reply)))
    }
    return tally.result(NO_RULES)
  },
}

/** The checks of rules. */
export const RULE_CHECKS: readonly Check[] = [
  ...[reader, scopes, policies],
  strangerCheck('agency'),
  strangerCheck('purpose'),
  strangerCheck('nobody'),
  ...[filters, sdl],
]

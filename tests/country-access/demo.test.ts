import { join } from 'node:path'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { countryRule } from '../../contract/access/country-access.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { PROFILES } from '../../demo/provider/officers.ts'
import { domainRules, readCountryRules } from '../../subgraphs/kit/rules.ts'
import { runPolicyCommand } from '../../subgraphs/policy/policy-command.ts'

/** The country files of the demo, as a node reads them. */

const COUNTRIES = join(import.meta.dirname, '..', '..', 'countries')
const fileOf = (country: string): string => join(COUNTRIES, `${country}.yaml`)

describe('the demo’s countries', () => {
  it.each(['GT', 'HN', 'SV', 'PA', 'UN'])('%s has rules with which its node starts', async (country) => {
    const rules = await readCountryRules(fileOf(country), country)
    for (const domain of rules.domains) domainRules({ domain, typeDefs: parse(domainSdl(domain)) }, rules)
    expect(rules.access.taskForces).toHaveLength(country === 'UN' ? 0 : 1)
  })

  it('recognise the agencies of the profiles, but neither oversight nor a caller without rights', async () => {
    const agencies = Object.values(PROFILES).map(({ country, unit }) => `${country}-MP-${unit}`)
    const { access } = await readCountryRules(fileOf('GT'), 'GT')
    const heard = new Set(access.taskForces.flatMap(({ members }) => members.flatMap(({ agencies: own }) => own)))
    const unheard = new Set(agencies.filter((agency) => !heard.has(agency)))
    expect([...unheard].sort()).toEqual(['GT-MP-NONE', 'GT-MP-SUPERVISION'])
  })

  it('differ: El Salvador publishes the complete domain, and demands more only for a birth date', async () => {
    const rules = await readCountryRules(fileOf('SV'), 'SV')
    const { floor, own } = domainRules({ domain: 'persons', typeDefs: parse(domainSdl('persons')) }, rules)
    const coordinates = [...domainSdl('persons').matchAll(/^(?:type (\w+)|[ ]{2}(\w+)(?:\(|:))/gm)]
    let type = ''
    const stricter: string[] = []
    for (const [, typeName, field] of coordinates) {
      if (typeName !== undefined) type = typeName
      if (field === undefined || !floor.has(type, field)) continue
      expect(own?.has(type, field), `${type}.${field}`).toBe(true)
      const both = countryRule(floor, own, type, field)
      if (JSON.stringify(both) !== JSON.stringify(floor.ofField(type, field))) stricter.push(`${type}.${field}`)
    }
    expect(stricter).toEqual(['Person.birthDate'])
  })

  it('name the depositary only for what it publishes: the treaties and the classification', async () => {
    const rules = await readCountryRules(fileOf('UN'), 'UN')
    const { own } = domainRules({ domain: 'legal', typeDefs: parse(domainSdl('legal')) }, rules)
    expect(['iccsClasses', 'legalInstrument', 'legalInstruments'].every((name) => own?.has('Query', name))).toBe(true)
    expect(['mlaRequests', 'statutes', 'dualCriminality'].some((name) => own?.has('Query', name))).toBe(false)
    expect(own?.has('Case', 'mlaRequests')).toBe(false)
  })

  it('of Honduras meet the table of Honduras', async () => {
    const out: string[] = []
    const write = { write: (text: string) => out.push(text) }
    const file = join(COUNTRIES, 'HN.policy-test.yaml')
    expect([await runPolicyCommand(['test', file], { out: write, err: write }), ...out]).toEqual([
      0,
      '21 verdicts, all as expected\n',
    ])
  })
})

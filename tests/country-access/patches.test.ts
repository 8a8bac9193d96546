import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countryRule } from '../../contract/access/country-access.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { isObjectType } from '../../contract/access/sdl-patch.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { readParticipants } from '../../gateway/process/countries.ts'
import { checkCountries } from '../../gateway/process/load-graph.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { domainRules, readCountryRules } from '../../subgraphs/kit/rules.ts'

/** A country's patch, from its file to what gateway and node decide by. */

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-patch-'))
})
afterAll(() => rm(folder, { recursive: true }))

const HEAD = `country: HN
name: { es: Honduras, en: Honduras }
domains:
  cases: { url: "http://127.0.0.1:1/cases" }
  persons: { url: "http://127.0.0.1:1/persons" }
policies: HN.cedar
`

async function write(patch: string, head = HEAD): Promise<string> {
  const file = join(folder, 'HN.yaml')
  await writeFile(join(folder, 'HN.cedar'), '@policy("court_release") permit (principal, action, resource);\n')
  await writeFile(file, head + patch)
  return file
}

function fieldsOf(domain: Domain): readonly (readonly [type: string, field: string])[] {
  return parse(domainSdl(domain))
    .definitions.filter(isObjectType)
    .flatMap(({ name, fields = [] }) => fields.map((field) => [name.value, field.name.value] as const))
}

/** What a country publishes of a domain, and what each field demands. */
function effective(domain: Domain, own: RuleTable | null): readonly string[] {
  const floor = readRuleTable(parse(domainSdl(domain)))
  return fieldsOf(domain).map(([type, field]) => {
    const rule = countryRule(floor, own, type, field)
    const sets = [rule.scopes, rule.policies].map((one) => JSON.stringify(simplest(one)))
    return own === null || own.has(type, field)
      ? `${type}.${field} ${rule.authenticated} ${sets.join(' ')}`
      : `${type}.${field} -`
  })
}

/** Writes a list of requirements so that those that mean the same are equal: as one, without what is implied. */
function simplest(requirements: readonly (readonly (readonly string[])[])[]): readonly string[] {
  const all = requirements.reduce<readonly (readonly string[])[]>(
    (left, right) => left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])].sort())),
    [[]],
  )
  const least = all.filter(
    (one) => !all.some((other) => other.length < one.length && other.every((n) => one.includes(n))),
  )
  return [...new Set(least.map((names) => names.join('+')))].sort()
}

describe('the patches of the demo', () => {
  it.each([
    ['SV', 'persons'],
    ['UN', 'legal'],
  ] as const)('of %s means what its complete SDL of %s said', async (country, domain) => {
    const text = readFileSync(join(import.meta.dirname, 'sdl', `${country}.${domain}.graphql`), 'utf8')
    const rules = await readCountryRules(join('countries', `${country}.yaml`), country)
    const { own } = domainRules({ domain, typeDefs: parse(domainSdl(domain)) }, rules)
    const patched = effective(domain, own)
    expect(patched).toEqual(effective(domain, readNationalRules(parse(text))))
    expect(patched).not.toEqual(effective(domain, null))
  })
})

describe('a patch in a country’s file', () => {
  it('is the same SDL at the gateway and at the node, under the same hash', async () => {
    const file = await write('tighten: { Case.court: { policies: [[court_release]] } }\nwithhold: [Case.narrative]\n')
    const rules = await readCountryRules(file, 'HN')
    const { participants } = await readParticipants(folder, { deadlineMs: 1, maxAnswerBytes: 1 })
    const [checked] = checkCountries(readFileSync('supergraph.graphql', 'utf8'), participants, false)
    expect(checked?.unavailable).toBeUndefined()
    const texts = Object.entries(checked?.domains ?? {}).flatMap(([domain, { sdl }]) =>
      sdl === undefined || !isDomain(domain) ? [] : [[domain, parse(sdl)] as const],
    )
    expect(texts.map(([domain]) => domain)).toEqual(['cases'])
    expect(describeRules(rules.access, new Map(texts)).hashes).toEqual(describeRules(rules.access, rules.sdl).hashes)
    const { own, floor } = domainRules({ domain: 'cases', typeDefs: parse(domainSdl('cases')) }, rules)
    expect(own?.ofField('Case', 'court').policies).toEqual([[['court_release']]])
    expect(floor.ofField('Case', 'court').policies).toEqual([])
    expect(own?.has('Case', 'narrative')).toBe(false)
  })

  it('stands beside an SDL, and changes that one', async () => {
    const text = domainSdl('cases').replace(/^ {2}narrative: .*\n/m, '')
    await writeFile(join(folder, 'cases.graphql'), text)
    const head = HEAD.replace('/cases" }', '/cases", sdl: cases.graphql }')
    const file = await write('tighten: { Case.court: { policies: [[court_release]] } }\n', head)
    const { domains } = await readCountryFile(file)
    const own = readNationalRules(parse(domains.get('cases')?.sdl ?? ''))
    expect([own.has('Case', 'narrative'), own.ofField('Case', 'court').policies]).toEqual([
      false,
      [[['court_release']]],
    ])
    await write('withhold: [Case.narrative]\n', head)
    await expect(readCountryFile(file)).rejects.toThrow(/line 7, withhold: .* domains\.cases\.sdl leaves out already/)
  })

  it.each([
    [
      'an unknown field',
      'tighten:\n  Case.cuort: { policies: [[court_release]] }',
      /line 8, tighten: .*came Case\.cuort\. Did you mean Case\.court\?/,
    ],
    [
      'an unknown type',
      'withhold:\n  - Case.court\n  - Persn',
      /line 9, withhold: .*came Persn\. Did you mean Person\?/,
    ],
    [
      'a field of a domain that is not published',
      'withhold: [Statute.text]',
      /line 7, withhold: .*Statute\.text, of the domain legal, which this file does not have/,
    ],
    [
      'a field that is never null',
      'withhold: [Case.id]',
      /line 7, withhold: expected a field that may be null; came Case\.id/,
    ],
    [
      'a type without which others could not be answered',
      'withhold: [Provenance]',
      /came Provenance, without which \w+\.provenance, which is never null/,
    ],
    ['the root', 'withhold: [Query]', /Remove the domain from `domains`/],
    [
      'an input field',
      'tighten: { PersonSearch.name: { scopes: [[a]] } }',
      /PersonSearch\.name, which no caller reads\. Name the field/,
    ],
    [
      'a policy that nobody decides',
      'tighten:\n  Case.court: { policies: [[cuort_release]] }',
      /line 8, tighten: expected a policy of the country for "cuort_release"/,
    ],
    [
      'what is tightened and withheld',
      'tighten:\n  Case.court: { scopes: [[a]] }\nwithhold: [Case.court]',
      /line 8, tighten: .*Case\.court, which is not: the patch withholds it/,
    ],
    [
      'a rule that demands nothing',
      'tighten: { Case.court: {} }',
      /tighten\.Case\.court: expected `scopes`, `policies` or `authenticated`/,
    ],
    [
      'a rule that nobody could meet',
      'tighten: { Case.court: { scopes: [] } }',
      /tighten\.Case\.court\.scopes: expected at least one alternative/,
    ],
    ['an empty alternative', 'tighten: { Case.court: { scopes: [[]] } }', /scopes\.0: expected at least one name/],
    ['a flat list', 'tighten: { Case.court: { scopes: [a] } }', /scopes\.0: expected a list of names/],
    ['a misspelt kind of rule', 'tighten: { Case.court: { scope: [[a]] } }', /tighten\.Case\.court: .*scope/],
    [
      'authenticated: false',
      'tighten: { Case.court: { authenticated: false } }',
      /authenticated: expected true, or no such line/,
    ],
    ['no coordinate', 'withhold: ["Case.court(first:)"]', /withhold\.0: expected a field, such as Case\.court/],
    ['a map in place of a list', 'withhold: { Case.court: true }', /withhold: expected a list/],
  ])('is rejected with %s, and the message says where and what to do', async (_, patch, message) => {
    const file = await write(`${patch}\n`)
    await expect(readCountryFile(file)).rejects.toThrow(message)
    await expect(readCountryRules(file, 'HN')).rejects.toThrow(message)
    const { participants } = await readParticipants(folder, { deadlineMs: 1, maxAnswerBytes: 1 })
    expect(participants[0]?.unavailable?.reason).toMatch(message)
  })

  it('has all its faults named at once', async () => {
    const file = await write('tighten:\n  Case.cuort: { scopes: [[a]] }\nwithhold: [Case.id, Person.id]\n')
    const error = await readCountryFile(file).catch((thrown: Error) => thrown)
    expect(String((error as Error).message).split('\n')).toHaveLength(4)
  })

  it('protects no domain by half: a wrong SDL beside it stops the whole file', async () => {
    await writeFile(join(folder, 'persons.graphql'), 'type Query { a: Int @requiresScopes(scopes: []) }')
    const head = HEAD.replace('/persons" }', '/persons", sdl: persons.graphql }')
    const file = await write('tighten: { Case.court: { scopes: [[a]] } }\n', head)
    await expect(readCountryFile(file)).rejects.toThrow(/domains\.persons\.sdl: Query\.a: @requiresScopes expects/)
  })
})

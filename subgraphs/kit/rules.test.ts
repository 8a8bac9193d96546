import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../service/config-error.ts'
import { domainRules, readCountryRules } from './rules.ts'

// service/country-file.test.ts tests each mistake that a file can have.
const HONDURAS = `
country: HN
name: { es: Honduras, en: Honduras }
domains:
  cases: { url: "http://127.0.0.1:1/cases", deadlineMs: 500 }
  legal: { url: "http://127.0.0.1:1/legal", sdl: legal.graphql }
unwitnessed: { refuseAfter: PT4H }
legTokens: once
`
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-rules-'))
  await writeFile(join(folder, 'legal.graphql'), 'type Query { statutes: String }')
})
afterEach(() => rm(folder, { recursive: true }))

async function read(text: string, country: string | null = 'HN') {
  await writeFile(join(folder, 'HN.yaml'), text)
  return readCountryRules(join(folder, 'HN.yaml'), country)
}

describe('the rules of a node', () => {
  it('come from the file that the gateway reads, which has the settings of both', async () => {
    const { access, legTokens, domains, sdl } = await read(HONDURAS)
    expect([access.country, legTokens, domains, [...sdl.keys()]]).toEqual(['HN', 'once', ['cases', 'legal'], ['legal']])
  })

  it.each<[title: string, text: string, country: string, message: RegExp]>([
    ['a misspelt setting of the gateway', HONDURAS.replace('deadlineMs', 'deadlineM'), 'HN', /domains\.cases: /],
    ['an unknown domain', HONDURAS.replace('cases:', 'weather:'), 'HN', /domains: .*weather/],
    ['a domain without a URL', HONDURAS.replace(/\{ url.*500 \}/, '{}'), 'HN', /domains\.cases\.url/],
    ['another country', HONDURAS, 'GT', /country: expected GT; came HN.*--rules/],
    [
      'an SDL that does not parse',
      HONDURAS.replace('legal.graphql', 'HN.yaml'),
      'HN',
      /domains\.legal\.sdl: line \d+: Syntax Error/,
    ],
  ])('are rejected with %s', async (_, text, country, message) => {
    await expect(read(text, country)).rejects.toThrow(message)
    await expect(read(text, country)).rejects.toBeInstanceOf(ConfigError)
  })
})

describe('a country’s own SDL', () => {
  const typeDefs = parse('type Query { statutes: [Statute!] } type Statute { id: ID! title: String }')
  const load = async (sdl: string) => {
    await writeFile(join(folder, 'legal.graphql'), sdl)
    return domainRules({ domain: 'legal', typeDefs }, await read(HONDURAS))
  }

  it.each([
    [
      'type Query { statutes: [Statute!] }\ntype Statute { id: ID! title: Strin }',
      /HN, legal: .*domains\.legal\.sdl.*\n- line 2: Statute\.title: .*came Strin/,
    ],
    [
      'type Query { statutes: [Statute!] }\ntype Statute { title: String }',
      /\n- line 2: expected the field Statute\.id/,
    ],
    [
      'type Query { statutes: [Statute!] @policy(policies: [["x"]]) }\ntype Statute { id: ID! }',
      /\n- line 1: Query\.statutes: .*"x"; came none/,
    ],
  ])('that would lose rows does not start a node: %s', async (sdl, message) => {
    await expect(load(sdl)).rejects.toThrow(message)
    await expect(load(sdl)).rejects.toBeInstanceOf(ConfigError)
  })

  it('may leave out a nullable field', async () => {
    expect(
      (await load('type Query { statutes: [Statute!] } type Statute { id: ID! }')).own?.has('Statute', 'title'),
    ).toBe(false)
  })
})

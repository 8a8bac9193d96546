import { readFileSync } from 'node:fs'
import { subgraphsFromServiceList } from '@apollo/federation-internals'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { subgraphSet } from '../compose.ts'
import { violationMessage, violationsOf } from '../rule.ts'
import { RULES } from '../rules.ts'

/** The text that begins every domain's schema, as `npm run generate` writes it. */
const HEAD = ['header', 'istmo', 'common']
  .map((name) => readFileSync(new URL(`../../contract/schema/${name}.graphql`, import.meta.url), 'utf8'))
  .join('\n')

/** A root field that every rule accepts, for tests that are about something else. */
export const QUERY = 'type Query { thing(id: ID!): Thing @answeredBy(who: OWNER, argument: "id") @authenticated }'

/** Returns the SDL of a domain whose own part is `body`. `imported` adds Federation directives to those of the contract's header. */
export function domainOf(body: string, ...imported: readonly string[]): string {
  const names = imported.map((name) => `, "@${name}"`).join('')
  return `${HEAD.replace('"@composeDirective"]', `"@composeDirective"${names}]`)}\n${body}`
}

/** One test case of a rule. `sdl` has the complete SDL of each subgraph, by name. */
export interface Story {
  readonly title: string
  readonly sdl: Readonly<Record<string, string>>
  /** The places that the rule names, as `subgraph coordinate`; empty if the rule accepts the schema. */
  readonly rejected: readonly string[]
  /** A part of the first message. */
  readonly message?: RegExp
}

/** Makes a test case with one subgraph, `things`. */
export function story(title: string, body: string, rejected: readonly string[] = [], message?: RegExp): Story {
  const places = rejected.map((coordinate) => `things ${coordinate}`)
  return { title, sdl: { things: domainOf(body) }, rejected: places, ...(message && { message }) }
}

/** Runs the test cases of the rule with this code. */
export function tellStories(code: string, stories: readonly Story[]): void {
  const rules = RULES.filter((rule) => rule.code === code)
  it('is in the list of rules', () => {
    expect(rules).toHaveLength(1)
  })
  it.each(stories)('$title', ({ sdl, rejected, message }) => {
    const violations = violationsOf(setOf(sdl), rules)
    expect(violations.map(({ subgraph, coordinate }) => `${subgraph} ${coordinate}`)).toEqual(rejected)
    for (const violation of violations) {
      expect(violationMessage(violation)).toMatch(/^[A-Z_]+ \[\w+\] \S.*: expected \S.*; came \S.*\. \S.*\.$/)
      expect(violation.code).toBe(code)
    }
    if (message !== undefined) expect(violations.map(violationMessage)[0]).toMatch(message)
  })
}

function setOf(sdl: Story['sdl']) {
  const services = Object.entries(sdl).map(([name, text]) => ({ name, url: '', typeDefs: parse(text) }))
  const subgraphs = subgraphsFromServiceList(services)
  if (Array.isArray(subgraphs)) throw new AggregateError(subgraphs, subgraphs.map(String).join('\n'))
  return subgraphSet(subgraphs)
}

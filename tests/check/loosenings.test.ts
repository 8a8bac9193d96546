import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { closedAccess } from '../../contract/access/country-access.ts'
import { parseNationalSdl } from '../../contract/access/sdl-faults.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { checkCountries } from '../../gateway/process/load-graph.ts'
import { findPiiFaults, judgeSdl } from '../../joining/check/parts/sdl.ts'
import { closedRules, domainRules } from '../../subgraphs/kit/rules.ts'
import { partOf, someOf } from '../share.ts'
import { isShownForLess, listOpened } from './access-oracle.ts'
import { type ChangedSdl, listOtherLoosenings, listRuleChanges, listUnmarked } from './loosenings.ts'
import { expectSpanish } from './spanish.ts'

/** No SDL that demands less than the contract is taken by a node, by a gateway, or by `istmo check`; and none is refused for nothing. */

const CONTRACTS = new Map(DOMAINS.map((domain) => [domain, parse(domainSdl(domain))]))
const DECIDES = { ...closedAccess('HN').policies, decides: () => true }

function contractOf(domain: (typeof DOMAINS)[number]) {
  return CONTRACTS.get(domain) ?? parse('')
}

function isRefusedByNode({ domain, sdl }: ChangedSdl): boolean {
  const rules = { ...closedRules('HN'), access: { ...closedAccess('HN'), policies: DECIDES } }
  try {
    domainRules({ domain, typeDefs: contractOf(domain) }, { ...rules, sdl: new Map([[domain, parseNationalSdl(sdl)]]) })
    return false
  } catch {
    return true
  }
}

function listRefusedByGateway(changes: readonly ChangedSdl[]): readonly boolean[] {
  const participants = changes.map(({ domain, sdl }) => ({
    country: 'HN',
    name: { es: 'HN', en: 'HN' },
    access: { ...closedAccess('HN'), policies: DECIDES },
    domains: { [domain]: { url: 'http://127.0.0.1:1/', deadlineMs: 1, maxAnswerBytes: 1024, sdl } },
  }))
  return checkCountries(SUPERGRAPH_SDL, participants as never, false).map(
    ({ unavailable }) => unavailable !== undefined,
  )
}

function isRefusedByCheck({ domain, sdl }: ChangedSdl): boolean {
  const { findings } = judgeSdl(parseNationalSdl(sdl), contractOf(domain), () => true, 'sdl')
  expectSpanish(findings)
  return findings.length > 0
}

const NAME = 'PersonEdge.matchedName'

function opens({ domain, sdl }: ChangedSdl): boolean {
  const own = parse(sdl)
  // A field that shows the value of others must say at least what those say.
  const showsName =
    domain === 'persons' && ['Person.names', 'PersonName.full'].some((source) => isShownForLess(own, NAME, source))
  return showsName || listOpened(contractOf(domain), own).length > 0
}

/**
 * Node and gateway judge by the code by which the check does. The usual run has them judge each third SDL, `npm run test:full` each; CI has all judge a
 * part of these.
 */
const STEP = Number(process.env.ISTMO_CHECK_STEP ?? 3)

function thin<Item>(items: readonly Item[]): readonly Item[] {
  const start = partOf('loosenings', STEP)
  return someOf(
    'loosenings',
    items.filter((_, at) => at % STEP === start),
  )
}

function namesOf(changes: readonly ChangedSdl[]): readonly string[] {
  return changes.map(({ domain, name }) => `${domain} ${name}`)
}

describe('of all changes of the rules of the contract', () => {
  const changes = listRuleChanges()
  const loosenings = changes.filter(opens)

  it('many loosen and many do not', () => {
    expect(loosenings.length).toBeGreaterThan(100)
    expect(changes.length - loosenings.length).toBeGreaterThan(100)
  })

  it('a node refuses exactly those that loosen', () => {
    const judged = thin(changes)
    expect(namesOf(judged.filter(isRefusedByNode))).toEqual(namesOf(judged.filter((one) => loosenings.includes(one))))
  })

  it('a gateway refuses exactly those that loosen', () => {
    const judged = thin(changes)
    const refused = listRefusedByGateway(judged)
    expect(namesOf(judged.filter((_, at) => refused[at]))).toEqual(
      namesOf(judged.filter((one) => loosenings.includes(one))),
    )
  })

  it('istmo check refuses exactly those that loosen', () => {
    const judged = someOf('changes', changes)
    expect(namesOf(judged.filter(isRefusedByCheck))).toEqual(namesOf(judged.filter((one) => loosenings.includes(one))))
  })
})

describe('of all SDLs that demand less in another way', () => {
  const loosenings = listOtherLoosenings()

  it('there are 200 or more', () => {
    expect(loosenings.length).toBeGreaterThan(200)
    expect(new Set(namesOf(loosenings)).size).toBe(loosenings.length)
  })

  it('a node takes none', () => {
    expect(namesOf(thin(loosenings).filter((one) => !isRefusedByNode(one)))).toEqual([])
  })

  it('a gateway takes none', () => {
    const judged = thin(loosenings)
    const refused = listRefusedByGateway(judged)
    expect(namesOf(judged.filter((_, at) => !refused[at]))).toEqual([])
  })

  it('istmo check takes none', () => {
    expect(namesOf(someOf('loosenings', loosenings).filter((one) => !isRefusedByCheck(one)))).toEqual([])
  })
})

it('istmo check finds each mark of personal data that is missing, and nothing else', () => {
  const unmarked = listUnmarked()
  expect(unmarked.length).toBeGreaterThan(15)
  for (const { domain, name, sdl } of unmarked) {
    expect(findPiiFaults(contractOf(domain), parse(sdl)).map(({ id, place }) => `${place}: ${id}`)).toEqual([
      name.replace('@pii removed', 'PII_DROPPED'),
    ])
  }
})

import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, describeReply, isRefused, type LegFault, type Reply } from '../leg.ts'
import { anyProbe, type Probe } from './probes.ts'

/** Tokens that a node must refuse, whoever holds them. */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')

interface TokenCase {
  readonly fault: LegFault
  readonly name: string
  readonly status: number
  readonly codes: readonly string[]
}

const INVALID = ['TOKEN_INVALID']
const NOT_VERIFIED = ['CALLER_NOT_VERIFIED']

const CASES: readonly TokenCase[] = [
  {
    fault: 'NO_LEG_TOKEN',
    name: 'none',
    status: 401,
    codes: ['TOKEN_MISSING'],
  },
  {
    fault: 'LEG_KEY_UNKNOWN',
    name: 'wrong-key',
    status: 401,
    codes: INVALID,
  },
  {
    fault: 'LEG_TOKEN_EXPIRED',
    name: 'expired',
    status: 401,
    codes: ['TOKEN_EXPIRED'],
  },
  {
    fault: 'LEG_TOKEN_FROM_THE_FUTURE',
    name: 'future',
    status: 401,
    codes: INVALID,
  },
  {
    fault: 'LEG_TOKEN_LIVES_LONG',
    name: 'long-lived',
    status: 401,
    codes: INVALID,
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_COUNTRY',
    name: 'other-country',
    status: 403,
    codes: ['REFUSED_BY_NODE'],
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_QUERY',
    name: 'other-query',
    status: 403,
    codes: ['REFUSED_BY_NODE'],
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_TYPE',
    name: 'other-type',
    status: 401,
    codes: INVALID,
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_GATEWAY',
    name: 'other-gateway',
    status: 401,
    codes: INVALID,
  },
  {
    fault: 'NO_COUNTRY_TOKEN',
    name: 'no-country-token',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_KEY_UNKNOWN',
    name: 'country-key',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_TOKEN_EXPIRED',
    name: 'country-expired',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_TOKEN_OF_OTHER_COUNTRY',
    name: 'country-audience',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_TOKEN_NOT_NAMED',
    name: 'country-pair',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_TOKEN_OF_OTHER_GATEWAY_KEY',
    name: 'country-gateway',
    status: 403,
    codes: NOT_VERIFIED,
  },
  {
    fault: 'COUNTRY_TOKEN_BEYOND_MANDATE',
    name: 'beyond-mandate',
    status: 403,
    codes: NOT_VERIFIED,
  },
]

const isRefusedWith = (reply: Reply, status: number, codes: readonly string[]): boolean =>
  reply.status === status && isRefused(reply) && codesOf(reply).every((code) => codes.includes(code))

function tokenCheck({ fault, name, status, codes }: TokenCase): Check {
  return {
    id: `tokens.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const probe = anyProbe(world)
      if (probe === null) return tally.result(NO_RULES)
      const { domain, query, variables } = probe
      const reply = await world.ask({ domain, query, variables, as: world.callers.reader, fault })
      tally.note(
        isRefusedWith(reply, status, codes),
        fault,
        same(`HTTP ${status}, ${codes.join()}`),
        same(describeReply(reply)),
      )
      return tally.result(NO_RULES)
    },
  }
}

const askProbe = (
  world: World,
  { domain, query, variables }: Probe,
  salt: 'new' | 'old',
  reply?: Reply,
): Promise<Reply> =>
  world.ask({
    domain,
    query,
    variables,
    as: world.callers.reader,
    ...(reply !== undefined && { again: { reply, salt } }),
  })

const replayed: Check = {
  id: 'tokens.replayed',
  isOfNode: true,
  legTokens: 'once',
  async run(world) {
    const tally = createTally()
    const probe = anyProbe(world)
    if (probe === null) return tally.result(NO_RULES)
    const first = await askProbe(world, probe, 'new')
    const again = await askProbe(world, probe, 'new', first)
    tally.note(
      isRefusedWith(again, 403, ['REFUSED_BY_NODE']),
      'the same leg token',
      same('HTTP 403'),
      same(describeReply(again)),
    )
    return tally.result(NO_RULES)
  },
}

const salts: readonly Check[] = [
  { fault: 'NO_SALT' as const, name: 'no-salt', code: 'LEG_SALT_MISSING', is: both('without a salt', 'sin sal') },
  {
    fault: 'SALT_NOT_VALID' as const,
    name: 'bad-salt',
    code: 'LEG_SALT_NOT_VALID',
  },
].map(({ name, ...one }) => tokenCheck({ ...one, name, status: 400, codes: [one.code] }))

const repeatedSalt: Check = {
  id: 'tokens.salt-repeated',
  isOfNode: true,
  legTokens: 'reuse',
  async run(world) {
    const tally = createTally()
    const probe = anyProbe(world)
    if (probe === null) return tally.result(NO_RULES)
    const first = await askProbe(world, probe, 'new')
    const again = await askProbe(world, probe, 'old', first)
    tally.note(
      isRefusedWith(again, 400, ['LEG_SALT_REPEATED']),
      'Istmo-Leg-Salt',
      same('HTTP 400, LEG_SALT_REPEATED'),
      same(describeReply(again)),
    )
    return tally.result(NO_RULES)
  },
}

const saltSentBack: Check = {
  id: 'tokens.salt-sent-back',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const probe = anyProbe(world)
    if (probe === null) return tally.result(NO_RULES)
    const { echoed, sent } = await askProbe(world, probe, 'new')
    tally.note(echoed === sent.salt, 'Istmo-Leg-Salt', same(sent.salt ?? ''), same(echoed ?? '—'))
    return tally.result(NO_RULES)
  },
}

/** The checks of tokens and salts. */
export const TOKEN_CHECKS: readonly Check[] = [...CASES.map(tokenCheck), replayed, ...salts, repeatedSalt, saltSentBack]

import { type Both, both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, describeReply, isRefused, type LegFault, type Reply } from '../leg.ts'
import { anyProbe, type Probe } from './probes.ts'

/** Tokens that a node must refuse, whoever holds them. */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')
const REMEDY = both(
  'Let nobody but the gateway reach the service behind the node, and let our node check each leg.',
  'Que nadie salvo la pasarela llegue al servicio detrás del nodo, y que nuestro nodo revise cada consulta.',
)

interface TokenCase {
  readonly fault: LegFault
  readonly name: string
  readonly status: number
  readonly codes: readonly string[]
  readonly is: Both
}

const INVALID = ['TOKEN_INVALID']
const NOT_VERIFIED = ['CALLER_NOT_VERIFIED']

const CASES: readonly TokenCase[] = [
  {
    fault: 'NO_LEG_TOKEN',
    name: 'none',
    status: 401,
    codes: ['TOKEN_MISSING'],
    is: both('without a leg token', 'sin token de consulta'),
  },
  {
    fault: 'LEG_KEY_UNKNOWN',
    name: 'wrong-key',
    status: 401,
    codes: INVALID,
    is: both('with a leg token that another key signed', 'con un token que firmó otra clave'),
  },
  {
    fault: 'LEG_TOKEN_EXPIRED',
    name: 'expired',
    status: 401,
    codes: ['TOKEN_EXPIRED'],
    is: both('with a leg token that has ended', 'con un token vencido'),
  },
  {
    fault: 'LEG_TOKEN_FROM_THE_FUTURE',
    name: 'future',
    status: 401,
    codes: INVALID,
    is: both('with a leg token of the future', 'con un token del futuro'),
  },
  {
    fault: 'LEG_TOKEN_LIVES_LONG',
    name: 'long-lived',
    status: 401,
    codes: INVALID,
    is: both('with a leg token that lives more than 60 seconds', 'con un token que vive más de 60 segundos'),
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_COUNTRY',
    name: 'other-country',
    status: 403,
    codes: ['REFUSED_BY_NODE'],
    is: both('with a leg token for another country', 'con un token para otro país'),
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_QUERY',
    name: 'other-query',
    status: 403,
    codes: ['REFUSED_BY_NODE'],
    is: both('with a leg token for another query text', 'con un token para otro texto'),
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_TYPE',
    name: 'other-type',
    status: 401,
    codes: INVALID,
    is: both('with a token of another type, such as an access token', 'con un token de otro tipo, como uno de acceso'),
  },
  {
    fault: 'LEG_TOKEN_OF_OTHER_GATEWAY',
    name: 'other-gateway',
    status: 401,
    codes: INVALID,
    is: both('with a leg token of another gateway', 'con un token de otro gateway'),
  },
  {
    fault: 'NO_COUNTRY_TOKEN',
    name: 'no-country-token',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('without the country token of its leg token', 'sin el token de país que su token nombra'),
  },
  {
    fault: 'COUNTRY_KEY_UNKNOWN',
    name: 'country-key',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('with a country token that another key signed', 'con un token de país que firmó otra clave'),
  },
  {
    fault: 'COUNTRY_TOKEN_EXPIRED',
    name: 'country-expired',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('with a country token that has ended', 'con un token de país vencido'),
  },
  {
    fault: 'COUNTRY_TOKEN_OF_OTHER_COUNTRY',
    name: 'country-audience',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('with a country token for another country', 'con un token de país para otro país'),
  },
  {
    fault: 'COUNTRY_TOKEN_NOT_NAMED',
    name: 'country-pair',
    status: 403,
    codes: NOT_VERIFIED,
    is: both(
      'with a country token that is not the one of the leg token',
      'con un token de país que no es el de su token',
    ),
  },
  {
    fault: 'COUNTRY_TOKEN_OF_OTHER_GATEWAY_KEY',
    name: 'country-gateway',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('with a country token for another gateway’s key', 'con un token de país para la clave de otra pasarela'),
  },
  {
    fault: 'COUNTRY_TOKEN_BEYOND_MANDATE',
    name: 'beyond-mandate',
    status: 403,
    codes: NOT_VERIFIED,
    is: both('with a task force that the mandate does not name', 'con un equipo que el mandato no nombra'),
  },
]

const isRefusedWith = (reply: Reply, status: number, codes: readonly string[]): boolean =>
  reply.status === status && isRefused(reply) && codesOf(reply).every((code) => codes.includes(code))

function tokenCheck({ fault, name, status, codes, is }: TokenCase): Check {
  return {
    id: `tokens.${name}`,
    title: both(`A leg ${is.en} is refused`, `Una consulta ${is.es} se rechaza`),
    remedy: REMEDY,
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
  title: both(
    'A leg token counts only once, if the country demands it',
    'Un token vale una sola vez, si el país lo exige',
  ),
  remedy: both(
    '`legTokens: once` in the country’s file makes our node refuse a token that it has seen.',
    '`legTokens: once` en el archivo del país hace que nuestro nodo rechace un token ya visto.',
  ),
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
    is: both('with a salt of another length', 'con una sal de otra longitud'),
  },
].map(({ name, ...one }) => tokenCheck({ ...one, name, status: 400, codes: [one.code] }))

const repeatedSalt: Check = {
  id: 'tokens.salt-repeated',
  title: both('A leg with a salt that was used before is refused', 'Una consulta con una sal ya usada se rechaza'),
  remedy: both(
    'Let our node answer: a salt that is used twice would make two entries comparable.',
    'Deje que responda nuestro nodo: una sal usada dos veces haría comparables dos asientos.',
  ),
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

/** The checks of tokens and salts. */
export const TOKEN_CHECKS: readonly Check[] = [...CASES.map(tokenCheck), replayed, ...salts, repeatedSalt]

import { isDeepStrictEqual } from 'node:util'
import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { asObject, dataOf, describeReply, type Reply } from '../leg.ts'
import { asArray, idOf, type Node, publishes } from '../read.ts'
import type { ListRows } from '../sample.ts'

/** `dualCriminality`: compared with the statutes that the country’s list shows. */

const QUERY = `query ($countries: [CountryCode!]!, $iccs: IccsCode!) {
  dualCriminality(countries: $countries, iccs: $iccs) {
    perCountry { country statutes { id } untocSeriousCrime } satisfied } }`

/** From how many months on a maximum penalty makes a serious crime (UNTOC, article 2(b)). */
const SERIOUS_MONTHS = 48
/** How many codes are tried. */
const CODES = 4

const NO_STATUTES = both('a statute with a code', 'una ley con un código')

interface Verdict {
  readonly reply: Reply
  readonly leg: Readonly<Record<string, unknown>>
  readonly legs: number
  readonly satisfied: unknown
}

async function askVerdict(world: World, iccs: string): Promise<Verdict> {
  const variables = { countries: [world.facts.country], iccs }
  const reply = await world.ask({ domain: 'legal', query: QUERY, variables, as: world.callers.reader })
  const { perCountry, satisfied } = asObject(dataOf(reply)?.dualCriminality)
  const legs = asArray(perCountry).map(asObject)
  return { reply, leg: legs[0] ?? {}, legs: legs.length, satisfied }
}

/** The list of statutes; null if the country does not publish what is compared. */
function statutesOf(world: World): ListRows | null {
  const needed = ['Query.dualCriminality', 'Statute.iccs', 'Statute.inForceFrom', 'Statute.repealedOn']
  if (!needed.every((each) => publishes(world, each))) return null
  return world.sample.lists.find(({ connection }) => connection.coordinate === 'Query.statutes') ?? null
}

const codesOfStatute = ({ iccs }: Node): readonly string[] => asArray(iccs).map(String)
const isOf = (statute: Node, code: string): boolean => codesOfStatute(statute).some((each) => each.startsWith(code))

/** Whether a statute is in force today (UTC): from its first day on, and no longer on the day of its repeal. */
function isInForce({ inForceFrom, repealedOn }: Node): boolean {
  const today = new Date().toISOString().slice(0, 10)
  const hasBegun = typeof inForceFrom !== 'string' || inForceFrom <= today
  return hasBegun && (typeof repealedOn !== 'string' || repealedOn > today)
}

/** Codes of statutes, each with the section above it. */
function codesToTry(statutes: readonly Node[]): readonly string[] {
  const codes = [...new Set(statutes.flatMap(codesOfStatute))].slice(0, CODES)
  return [...new Set(codes.flatMap((code) => [code, code.slice(0, 2)]))]
}

const found: Check = {
  id: 'law.statutes',
  async run(world) {
    const tally = createTally()
    const list = statutesOf(world)
    const statutes = list?.edges.map(({ node }) => node) ?? []
    const current = statutes.filter(isInForce)
    for (const code of codesToTry(current)) {
      const { leg, legs, reply } = await askVerdict(world, code)
      const came = asArray(leg.statutes).map(idOf)
      const known = current.filter((each) => isOf(each, code)).map(idOf)
      const listed = list?.isComplete ? came : came.filter((id) => statutes.some((each) => idOf(each) === id))
      const shown = listed.filter((id) => statutes.every((each) => idOf(each) !== id || isInForce(each)))
      tally.note(
        legs === 1 && leg.country === world.facts.country && isDeepStrictEqual(shown, known),
        `Query.dualCriminality, ${code}`,
        same(`${world.facts.country}: ${known.join(' ') || '[]'}`),
        same(legs === 1 ? `${String(leg.country)}: ${came.join(' ') || '[]'}` : describeReply(reply)),
      )
    }
    return tally.result(NO_STATUTES)
  },
}

const notInForce: Check = {
  id: 'law.in-force',
  async run(world) {
    const tally = createTally()
    const gone = (statutesOf(world)?.edges ?? []).map(({ node }) => node).filter((each) => !isInForce(each))
    for (const statute of gone.slice(0, world.tries)) {
      for (const code of codesOfStatute(statute).slice(0, 1)) {
        const ids = asArray((await askVerdict(world, code)).leg.statutes).map(idOf)
        tally.note(
          !ids.includes(idOf(statute)),
          `Query.dualCriminality, ${code}`,
          both(`not ${idOf(statute)}`, `sin ${idOf(statute)}`),
          same(ids.join(' ')),
        )
      }
    }
    return tally.result(both('a statute that is not in force', 'una ley que no está vigente'))
  },
}

const satisfied: Check = {
  id: 'law.satisfied',
  async run(world) {
    const tally = createTally()
    const list = statutesOf(world)
    if (list === null) return tally.result(NO_STATUTES)
    const current = list.edges.map(({ node }) => node).filter(isInForce)
    const codes = codesToTry(current).slice(0, CODES)
    for (const code of list.isComplete ? [...codes, codeOfNone(list)] : codes) {
      const { satisfied: came, reply } = await askVerdict(world, code)
      const expected = current.some((each) => isOf(each, code))
      tally.note(
        came === expected,
        `Query.dualCriminality, ${code}`,
        same(`satisfied: ${expected}`),
        same(typeof came === 'boolean' ? `satisfied: ${came}` : describeReply(reply)),
      )
    }
    return tally.result(NO_STATUTES)
  },
}

/** A section of the classification that no statute has. There are eleven. */
function codeOfNone({ edges }: ListRows): string {
  const taken = new Set(edges.flatMap(({ node }) => codesOfStatute(node).map((code) => code.slice(0, 2))))
  const free = Array.from({ length: 99 }, (_, at) => String(99 - at).padStart(2, '0'))
  return free.find((code) => !taken.has(code)) ?? '99'
}

const serious: Check = {
  id: 'law.serious-crime',
  async run(world) {
    const tally = createTally()
    const list = statutesOf(world)
    if (list?.isComplete !== true || !publishes(world, 'Statute.maxPenaltyMonths')) return tally.result(NO_STATUTES)
    const current = list.edges.map(({ node }) => node).filter(isInForce)
    for (const code of codesToTry(current)) {
      const { leg, reply } = await askVerdict(world, code)
      const expected = current.some((each) => isOf(each, code) && Number(each.maxPenaltyMonths ?? 0) >= SERIOUS_MONTHS)
      tally.note(
        leg.untocSeriousCrime === expected,
        `Query.dualCriminality, ${code}`,
        same(`untocSeriousCrime: ${expected}`),
        same('untocSeriousCrime' in leg ? `untocSeriousCrime: ${String(leg.untocSeriousCrime)}` : describeReply(reply)),
      )
    }
    return tally.result(NO_STATUTES)
  },
}

/** The checks of dual criminality. */
export const DUAL_CRIMINALITY_CHECKS: readonly Check[] = [found, notInForce, satisfied, serious].map((check) => ({
  ...check,
  domain: 'legal' as const,
}))

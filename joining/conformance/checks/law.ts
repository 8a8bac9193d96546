import { isDeepStrictEqual } from 'node:util'
import { iccsLevel, iccsParent } from '../../../contract/iccs.ts'
import { MAX_ICCS_CLASSES } from '../../../contract/input-rules.ts'
import { asArray, idOf, makeChecks, type Node, once, publishes, type Tried, type World } from '../check.ts'
import { asObject, codesOf, dataOf, isRefused } from '../leg.ts'

/** The law: `dualCriminality`, compared with the statutes that the country’s list shows, and `iccsClasses`, the classification as the country publishes it. */

/** From how many months on a maximum penalty makes a serious crime (UNTOC, article 2(b)). */
const SERIOUS_MONTHS = 48
/** How many codes are tried. */
const CODES = 4

const VERDICT = `query ($countries: [CountryCode!]!, $iccs: IccsCode!) {
  dualCriminality(countries: $countries, iccs: $iccs) {
    perCountry { country statutes { id } untocSeriousCrime } satisfied } }`

async function askVerdict(world: World, iccs: string) {
  const variables = { countries: [world.facts.country], iccs }
  const reply = await world.ask({ domain: 'legal', query: VERDICT, variables })
  const { perCountry, satisfied } = asObject(dataOf(reply)?.dualCriminality)
  const legs = asArray(perCountry).map(asObject)
  return { reply, leg: legs[0] ?? {}, legs: legs.length, satisfied, place: `Query.dualCriminality, ${iccs}` }
}

/** The statutes that the list shows, and those of them that are in force. `isComplete` is false too if the country does not publish what is compared. */
function statutesOf(world: World) {
  const needed = ['Query.dualCriminality', 'Statute.iccs', 'Statute.inForceFrom', 'Statute.repealedOn']
  const isPublished = needed.every((each) => publishes(world, each))
  const list = world.sample.lists.find(({ connection }) => connection.coordinate === 'Query.statutes')
  const all = isPublished ? (list?.edges ?? []).map(({ node }) => node) : []
  return { all, current: all.filter(isInForce), isComplete: isPublished && list?.isComplete === true }
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

/** A section of the classification that no statute has. There are eleven. */
function codeOfNone(statutes: readonly Node[]): string {
  const taken = statutes.flatMap((statute) => codesOfStatute(statute).map((code) => code.slice(0, 2)))
  const free = Array.from({ length: 99 }, (_, at) => String(99 - at).padStart(2, '0'))
  return free.find((code) => !taken.includes(code)) ?? '99'
}

const DUAL_CRIMINALITY = makeChecks('law', { domain: 'legal' })({
  async *statutes(world) {
    const { country } = world.facts
    const { all, current, isComplete } = statutesOf(world)
    const isListed = (id: string | null): boolean => all.some((each) => idOf(each) === id)
    const isOver = (id: string | null): boolean => all.some((each) => idOf(each) === id && !isInForce(each))
    for (const code of codesToTry(current)) {
      const { leg, legs, reply, place } = await askVerdict(world, code)
      const came = asArray(leg.statutes).map(idOf)
      const known = current.filter((each) => isOf(each, code)).map(idOf)
      const shown = came.filter((id) => (isComplete || isListed(id)) && !isOver(id))
      yield {
        isGood: legs === 1 && leg.country === country && isDeepStrictEqual(shown, known),
        place,
        expected: `${country}: ${known.join(' ') || '[]'}`,
        came: legs === 1 ? `${String(leg.country)}: ${came.join(' ') || '[]'}` : reply,
      }
    }
  },

  async *'in-force'(world) {
    const gone = statutesOf(world).all.filter((each) => !isInForce(each))
    for (const statute of gone.slice(0, world.tries)) {
      for (const code of codesOfStatute(statute).slice(0, 1)) {
        const { leg, place } = await askVerdict(world, code)
        const ids = asArray(leg.statutes).map(idOf)
        const id = idOf(statute)
        yield { isGood: !ids.includes(id), place, holes: { id: String(id) }, came: ids.join(' ') }
      }
    }
  },

  async *satisfied(world) {
    const { all, current, isComplete } = statutesOf(world)
    const codes = codesToTry(current).slice(0, CODES)
    for (const code of isComplete ? [...codes, codeOfNone(all)] : codes) {
      const { satisfied, reply, place } = await askVerdict(world, code)
      const expected = current.some((each) => isOf(each, code))
      const came = typeof satisfied === 'boolean' ? `satisfied: ${satisfied}` : reply
      yield { isGood: satisfied === expected, place, expected: `satisfied: ${expected}`, came }
    }
  },

  async *'serious-crime'(world) {
    const { current, isComplete } = statutesOf(world)
    if (!isComplete || !publishes(world, 'Statute.maxPenaltyMonths')) return
    for (const code of codesToTry(current)) {
      const { leg, reply, place } = await askVerdict(world, code)
      const { untocSeriousCrime: came } = leg
      const isSerious = current.some((each) => isOf(each, code) && Number(each.maxPenaltyMonths ?? 0) >= SERIOUS_MONTHS)
      yield {
        isGood: came === isSerious,
        place,
        expected: `untocSeriousCrime: ${isSerious}`,
        came: came === undefined ? reply : `untocSeriousCrime: ${String(came)}`,
      }
    }
  },
})

const CLASSES = `query ($publishers: [CountryCode!], $codes: [IccsCode!], $under: IccsCode, $search: String) {
  iccsClasses(publishers: $publishers, codes: $codes, under: $under, search: $search) {
    classes { country code level parent titleEn titleEs } } }`

/** How many classes are tried. */
const TRIED = 3
/** How many codes one question names at most. */
const MOST_CODES = 100

async function askClasses(world: World, args: object) {
  const variables = { publishers: [world.facts.country], ...args }
  const reply = await world.ask({ domain: 'legal', query: CLASSES, variables })
  const classes = asArray(asObject(dataOf(reply)?.iccsClasses).classes).map(asObject)
  const codes = classes.map(({ code }) => String(code))
  const came = codes.length === 0 ? reply : codes.slice(0, 5).join(' ')
  return { reply, classes, codes, came, place: `Query.iccsClasses(${JSON.stringify(args)})` }
}

/** The sections of the classification. */
const SECTIONS = Array.from({ length: 11 }, (_, at) => String(at + 1).padStart(2, '0'))

/** All classes that the country publishes, section by section, in the order of their codes. */
const allClasses = once(async (world: World) => {
  if (!publishes(world, 'Query.iccsClasses')) return []
  const found = [...(await askClasses(world, { codes: SECTIONS })).classes]
  for (const under of SECTIONS) found.push(...(await askClasses(world, { under })).classes)
  return found.map((fields) => ({ code: String(fields.code), fields })).toSorted((a, b) => (a.code < b.code ? -1 : 1))
})

const allCodes = async (world: World): Promise<readonly string[]> => (await allClasses(world)).map(({ code }) => code)

/** Compares what a question finds with codes, in their order. */
async function compareCodes(world: World, args: object, expected: readonly string[]): Promise<Tried> {
  const { codes, came, place } = await askClasses(world, args)
  return { isGood: isDeepStrictEqual(codes, expected), place, expected: expected.slice(0, 5).join(' ') || '[]', came }
}

/** Begins of the first two long words of a title, in capitals and without accents; null if it has no such word. */
function wordsToSearch(title: string): string | null {
  const words = title.match(/\p{L}{4,}/gu) ?? []
  const begins = words.slice(0, 2).map((word) => word.slice(0, 6).normalize('NFD').replace(/\p{M}/gu, '').toUpperCase())
  return begins.length === 0 ? null : begins.reverse().join(' ')
}

const TOO_MANY = Array.from({ length: MAX_ICCS_CLASSES + 1 }, (_, at) => String(at % 100).padStart(2, '0'))

/** Questions that a country refuses, by the reason. */
const REFUSED = {
  'no criterion': {},
  'a code of no level': { under: '010' },
  'no letters': { search: ' - ' },
  'too many codes': { codes: TOO_MANY },
}

const CLASSIFICATION = makeChecks('law', { domain: 'legal' })({
  async *'class-form'(world) {
    for (const { code, fields } of await allClasses(world)) {
      const { level, parent, titleEn, titleEs, country } = fields
      const expected = { country: world.facts.country, level: iccsLevel(code), parent: iccsParent(code) }
      const came = { country, level, parent }
      const hasTitles = [titleEn, titleEs].every((title) => typeof title === 'string' && title.trim() !== '')
      yield {
        isGood: hasTitles && isDeepStrictEqual(came, expected),
        place: `Query.iccsClasses, ${code}`,
        holes: { fields: JSON.stringify(expected) },
        came: JSON.stringify(came),
      }
    }
  },

  async *'classes-by-codes'(world) {
    const codes = await allCodes(world)
    const some = [...codes.slice(0, TRIED), ...codes.slice(-TRIED)]
    const [first] = some
    if (first === undefined) return
    yield await compareCodes(world, { codes: ['99', ...some.toReversed(), first] }, [...new Set(some)].toSorted())
  },

  async *'classes-under'(world) {
    const codes = await allCodes(world)
    const belowOf = (code: string) => codes.filter((each) => each !== code && each.startsWith(code))
    const parents = codes.filter((code) => belowOf(code).length > 0)
    // A section is how the classes were found, so a class below one is tried too, and all in one question with `codes`.
    const nested = parents.filter((code) => code.length > 2)
    for (const under of [...parents.slice(0, 1), ...nested.slice(0, TRIED)]) {
      const below = belowOf(under).slice(0, MOST_CODES)
      yield await compareCodes(world, { under, codes: [under, ...below] }, below)
    }
  },

  async *'classes-search'(world) {
    const classes = (await allClasses(world)).filter(({ code }) => code.length > 2)
    for (const { code, fields } of classes.slice(0, TRIED)) {
      for (const title of [fields.titleEn, fields.titleEs]) {
        const search = wordsToSearch(String(title))
        if (search === null) continue
        const { codes, came, place } = await askClasses(world, { search, under: code.slice(0, 2) })
        yield { isGood: codes.includes(code), place, expected: code, came }
      }
    }
  },

  async *'classes-refused'(world) {
    for (const [place, args] of publishes(world, 'Query.iccsClasses') ? Object.entries(REFUSED) : []) {
      const { reply, codes } = await askClasses(world, args)
      const isGood = codesOf(reply).includes('BAD_USER_INPUT') && (isRefused(reply) || codes.length === 0)
      yield { isGood, place, expected: 'BAD_USER_INPUT', came: reply }
    }
  },
})

/** The checks of the law. */
export const LAW_CHECKS = [...DUAL_CRIMINALITY, ...CLASSIFICATION]

import { isDeepStrictEqual } from 'node:util'
import { iccsLevel, iccsParent } from '../../../contract/iccs.ts'
import { MAX_ICCS_CLASSES } from '../../../contract/input-rules.ts'
import { type Both, both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { asObject, codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'
import { asArray, publishes } from '../read.ts'

/** `iccsClasses`: the classification as the country publishes it. */

interface IccsClass {
  readonly code: string
  readonly fields: Readonly<Record<string, unknown>>
}

const QUERY = `query ($publishers: [CountryCode!], $codes: [IccsCode!], $under: IccsCode, $search: String) {
  iccsClasses(publishers: $publishers, codes: $codes, under: $under, search: $search) {
    classes { country code level parent titleEn titleEs } } }`

const NO_CLASSES = both('a class of the ICCS', 'una clase de la ICCS')
/** How many classes are tried. */
const TRIED = 3

interface Found {
  readonly reply: Reply
  readonly classes: readonly IccsClass[]
}

async function askClasses(world: World, args: object): Promise<Found> {
  const variables = { publishers: [world.facts.country], ...args }
  const reply = await world.ask({ domain: 'legal', query: QUERY, variables, as: world.callers.reader })
  const { classes } = asObject(dataOf(reply)?.iccsClasses)
  return {
    reply,
    classes: asArray(classes)
      .map(asObject)
      .map((fields) => ({ code: String(fields.code), fields })),
  }
}

const known = new WeakMap<World, Promise<readonly IccsClass[]>>()

/** All classes that the country publishes, section by section. Asks once. */
function allClasses(world: World): Promise<readonly IccsClass[]> {
  const classes = known.get(world) ?? readAll(world)
  known.set(world, classes)
  return classes
}

/** The sections of the classification. */
const SECTIONS = Array.from({ length: 11 }, (_, at) => String(at + 1).padStart(2, '0'))

async function readAll(world: World): Promise<readonly IccsClass[]> {
  if (!publishes(world, 'Query.iccsClasses')) return []
  const sections = (await askClasses(world, { codes: SECTIONS })).classes
  const below = []
  for (const section of SECTIONS) below.push(...(await askClasses(world, { under: section })).classes)
  return [...sections, ...below].toSorted((a, b) => (a.code < b.code ? -1 : 1))
}

/** Compares what a question finds with codes, in their order. */
async function compareCodes(
  world: World,
  tally: ReturnType<typeof createTally>,
  args: object,
  codes: readonly string[],
) {
  const { classes, reply } = await askClasses(world, args)
  const came = classes.map(({ code }) => code)
  tally.note(
    isDeepStrictEqual(came, codes),
    `Query.iccsClasses(${JSON.stringify(args)})`,
    same(codes.slice(0, 5).join(' ') || '[]'),
    same(came.length > 0 ? came.slice(0, 5).join(' ') : describeReply(reply)),
  )
}

const form: Check = {
  id: 'law.class-form',
  async run(world) {
    const tally = createTally()
    for (const { code, fields } of await allClasses(world)) {
      const { level, parent, titleEn, titleEs, country } = fields
      const expected = { country: world.facts.country, level: iccsLevel(code), parent: iccsParent(code) }
      const hasTitles = [titleEn, titleEs].every((title) => typeof title === 'string' && title.trim() !== '')
      tally.note(
        hasTitles && isDeepStrictEqual({ country, level, parent }, expected),
        `Query.iccsClasses, ${code}`,
        both(`${JSON.stringify(expected)}, and titles`, `${JSON.stringify(expected)}, y títulos`),
        same(JSON.stringify({ country, level, parent })),
      )
    }
    return tally.result(NO_CLASSES)
  },
}

const byCodes: Check = {
  id: 'law.classes-by-codes',
  async run(world) {
    const tally = createTally()
    const codes = (await allClasses(world)).map(({ code }) => code)
    const some = [...codes.slice(0, TRIED), ...codes.slice(-TRIED)]
    const [first] = some
    if (first === undefined) return tally.result(NO_CLASSES)
    const asked = ['99', ...some.toReversed(), first]
    await compareCodes(world, tally, { codes: asked }, [...new Set(some)].toSorted())
    return tally.result(NO_CLASSES)
  },
}

const under: Check = {
  id: 'law.classes-under',
  async run(world) {
    const tally = createTally()
    const codes = (await allClasses(world)).map(({ code }) => code)
    const parents = codes.filter((code) => codes.some((each) => each !== code && each.startsWith(code)))
    // A section is how the classes were found, so a class below one is tried too, and all in one question with `codes`.
    const nested = parents.filter((code) => code.length > 2)
    for (const code of [...parents.slice(0, 1), ...nested.slice(0, TRIED)]) {
      const below = codes.filter((each) => each !== code && each.startsWith(code))
      await compareCodes(
        world,
        tally,
        { under: code, codes: [code, ...below.slice(0, MOST_CODES)] },
        below.slice(0, MOST_CODES),
      )
    }
    return tally.result(both('a class of the ICCS below another one', 'una clase de la ICCS bajo otra'))
  },
}

/** How many codes one question names at most. */
const MOST_CODES = 100

const search: Check = {
  id: 'law.classes-search',
  async run(world) {
    const tally = createTally()
    const classes = (await allClasses(world)).filter(({ code }) => code.length > 2)
    for (const { code, fields } of classes.slice(0, TRIED)) {
      for (const title of [fields.titleEn, fields.titleEs]) {
        const words = wordsToSearch(String(title))
        if (words === null) continue
        const { classes: came, reply } = await askClasses(world, { search: words, under: code.slice(0, 2) })
        tally.note(
          came.some((each) => each.code === code),
          `Query.iccsClasses(search: ${JSON.stringify(words)})`,
          same(code),
          same(
            came.length === 0
              ? describeReply(reply)
              : came
                  .slice(0, 5)
                  .map((each) => each.code)
                  .join(' '),
          ),
        )
      }
    }
    return tally.result(NO_CLASSES)
  },
}

/** Begins of the first two long words of a title, in capitals and without accents; null if it has no such word. */
function wordsToSearch(title: string): string | null {
  const words = title.match(/\p{L}{4,}/gu) ?? []
  const begins = words.slice(0, 2).map((word) => word.slice(0, 6).normalize('NFD').replace(/\p{M}/gu, '').toUpperCase())
  return begins.length === 0 ? null : begins.reverse().join(' ')
}

const TOO_MANY = Array.from({ length: MAX_ICCS_CLASSES + 1 }, (_, at) => String(at % 100).padStart(2, '0'))

/** Questions that a country refuses, and why. */
const REFUSED: readonly { readonly args: object; readonly why: Both }[] = [
  { args: {}, why: both('no criterion', 'ningún criterio') },
  { args: { under: '010' }, why: both('a code of no level', 'un código de ningún nivel') },
  { args: { search: ' - ' }, why: both('no letters', 'ninguna letra') },
  { args: { codes: TOO_MANY }, why: both('too many codes', 'demasiados códigos') },
]

const tooWide: Check = {
  id: 'law.classes-refused',
  async run(world) {
    const tally = createTally()
    if (!publishes(world, 'Query.iccsClasses')) return tally.result(NO_CLASSES)
    for (const { args, why } of REFUSED) {
      const { reply, classes } = await askClasses(world, args)
      const isGood = codesOf(reply).includes('BAD_USER_INPUT') && (isRefused(reply) || classes.length === 0)
      tally.note(isGood, why.en, same('BAD_USER_INPUT'), same(describeReply(reply)))
    }
    return tally.result(NO_CLASSES)
  },
}

/** The checks of the classification. */
export const ICCS_CHECKS: readonly Check[] = [form, byCodes, under, search, tooWide].map((check) => ({
  ...check,
  domain: 'legal' as const,
}))

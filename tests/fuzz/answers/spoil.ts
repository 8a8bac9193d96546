/** Spoils the answer of a subgraph: replaces it with one that a broken or hostile subgraph could send. */
import type { Dice } from '../../oracle/dice.ts'

/** Text that must not reach a client. A spoiled answer has it in errors, in members that nobody asked for, and in bytes that are not JSON. */
export const MARKER = 'SECRET-MARKER'

/** A depth greater than that of any stack. */
const LEVELS = 50_000

/** Raw JSON that replaces a value. It does not have the marker, because a client may read it. */
const RAW_VALUES: readonly string[] = [
  'null',
  'true',
  '7',
  '-0',
  '1e400',
  '123456789012345678901234567890',
  '2147483648',
  '0.1',
  '"text"',
  '"\\ud800"',
  '""',
  '[]',
  '{}',
  '[null]',
  '[{}]',
  '[[]]',
  '"GT:1"',
  '{"__typename":"Nothing"}',
  '{"__proto__":{"id":"x"}}',
  '{"toString":1,"valueOf":null}',
  `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`,
  `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`,
]

/** Raw members that nobody asked for. */
const RAW_MEMBERS: readonly string[] = [
  `"__proto__":{"${MARKER}":"${MARKER}","id":"${MARKER}","country":"${MARKER}"}`,
  `"constructor":{"prototype":{"id":"${MARKER}"}}`,
  `"${MARKER}":"${MARKER}"`,
  `"hasOwnProperty":"${MARKER}"`,
  `"toJSON":"${MARKER}"`,
  `"then":"${MARKER}"`,
  `"__typename":"${MARKER}"`,
  `"outcomes":[{"country":"GT","reach":"${MARKER}"}]`,
]

type Part = Record<string, unknown> | unknown[]

/** Bytes that replace an answer. Most are almost correct JSON. */
export function spoil(answer: unknown, dice: Dice): Buffer {
  const choice = dice.between(1, 20)
  if (choice === 1) return Buffer.from(dice.many(0, 200, () => dice.between(0, 255)))
  if (choice === 2) return Buffer.from(JSON.stringify(randomJson(dice, 4)))
  const raw: string[] = []
  const copy = structuredClone(answer)
  for (let i = dice.between(1, 3); i > 0; i--) spoilPart(copy, dice, raw)
  if (dice.oneIn(2)) addErrors(copy as Record<string, unknown>, dice, raw)
  const text = withRaw(JSON.stringify(copy) ?? 'null', raw)
  if (choice === 3) return Buffer.from(text.slice(0, dice.between(0, text.length)))
  const bytes = Buffer.from(text)
  if (choice === 4) bytes[dice.between(0, bytes.length - 1)] = dice.between(0, 255)
  return bytes
}

function* partsOf(value: unknown): Generator<Part> {
  if (typeof value !== 'object' || value === null) return
  yield value as Part
  for (const child of Object.values(value)) yield* partsOf(child)
}

function spoilPart(answer: unknown, dice: Dice, raw: string[]): void {
  const parts = [...partsOf(answer)]
  const part = dice.pick(parts)
  if (Array.isArray(part)) spoilList(part, dice, raw)
  else spoilObject(part, dice, raw)
}

function spoilList(list: unknown[], dice: Dice, raw: string[]): void {
  const at = list.length > 0 ? dice.between(0, list.length - 1) : 0
  const choice = dice.between(1, 5)
  if (choice === 1) list.splice(at, 1)
  else if (choice === 2) list.push(structuredClone(list[at] ?? null))
  else if (choice === 3) list.reverse()
  else if (choice === 4) list.length = 0
  else list[at] = token(dice.pick(RAW_VALUES), raw)
}

function spoilObject(object: Record<string, unknown>, dice: Dice, raw: string[]): void {
  const keys = Object.keys(object)
  const key = keys.length > 0 ? dice.pick(keys) : 'none'
  const choice = dice.between(1, 7)
  if (choice === 1) delete object[key]
  else if (choice === 2) {
    object[dice.pick([`${key}X`, MARKER, '_iT', '__typename', 'id'])] = object[key]
    delete object[key]
  } else if (choice === 3) object[token(`"${key}":${dice.pick(RAW_VALUES)}`, raw)] = 0
  else if (choice === 4) object[token(dice.pick(RAW_MEMBERS), raw)] = 0
  else if (choice === 5 && keys.length > 1) object[key] = structuredClone(object[dice.pick(keys)])
  else object[key] = token(dice.pick(RAW_VALUES), raw)
}

function addErrors(answer: Record<string, unknown>, dice: Dice, raw: string[]): void {
  const path = (): unknown =>
    dice.pick([
      undefined,
      null,
      MARKER,
      {},
      [],
      [MARKER],
      ['_entities', 0, MARKER],
      ['_entities', 1e9],
      [{}, [], -1],
      [null],
    ])
  answer.errors = dice.pick<unknown>([
    dice.many(1, 4, () => ({
      message: dice.pick<unknown>([MARKER, { a: MARKER }, null]),
      path: path(),
      locations: MARKER,
      extensions: dice.pick<unknown>([{ code: MARKER, sql: MARKER }, { code: 'FORBIDDEN' }, MARKER, null, []]),
    })),
    MARKER,
    [MARKER],
    [],
    {},
    token(dice.pick(RAW_VALUES), raw),
  ])
}

/** A placeholder in JSON for a raw text: it is a value, or the name of a member whose value is 0. */
function token(text: string, raw: string[]): string {
  raw.push(text)
  return `@raw${raw.length - 1}@`
}

function withRaw(json: string, raw: readonly string[]): string {
  return json.replace(/"@raw(\d+)@"(:0)?/g, (_, index: string) => raw[Number(index)] ?? 'null')
}

function randomJson(dice: Dice, depth: number): unknown {
  const choice = dice.between(1, depth > 0 ? 7 : 4)
  if (choice === 1) return null
  if (choice === 2) return dice.between(-9, 9)
  if (choice === 3) return MARKER
  if (choice === 4) return dice.oneIn(2)
  if (choice === 5) return dice.many(0, 3, () => randomJson(dice, depth - 1))
  const keys = ['data', 'errors', '_entities', 'cases', 'extensions', '__typename', 'x']
  return Object.fromEntries(dice.subset(keys).map((key) => [key, randomJson(dice, depth - 1)]))
}

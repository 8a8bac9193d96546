import type { Dice } from './dice.ts'

/** A wrong answer that a broken or hostile national subgraph could send. */
export type Lie = (data: unknown, dice: Dice) => unknown

type Json = Record<string, unknown> | unknown[]

/** Lists each object and list in an answer, with the value that contains it. */
function* partsOf(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  yield value as Json
  for (const child of Object.values(value)) yield* partsOf(child)
}

function pickPart(data: unknown, dice: Dice, isWanted: (part: Json) => boolean): Json | undefined {
  const parts = [...partsOf(data)].filter(isWanted)
  return parts.length > 0 ? dice.pick(parts) : undefined
}

/** Changes one object or list in a copy of the answer. Does not change it if there is nothing to change. */
function lieWith(isWanted: (part: Json) => boolean, change: (part: Json, dice: Dice) => void): Lie {
  return (data, dice) => {
    const copy = structuredClone(data)
    const part = pickPart(copy, dice, isWanted)
    if (part) change(part, dice)
    return copy
  }
}

const isList = (part: Json): part is unknown[] => Array.isArray(part) && part.length > 0
const isObject = (part: Json): part is Record<string, unknown> => !Array.isArray(part)
const isId = (value: unknown): value is string => typeof value === 'string' && /^[A-Z]{2}:/.test(value)
const hasId = (part: Json): boolean => isObject(part) && Object.values(part).some(isId)

/** The lies by name, so that the report of a failing case is readable. */
export const LIES = {
  'says another country’s id': lieWith(hasId, (part, dice) => {
    const entries = Object.entries(part).filter(([, value]) => isId(value))
    const [key, value] = dice.pick(entries)
    Object.assign(part, { [key]: `${dice.pick(['GT', 'HN', 'SV'])}${String(value).slice(2)}` })
  }),
  'gives a row twice': lieWith(isList, (part, dice) => {
    if (Array.isArray(part)) part.push(structuredClone(dice.pick(part)))
  }),
  'turns a list round': lieWith(isList, (part) => {
    if (Array.isArray(part)) part.reverse()
  }),
  'leaves a row out': lieWith(isList, (part, dice) => {
    if (Array.isArray(part)) part.splice(dice.between(0, part.length - 1), 1)
  }),
  'puts a null in a list': lieWith(isList, (part, dice) => {
    if (Array.isArray(part)) part[dice.between(0, part.length - 1)] = null
  }),
  'leaves a field out': lieWith(isObject, (part, dice) => {
    const keys = Object.keys(part)
    if (keys.length > 0) Reflect.deleteProperty(part, dice.pick(keys))
  }),
  'gives another kind of value': lieWith(isObject, (part, dice) => {
    const keys = Object.keys(part)
    if (keys.length > 0)
      Object.assign(part, { [dice.pick(keys)]: dice.pick([null, 7, 'x', [], {}, true, [null], [{}]]) })
  }),
  'says another country': lieWith(
    (part) =>
      isObject(part) && Object.values(part).some((value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value)),
    (part, dice) => {
      for (const [key, value] of Object.entries(part)) {
        if (typeof value === 'string' && /^[A-Z]{2}$/.test(value))
          Object.assign(part, { [key]: dice.pick(['GT', 'HN', 'SV']) })
      }
    },
  ),
} as const satisfies Record<string, Lie>

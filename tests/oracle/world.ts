import fc, { type Random, Stream, Value } from 'fast-check'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { createDice, type Dice } from './dice.ts'
import { makeRows } from './make-rows.ts'
import { type Publishers, ROW_TYPES, type Rows, type World } from './rows.ts'

const WHOLE: readonly Domain[] = DOMAINS
/** The possible sets of participants. Each domain has a publisher in each set, because the gateway would not start without one. */
export const PUBLISHER_SETS: readonly Publishers[] = [
  { GT: WHOLE },
  { GT: WHOLE, HN: WHOLE },
  { GT: WHOLE, UN: ['legal'] },
  { GT: ['cases', 'persons'], HN: WHOLE, UN: ['legal'] },
  { GT: WHOLE, HN: WHOLE, SV: WHOLE },
  { GT: ['cases'], HN: ['persons'], SV: ['legal'] },
  { GT: WHOLE, HN: ['cases', 'legal'], SV: ['persons'], UN: ['legal'] },
  { CR: WHOLE, GT: WHOLE, HN: WHOLE, SV: WHOLE },
  { CR: ['persons'], GT: WHOLE, HN: WHOLE, PA: ['cases'], SV: WHOLE },
  { CR: WHOLE, GT: WHOLE, HN: WHOLE, NI: WHOLE, PA: WHOLE, SV: WHOLE },
  { GT: WHOLE, HN: WHOLE, NI: ['legal'], PA: ['cases'], SV: ['cases', 'persons'], UN: ['legal'] },
]

/** An operation in a world. It prints itself, so that the report of a failing case is readable. */
export interface InWorld<T> {
  readonly world: World
  readonly asked: T
}

/** How operations are made, shrunk and printed. */
export interface AskedKind<T> {
  make(dice: Dice, world: World): T
  smaller(asked: T): Iterable<T>
  describe(asked: T): string
}

/**
 * Worlds of 1 to 6 participants with few rows, and an operation in each. Collisions, ties, nulls, links across borders, dangling ids and
 * cycles are frequent. Shrinks the operation, then the rows.
 */
export class InWorldArbitrary<T> extends fc.Arbitrary<InWorld<T>> {
  readonly #kind: AskedKind<T>
  readonly #sets: readonly Publishers[]

  constructor(kind: AskedKind<T>, sets: readonly Publishers[] = PUBLISHER_SETS) {
    super()
    this.#kind = kind
    this.#sets = sets
  }

  override generate(random: Random): Value<InWorld<T>> {
    const dice = createDice((min, max) => random.nextInt(min, max))
    const publishers = dice.pick(this.#sets)
    const world = { publishers, rows: makeRows(dice, publishers) }
    return this.#valueOf(world, this.#kind.make(dice, world))
  }

  override canShrinkWithoutContext(value: unknown): value is InWorld<T> {
    return typeof value === 'object' && value !== null && 'world' in value
  }

  override shrink({ world, asked }: InWorld<T>): Stream<Value<InWorld<T>>> {
    const kind = this.#kind
    const made = (smallerWorld: World, smallerAsked: T): Value<InWorld<T>> => this.#valueOf(smallerWorld, smallerAsked)
    function* smaller(): Generator<Value<InWorld<T>>> {
      for (const other of kind.smaller(asked)) yield made(world, other)
      for (const other of smallerWorlds(world)) yield made(other, asked)
    }
    return new Stream(smaller())
  }

  #valueOf(world: World, asked: T): Value<InWorld<T>> {
    const text = (): string => `${this.#kind.describe(asked)}\n${describeWorld(world)}`
    return new Value(Object.assign({ world, asked }, { [fc.toStringMethod]: text }), undefined)
  }
}

/** Removes first all rows of a type, then one row, then the items of a row's lists. */
function* smallerWorlds(world: World): Generator<World> {
  const withRows = (type: keyof Rows, rows: readonly unknown[]): World => ({
    ...world,
    rows: { ...world.rows, [type]: rows },
  })
  for (const type of ROW_TYPES) {
    if (world.rows[type].length > 1) yield withRows(type, [])
  }
  for (const type of ROW_TYPES) {
    for (const [i] of world.rows[type].entries()) yield withRows(type, world.rows[type].toSpliced(i, 1))
  }
  for (const type of ROW_TYPES) {
    for (const [i, row] of world.rows[type].entries()) {
      for (const [name, value] of Object.entries(row)) {
        if (!Array.isArray(value) || name === 'measures') continue
        for (const [j] of value.entries()) {
          const smaller = { ...row, [name]: value.toSpliced(j, 1) }
          yield withRows(type, (world.rows[type] as readonly unknown[]).toSpliced(i, 1, smaller))
        }
      }
    }
  }
}

/** Prints a world: one line for each row, without nulls and empty lists. */
function describeWorld({ publishers, rows }: World): string {
  const lines = ROW_TYPES.flatMap((type) => rows[type].map((row) => `${type} ${JSON.stringify(row, withoutNothing)}`))
  return [`publishers ${JSON.stringify(publishers)}`, ...lines].join('\n')
}

function withoutNothing(name: string, value: unknown): unknown {
  const isNothing = value === null || name === 'provenance' || (Array.isArray(value) && value.length === 0)
  return isNothing ? undefined : value
}

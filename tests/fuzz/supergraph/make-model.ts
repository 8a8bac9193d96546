/**
 * Makes random supergraphs. `buildGraph` skips those that do not compose, and those with a pattern that the planner is known to plan
 * wrongly (composition/known-patterns.ts).
 */
import type { Dice } from '../../oracle/dice.ts'
import { seededDice, shuffled } from '../random.ts'
import { decorate } from './decorate.ts'
import { ensureKnown } from './ensure-known.ts'
import {
  type AbstractModel,
  type ArgumentModel,
  type FieldModel,
  isKnownIn,
  type Key,
  LEAVES,
  type Model,
  newField,
  type ObjectModel,
} from './model.ts'

const ID: Key = { text: 'id', names: ['id'] }
const OTHER_KEYS: readonly Key[] = [
  { text: 'sku', names: ['sku'] },
  { text: 'region code', names: ['region', 'code'] },
  { text: 'spot { x y }', names: ['spot'] },
]
const KEY_TYPES: Readonly<Record<string, string>> = {
  id: 'ID',
  sku: 'String',
  region: 'Int',
  code: 'String',
  spot: 'Spot',
}

/** How a field's type wraps its name. The frequent forms are listed more than once. */
const WRAPS = ['%', '%', '%', '%', '%!', '%!', '[%]', '[%!]', '[%!]!', '[%]!', '[[%]]'] as const

const ARGUMENTS: readonly ArgumentModel[] = [
  { name: 'n', type: 'Int', defaultValue: '3' },
  { name: 's', type: 'String' },
  { name: 'hue', type: 'Hue', defaultValue: 'RED' },
  { name: 'in', type: 'In' },
  { name: 'ids', type: '[ID!]' },
  { name: 'must', type: 'Int!' },
  { name: 'or', type: 'Int!', defaultValue: '7' },
]

/** Makes the supergraph of a seed. It may not compose. */
export function makeModel(seed: string): Model {
  const dice = seededDice(seed)
  const subgraphs = dice.many(2, 5, (i) => `s${i}`)
  const model: Model = {
    seed,
    subgraphs,
    objects: new Map(),
    abstracts: new Map(),
    interfaceObjects: [],
    roots: [],
  }
  addSpot(model)
  for (const name of dice.many(2, 4, (i) => `E${i}`)) addEntity(name, model, dice)
  for (const name of dice.many(1, 3, (i) => `V${i}`)) model.objects.set(name, newObject('value', name))
  addAbstracts(model, dice)
  addFields(model, dice)
  addRoots(model, dice)
  decorate(model, dice)
  return model
}

function newObject(kind: ObjectModel['kind'], name: string): ObjectModel {
  return { kind, name, fields: [], keys: new Map(), missingIn: new Set(), implements: [] }
}

function addSpot(model: Model): void {
  const spot = newObject('value', 'Spot')
  spot.fields.push(newField('Spot', 'x', 'Int', '%!'), newField('Spot', 'y', 'Int', '%!'))
  model.objects.set('Spot', spot)
}

function addEntity(name: string, model: Model, dice: Dice): void {
  const entity = newObject('entity', name)
  model.objects.set(name, entity)
  const other = dice.oneIn(2) ? dice.pick(OTHER_KEYS) : undefined
  for (const key of other ? [ID, other] : [ID]) {
    for (const field of key.names) entity.fields.push(newField(name, field, KEY_TYPES[field] ?? '', '%!'))
  }
  const [first, ...rest] = shuffled(model.subgraphs, dice)
  for (const subgraph of [first ?? '', ...dice.subset(rest)]) {
    const choice = dice.between(1, 10)
    const keys = !other || choice <= 5 ? [ID] : choice <= 8 ? [ID, other] : [other]
    entity.keys.set(subgraph, { keys, resolvable: true })
    for (const field of entity.fields) {
      const isKey = keys.some((key) => key.names.includes(field.name))
      if (isKey || (field.name !== 'spot' && dice.oneIn(8))) field.by.set(subgraph, {})
      if (isKey) ensureKnown(field.named, subgraph, model, dice)
    }
  }
}

function addAbstracts(model: Model, dice: Dice): void {
  const objects = [...model.objects.values()].filter(({ name }) => name !== 'Spot')
  for (const name of dice.many(0, 2, (i) => `U${i}`)) {
    const members = shuffled(objects, dice).slice(0, dice.between(2, 3))
    addAbstract({ ...newAbstract('union', name), all: members }, model, dice)
  }
  for (const name of dice.many(0, 2, (i) => `I${i}`)) {
    const members = shuffled(objects, dice).slice(0, dice.between(1, 3))
    const isEntity = members.every(({ kind }) => kind === 'entity') && dice.oneIn(2)
    addInterface({ ...newAbstract('interface', name), isEntity, all: members }, model, dice)
  }
}

interface Planned extends AbstractModel {
  readonly all: readonly ObjectModel[]
}

function newAbstract(kind: AbstractModel['kind'], name: string): AbstractModel {
  return { kind, name, members: new Map(), fields: new Map(), isEntity: false }
}

function addAbstract({ all, ...abstract }: Planned, model: Model, dice: Dice): void {
  model.abstracts.set(abstract.name, abstract)
  const names = all.map(({ name }) => name)
  for (const subgraph of shuffled(model.subgraphs, dice).slice(0, dice.between(1, 2))) {
    const isPart = names.length > 2 && abstract.members.size > 0 && dice.oneIn(3)
    abstract.members.set(subgraph, isPart ? names.slice(1) : names)
  }
}

function addInterface({ all, ...abstract }: Planned, model: Model, dice: Dice): void {
  model.abstracts.set(abstract.name, abstract)
  const fields = dice.many(1, 2, (i) => `${abstract.name.toLowerCase()}n${i}`)
  for (const object of all) object.implements.push(abstract.name)
  const types = fields.map(() => ({ named: dice.pick(LEAVES), wrap: dice.pick(WRAPS), args: someArguments(dice) }))
  for (const [i, name] of fields.entries()) {
    const { named = 'Int', wrap = '%', args = [] } = types[i] ?? {}
    for (const object of all) object.fields.push({ ...newField(object.name, name, named, wrap), args })
  }
  const homes = shuffled(model.subgraphs, dice).slice(0, abstract.isEntity ? 1 : dice.between(1, 2))
  for (const [i, subgraph] of homes.entries()) {
    abstract.members.set(
      subgraph,
      all.map(({ name }) => name),
    )
    abstract.fields.set(subgraph, i === 0 ? fields : fields.slice(0, 1))
  }
}

function addFields(model: Model, dice: Dice): void {
  for (const object of model.objects.values()) {
    if (object.name === 'Spot') continue
    for (const name of dice.many(object.kind === 'entity' ? 2 : 1, object.kind === 'entity' ? 6 : 4, (i) => `f${i}`)) {
      object.fields.push(randomField(object.name, name, [...model.objects.keys()], model, dice))
    }
  }
  // A type comes before the types that refer to it, so that these know what they must know of it.
  for (const abstract of model.abstracts.values()) {
    for (const subgraph of [...abstract.members.keys()]) ensureKnown(abstract.name, subgraph, model, dice)
  }
  for (const object of model.objects.values()) {
    if (object.kind !== 'entity') continue
    const homes = [...object.keys.keys()]
    for (const field of object.fields) {
      if (field.by.size > 0) continue
      const owners = shuffled(homes, dice).slice(0, dice.oneIn(4) ? 2 : 1)
      for (const subgraph of owners) {
        field.by.set(subgraph, {})
        ensureKnown(field.named, subgraph, model, dice)
      }
    }
  }
}

function randomField(parent: string, name: string, objects: readonly string[], model: Model, dice: Dice): FieldModel {
  const choice = dice.between(1, 10)
  const composites = objects.filter((one) => one !== 'Spot')
  const abstracts = [...model.abstracts.keys()]
  const isAbstract = choice > 8 && abstracts.length > 0 && parent.startsWith('E')
  const named = isAbstract ? dice.pick(abstracts) : choice > 5 ? dice.pick(composites) : dice.pick(LEAVES)
  const wrap = dice.pick(WRAPS)
  // A value type with a non-null field of its own type would never end.
  const isEndless = parent.startsWith('V') && !LEAVES.some((leaf) => leaf === named) && wrap === '%!'
  return { ...newField(parent, name, named, isEndless ? '%' : wrap), args: someArguments(dice) }
}

function someArguments(dice: Dice): readonly ArgumentModel[] {
  return dice.oneIn(4) ? shuffled(ARGUMENTS, dice).slice(0, dice.between(1, 3)) : []
}

function addRoots(model: Model, dice: Dice): void {
  for (const subgraph of model.subgraphs) {
    const composites = [...model.objects.keys(), ...model.abstracts.keys()].filter(
      (name) => name !== 'Spot' && isKnownIn(model, name, subgraph),
    )
    for (const name of dice.many(1, 3, (i) => `${subgraph}r${i}`)) {
      const named = composites.length === 0 || dice.oneIn(8) ? dice.pick(LEAVES) : dice.pick(composites)
      const field = { ...newField('Query', name, named, dice.pick(WRAPS)), args: someArguments(dice) }
      field.by.set(subgraph, {})
      const others = model.subgraphs.filter((other) => other !== subgraph && isKnownIn(model, named, other))
      if (others.length > 0 && dice.oneIn(5)) field.by.set(dice.pick(others), {})
      model.roots.push(field)
    }
  }
}

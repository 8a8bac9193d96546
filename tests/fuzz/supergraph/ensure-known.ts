import type { Dice } from '../../oracle/dice.ts'
import { isKnownIn, isLeafName, type Model, type ObjectModel } from './model.ts'

/** Lets a subgraph know a type and all that the type needs: members, fields of values, and the types of these fields. */
export function ensureKnown(name: string, subgraph: string, model: Model, dice: Dice): void {
  if (isLeafName(name)) return
  const object = model.objects.get(name)
  if (object?.kind === 'entity') knowEntity(object, subgraph, model, dice)
  else if (object) knowValue(object, subgraph, model, dice)
  else knowAbstract(name, subgraph, model, dice)
}

function knowEntity(entity: ObjectModel, subgraph: string, model: Model, dice: Dice): void {
  if (entity.keys.has(subgraph)) return
  const existingKeys = [...entity.keys.values()].flatMap(({ keys }) => keys)
  const key = dice.pick(existingKeys)
  entity.keys.set(subgraph, { keys: [key], resolvable: true })
  for (const field of entity.fields) {
    if (!key.names.includes(field.name)) continue
    field.by.set(subgraph, {})
    ensureKnown(field.named, subgraph, model, dice)
  }
}

function knowValue(value: ObjectModel, subgraph: string, model: Model, dice: Dice): void {
  if (isKnownIn(model, value.name, subgraph)) return
  const isPart = value.fields.length > 1 && value.name !== 'Spot' && dice.oneIn(12)
  const fields = isPart ? value.fields.slice(1) : value.fields
  // Adds all fields before it follows any, because a value type may refer to itself.
  for (const field of fields) field.by.set(subgraph, {})
  for (const field of fields) ensureKnown(field.named, subgraph, model, dice)
}

function knowAbstract(name: string, subgraph: string, model: Model, dice: Dice): void {
  const abstract = model.abstracts.get(name)
  if (!abstract) return
  const all = [...abstract.members.values()][0] ?? []
  const members = abstract.members.get(subgraph) ?? all
  const fields = abstract.fields.get(subgraph) ?? [...abstract.fields.values()][0] ?? []
  abstract.members.set(subgraph, members)
  if (abstract.kind === 'interface') abstract.fields.set(subgraph, fields)
  for (const member of members) {
    const object = model.objects.get(member)
    if (!object) continue
    const isNew = !isKnownIn(model, member, subgraph)
    if (isNew) ensureKnown(member, subgraph, model, dice)
    for (const field of object.fields) {
      const isKeyOfInterface = abstract.isEntity && field.name === 'id'
      if (!fields.includes(field.name) && !isKeyOfInterface) continue
      if (!field.by.has(subgraph)) field.by.set(subgraph, {})
    }
    const held = object.keys.get(subgraph)
    const key = { text: 'id', names: ['id'] }
    if (abstract.isEntity && held && !held.keys.some(({ text }) => text === 'id')) {
      object.keys.set(subgraph, { ...held, keys: [key, ...held.keys] })
    }
  }
}

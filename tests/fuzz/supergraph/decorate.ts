/** Adds what only Federation has to a model that could be one schema: requirements, provisions, overrides, interface objects, faults. */
import type { Dice } from '../../oracle/dice.ts'
import { shuffled } from '../random.ts'
import { ensureKnown } from './ensure-known.ts'
import {
  answering,
  type FieldModel,
  isAnswering,
  isLeafName,
  isSole,
  LEAVES,
  type Model,
  newField,
  type ObjectModel,
} from './model.ts'

/** Adds these at random, in place. */
export function decorate(model: Model, dice: Dice): void {
  const entities = [...model.objects.values()].filter(({ kind }) => kind === 'entity')
  for (const entity of entities) missRows(entity, model, dice)
  for (const entity of entities) {
    for (const subgraph of [...entity.keys.keys()]) if (dice.oneIn(2)) addRequiring(entity, subgraph, model, dice)
  }
  for (const entity of entities) addOverride(entity, dice)
  for (const field of allFields(model)) addProvision(field, model, dice)
  for (const entity of entities) hideField(entity, model, dice)
  addInterfaceObjects(model, dice)
  for (const entity of entities) findRows(entity, model)
  for (const field of allFields(model)) field.fails = mayFail(field, model) && dice.oneIn(12)
  for (const entity of entities) closeStubs(entity, dice)
}

function allFields(model: Model): FieldModel[] {
  return [...[...model.objects.values()].flatMap(({ fields }) => fields), ...model.roots]
}

/**
 * Keeps failures where one schema would fail too. The gateway may not ask for a field whose requirement is missing, and then it cannot
 * fail. If a non-null field fails, it makes the fields beside it in the same fetch null too. A field that requires one of these then sees
 * less than it would in one schema.
 */
function mayFail(field: FieldModel, model: Model): boolean {
  if (isKey(field, model) || !isSole(field) || field.strict || field.required) return false
  const isRequiredBelow = allFields(model).some(({ by }) =>
    [...by.values()].some((role) => role.requires?.includes('{')),
  )
  return !isRequiredBelow || !field.wrap.endsWith('!')
}

function isKey({ parent, name }: FieldModel, model: Model): boolean {
  if (parent === 'Spot') return true
  const keys = [...(model.objects.get(parent)?.keys.values() ?? [])].flatMap((held) => held.keys)
  return keys.some(({ names }) => names.includes(name))
}

/** At random, lets a subgraph miss rows, if no other subgraph answers its fields, and no other must be reached through it. */
function missRows(entity: ObjectModel, model: Model, dice: Dice): void {
  const isBehindInterface = entity.implements.some((name) => model.abstracts.get(name)?.isEntity)
  for (const [subgraph, { keys }] of entity.keys) {
    const own = entity.fields.filter((field) => field.by.has(subgraph) && !isKey(field, model))
    const isSeparate = own.length > 0 && own.every((field) => isSole(field) && !field.wrap.endsWith('!'))
    const isKeyed = entity.fields.filter((field) => field.by.has(subgraph)).length === own.length + keysLength(keys)
    if (keys.length === 1 && isSeparate && isKeyed && !isBehindInterface && dice.oneIn(2))
      entity.missingIn.add(subgraph)
  }
}

/** Restores missing rows of a subgraph that now answers what others answer too (even a key), or that leads to others. */
function findRows(entity: ObjectModel, model: Model): void {
  for (const subgraph of [...entity.missingIn]) {
    const keys = entity.keys.get(subgraph)?.keys ?? []
    const names = keys.flatMap((key) => key.names)
    const isSeparate = entity.fields.every((field) => {
      if (names.includes(field.name)) return [...entity.keys.keys()].every((one) => isAnswering(field.by.get(one)))
      if (!isAnswering(field.by.get(subgraph)) || isKey(field, model)) return true
      return answering(field).length === 1 && !field.wrap.endsWith('!')
    })
    if (!isSeparate || keys.length !== 1) entity.missingIn.delete(subgraph)
  }
}

function keysLength(keys: readonly { readonly names: readonly string[] }[]): number {
  return new Set(keys.flatMap(({ names }) => names)).size
}

function addRequiring(entity: ObjectModel, subgraph: string, model: Model, dice: Dice): void {
  const candidates = entity.fields.filter(
    (field) => field.args.length === 0 && !field.by.has(subgraph) && answering(field).length > 0,
  )
  const chosen = shuffled(candidates, dice).slice(0, dice.between(1, 3))
  const parts: string[] = []
  for (const field of chosen) {
    const knewBefore = field.by.has(subgraph)
    ensureKnown(field.named, subgraph, model, dice)
    const below = isLeafName(field.named) ? '' : belowOf(field.named, subgraph, model, dice)
    if (below === null || knewBefore || field.by.has(subgraph)) continue
    field.by.set(subgraph, { external: true })
    parts.push(`${field.name}${below}`)
  }
  if (parts.length === 0) return
  const requiring = newField(entity.name, `c${subgraph}`, 'String', '%')
  // A field that the gateway does not ask for, because its requirements are missing, is missing too.
  const isMissable = chosen.some(
    (field) => field.strict || answering(field).some((owner) => entity.missingIn.has(owner)),
  )
  requiring.strict = isMissable || dice.oneIn(2)
  requiring.by.set(subgraph, { requires: parts.join(' ') })
  entity.fields.push(requiring)
}

/** Chooses what is required below a field: leaves that the subgraph knows on the type, or external leaves of an entity. */
function belowOf(name: string, subgraph: string, model: Model, dice: Dice): string | null {
  const object = model.objects.get(name)
  if (!object) {
    const members = model.abstracts.get(name)?.members.get(subgraph) ?? []
    const parts = members.flatMap((member) => {
      const below = belowOf(member, subgraph, model, dice)
      return below === null ? [] : [`... on ${member}${below}`]
    })
    return parts.length > 0 ? ` { __typename ${parts.join(' ')} }` : null
  }
  const leaves = object.fields.filter((field) => isLeafName(field.named) && field.args.length === 0)
  const mayMiss = object.missingIn.has(subgraph)
  const own = mayMiss ? [] : leaves.filter((field) => isPlain(field, subgraph))
  const others = object.kind === 'value' ? [] : leaves.filter((field) => isTakable(field, subgraph, object))
  const chosen = shuffled([...own, ...others], dice).slice(0, dice.between(1, 2))
  for (const field of chosen) {
    field.required = true
    if (!field.by.has(subgraph)) field.by.set(subgraph, { external: true })
  }
  return chosen.length > 0 ? ` { ${chosen.map((field) => field.name).join(' ')} }` : null
}

function isPlain(field: FieldModel, subgraph: string): boolean {
  const role = field.by.get(subgraph)
  return role !== undefined && !role.requires && !role.external && !role.legacy
}

function isTakable(field: FieldModel, subgraph: string, object: ObjectModel): boolean {
  const owners = answering(field)
  const isMissable = owners.some((owner) => object.missingIn.has(owner))
  return !field.by.has(subgraph) && owners.length > 0 && !isMissable && ![...field.by.values()].some((r) => r.requires)
}

function addOverride(entity: ObjectModel, dice: Dice): void {
  for (const field of entity.fields) {
    if (!isLeafName(field.named) || !isSole(field) || !dice.oneIn(6)) continue
    const [owner = ''] = answering(field)
    const role = field.by.get(owner)
    const others = [...entity.keys.keys()].filter((name) => name !== owner && !entity.missingIn.has(name))
    if (role?.requires || others.length === 0) continue
    const from = dice.pick(others)
    field.by.set(from, { legacy: true })
    field.by.set(owner, { ...role, override: from })
  }
}

function addProvision(field: FieldModel, model: Model, dice: Dice): void {
  const target = model.objects.get(field.named)
  if (target?.kind !== 'entity') return
  for (const [subgraph, role] of field.by) {
    if (role.external || role.legacy || !dice.oneIn(3) || target.missingIn.has(subgraph)) continue
    const candidates = target.fields.filter(
      (one) =>
        isLeafName(one.named) &&
        one.args.length === 0 &&
        answering(one).length > 0 &&
        !one.by.has(subgraph) &&
        [...one.by.values()].every((each) => !each.requires && !each.override),
    )
    if (candidates.length === 0) continue
    const provided = dice.pick(candidates)
    provided.by.set(subgraph, { external: true })
    field.by.set(subgraph, { ...role, provides: provided.name })
  }
}

function hideField(entity: ObjectModel, model: Model, dice: Dice): void {
  const interfaceFields = [...model.abstracts.values()].flatMap(({ fields }) => [...fields.values()].flat())
  const hideable = entity.fields.filter(
    (field) => isSole(field) && !isKey(field, model) && !interfaceFields.includes(field.name),
  )
  if (hideable.length > 1 && dice.oneIn(6)) dice.pick(hideable).inaccessible = true
}

/** Lets subgraphs that know no implementation of an entity interface know the interface as an object. */
function addInterfaceObjects(model: Model, dice: Dice): void {
  for (const abstract of model.abstracts.values()) {
    if (!abstract.isEntity) continue
    const members = [...abstract.members.values()][0] ?? []
    const strangers = model.subgraphs.filter((name) => members.every((one) => !model.objects.get(one)?.keys.has(name)))
    const subgraphs = dice.subset(strangers)
    if (subgraphs.length === 0) continue
    const fields = subgraphs.flatMap((subgraph) =>
      dice.many(1, 2, (i) => {
        const field = newField(abstract.name, `${subgraph}x${i}`, dice.pick(LEAVES), dice.pick(['%', '%!', '[%]']))
        field.by.set(subgraph, {})
        return field
      }),
    )
    model.interfaceObjects.push({ name: abstract.name, members, fields, subgraphs })
    for (const subgraph of subgraphs) {
      const root = newField('Query', `${subgraph}io`, abstract.name, dice.pick(['%', '[%]', '[%!]!']))
      root.by.set(subgraph, {})
      model.roots.push(root)
    }
  }
}

/** At random, makes a key not resolvable, if a subgraph has only the one key of the type. */
function closeStubs(entity: ObjectModel, dice: Dice): void {
  for (const [subgraph, held] of entity.keys) {
    const isStub = entity.fields.every(
      (field) => !field.by.has(subgraph) || held.keys.some((key) => key.names.includes(field.name)),
    )
    if (isStub && held.keys.length === 1 && dice.oneIn(3)) entity.keys.set(subgraph, { ...held, resolvable: false })
  }
}

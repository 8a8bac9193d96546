/** Writes the SDLs of a model: of each subgraph, and of the one schema of the reference. */
import { fed2 } from '../../federation/harness/pattern.ts'
import {
  type AbstractModel,
  answering,
  type FieldModel,
  HUES,
  type InterfaceObjectModel,
  type Model,
  type ObjectModel,
  type Role,
} from './model.ts'

const COMMON = `enum Hue { ${HUES.join(' ')} } input In { n: Int = 1 s: String list: [Int!] below: In }`

/** Writes the SDL of one subgraph. */
export function subgraphSdl(model: Model, subgraph: string): string {
  const roots = model.roots.filter(({ by }) => by.has(subgraph))
  return fed2(
    [
      COMMON,
      ...(roots.length > 0 ? [`type Query {${fieldLines(roots, subgraph)}}`] : []),
      ...[...model.objects.values()].flatMap((object) => objectIn(object, subgraph, model)),
      ...[...model.abstracts.values()].flatMap((abstract) => abstractIn(abstract, subgraph, model)),
      ...model.interfaceObjects.flatMap((one) => interfaceObjectIn(one, subgraph)),
    ].join('\n'),
  )
}

function objectIn(object: ObjectModel, subgraph: string, model: Model): string[] {
  const fields = object.fields.filter(({ by }) => by.has(subgraph))
  if (fields.length === 0) return []
  const held = object.keys.get(subgraph)
  const keys = (held?.keys ?? []).map(
    ({ text }) => ` @key(fields: "${text}"${held?.resolvable ? '' : ', resolvable: false'})`,
  )
  const interfaces = object.implements.filter((name) => model.abstracts.get(name)?.members.has(subgraph))
  return [
    `type ${object.name}${implementsText(interfaces)}${keys.join('')} {${fieldLines(
      fields,
      subgraph,
      held?.keys.flatMap(({ names }) => names),
    )}}`,
  ]
}

function implementsText(interfaces: readonly string[]): string {
  return interfaces.length > 0 ? ` implements ${interfaces.join(' & ')}` : ''
}

function fieldLines(fields: readonly FieldModel[], subgraph: string, keys: readonly string[] = []): string {
  const lines = fields.map((field) => {
    const role = field.by.get(subgraph) ?? {}
    return `  ${declaration(field)}${directives(field, role, keys.includes(field.name))}`
  })
  return `\n${lines.join('\n')}\n`
}

function declaration({ name, named, wrap, args }: FieldModel): string {
  const list = args.map((arg) => `${arg.name}: ${arg.type}${arg.defaultValue ? ` = ${arg.defaultValue}` : ''}`)
  return `${name}${list.length > 0 ? `(${list.join(', ')})` : ''}: ${wrap.replace('%', named)}`
}

function directives(field: FieldModel, role: Role, isKey: boolean): string {
  const isShared = answering(field).length > 1 || [...field.by.values()].some(({ external }) => external)
  return [
    ...(role.external ? [' @external'] : []),
    ...(isShared && !isKey && !role.external && !role.legacy ? [' @shareable'] : []),
    ...(role.requires ? [` @requires(fields: "${role.requires}")`] : []),
    ...(role.provides ? [` @provides(fields: "${role.provides}")`] : []),
    ...(role.override ? [` @override(from: "${role.override}")`] : []),
    ...(field.inaccessible ? [' @inaccessible'] : []),
  ].join('')
}

function abstractIn(abstract: AbstractModel, subgraph: string, model: Model): string[] {
  const members = abstract.members.get(subgraph)
  if (!members) return []
  if (abstract.kind === 'union') return [`union ${abstract.name} = ${members.join(' | ')}`]
  const names = abstract.fields.get(subgraph) ?? []
  const fields = (model.objects.get(members[0] ?? '')?.fields ?? []).filter(({ name }) => names.includes(name))
  const key = abstract.isEntity ? ' @key(fields: "id")' : ''
  return [
    `interface ${abstract.name}${key} {\n${[...(abstract.isEntity ? ['id: ID!'] : []), ...fields.map(declaration)].join('\n')}\n}`,
  ]
}

function interfaceObjectIn({ name, subgraphs, fields }: InterfaceObjectModel, subgraph: string): string[] {
  if (!subgraphs.includes(subgraph)) return []
  const declared = fields.filter(({ by }) => by.has(subgraph))
  return [`type ${name} @interfaceObject @key(fields: "id") { id: ID!${fieldLines(declared, subgraph)}}`]
}

/** Writes the SDL of the complete model, as a client sees it. */
export function wholeSdl(model: Model): string {
  return [
    COMMON,
    `type Query {\n${model.roots.map(declaration).join('\n')}\n}`,
    ...[...model.objects.values()].flatMap((object) => wholeObject(object, model)),
    ...[...model.abstracts.values()].flatMap((abstract) => wholeAbstract(abstract, model)),
  ].join('\n')
}

function wholeObject(object: ObjectModel, model: Model): string[] {
  const interfaces = object.implements.filter((name) => (model.abstracts.get(name)?.members.size ?? 0) > 0)
  const added = model.interfaceObjects.filter(({ members }) => members.includes(object.name))
  const fields = [...object.fields, ...added.flatMap((one) => one.fields)]
  const shown = fields.filter((field) => !field.inaccessible && field.by.size > 0)
  if (shown.length === 0) return []
  return [`type ${object.name}${implementsText(interfaces)} {\n${shown.map(declaration).join('\n')}\n}`]
}

function wholeAbstract(abstract: AbstractModel, model: Model): string[] {
  const members = [...new Set([...abstract.members.values()].flat())]
  if (abstract.kind === 'union') return [`union ${abstract.name} = ${members.join(' | ')}`]
  const names = new Set([...abstract.fields.values()].flat())
  const fields = (model.objects.get(members[0] ?? '')?.fields ?? []).filter(({ name }) => names.has(name))
  const added = model.interfaceObjects.filter(({ name }) => name === abstract.name).flatMap((one) => one.fields)
  const id = abstract.isEntity ? ['id: ID!'] : []
  return [`interface ${abstract.name} {\n${[...id, ...[...fields, ...added].map(declaration)].join('\n')}\n}`]
}

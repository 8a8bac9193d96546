/** Makes the subgraphs of a model with their resolvers, and the one schema that has all fields. */
import { buildSchema, execute, type GraphQLSchema } from 'graphql'
import type { Resolvers, Subgraph } from '../../federation/harness/pattern.ts'
import type { Operation } from '../../oracle/operation.ts'
import { parseFieldSet, project } from './field-sets.ts'
import { answering, type FieldModel, type Model, type ObjectModel, ROWS } from './model.ts'
import { FAILURE, type Instance, idOf, rowOf, type Truth, truthOf } from './truth.ts'
import { subgraphSdl, wholeSdl } from './write-sdl.ts'

type Row = Readonly<Record<string, unknown>>
type Resolver = (parent: Instance | undefined, args: Row) => unknown

/** Makes the subgraphs. Each answers only what it may, and throws if it is asked for more. */
export function serveModel(model: Model): readonly Subgraph[] {
  const truth = truthOf(model)
  return model.subgraphs.map((name) => ({
    name,
    sdl: subgraphSdl(model, name),
    resolvers: resolversOf(model, truth, name) as Resolvers,
  }))
}

function resolversOf(model: Model, truth: Truth, subgraph: string): Record<string, Record<string, unknown>> {
  const resolvers: Record<string, Record<string, unknown>> = {}
  const add = (type: string, fields: readonly FieldModel[]): void => {
    const declared = fields.filter(({ by }) => by.has(subgraph))
    if (declared.length === 0) return
    resolvers[type] = Object.fromEntries(declared.map((field) => [field.name, resolverOf(field, truth, subgraph)]))
  }
  add('Query', model.roots)
  for (const object of model.objects.values()) {
    add(object.name, object.fields)
    if (object.keys.has(subgraph) && resolvers[object.name]) {
      Object.assign(resolvers[object.name] ?? {}, { __resolveReference: finderOf(object, truth, subgraph) })
    }
  }
  for (const abstract of model.abstracts.values()) {
    if (!abstract.members.has(subgraph)) continue
    resolvers[abstract.name] = { __resolveType: ({ type }: Instance) => type }
    if (abstract.isEntity) Object.assign(resolvers[abstract.name] ?? {}, { __resolveReference: finderById(model) })
  }
  for (const { name, fields, subgraphs } of model.interfaceObjects) {
    if (!subgraphs.includes(subgraph)) continue
    add(name, fields)
    const id = ({ type, row }: Instance): string => idOf(type, row)
    resolvers[name] = { ...resolvers[name], id, __resolveReference: finderById(model) }
  }
  return resolvers
}

function resolverOf(field: FieldModel, truth: Truth, subgraph: string): Resolver {
  const role = field.by.get(subgraph)
  const coordinate = `${field.parent}.${field.name}`
  return (parent, args) => {
    if (role?.legacy) throw new Error(`${subgraph} is asked for ${coordinate}, which was taken from it`)
    if (role?.external && parent?.provided !== field.name)
      throw new Error(`${subgraph} is asked for ${coordinate}, which it does not answer`)
    if (role?.requires !== undefined) {
      if (!parent?.given) throw new Error(`${subgraph} is asked for ${coordinate} without a representation`)
      const planted = truth.plantedFor(field, parent, args)
      if (planted === 'throws') throw new Error(FAILURE)
      if (planted === 'null' || truth.isMissing(parent.type, parent.row, subgraph)) return null
      return truth.madeOf(projectionOf(parent.given, role.requires), field.strict)
    }
    const value = truth.valueOf(field, parent?.type === undefined ? null : parent, args)
    if (role?.provides !== undefined) provide(value, role.provides)
    return value
  }
}

function projectionOf(representation: Row, requires: string): unknown {
  return project(
    representation,
    parseFieldSet(requires),
    (object, name) => object[name],
    (object, typeName) => object.__typename === typeName,
  )
}

function provide(value: unknown, name: string): void {
  if (Array.isArray(value)) for (const item of value) provide(item, name)
  else if (typeof value === 'object' && value !== null) (value as Instance).provided = name
}

function finderOf(object: ObjectModel, truth: Truth, subgraph: string): (reference: Row) => Instance | null {
  const { keys = [], resolvable = false } = object.keys.get(subgraph) ?? {}
  return (reference) => {
    const sentKeys = keys.filter(({ names }) => names.every((name) => reference[name] !== undefined))
    if (!resolvable || sentKeys.length === 0) {
      throw new Error(`${subgraph} got ${JSON.stringify(reference)}, which is not a key of its ${object.name}`)
    }
    const row = Array.from({ length: ROWS }, (_, i) => i).find((i) =>
      sentKeys.every(({ text }) => isKeyOf(rowOf(object.name, i), text, reference, truth)),
    )
    if (row === undefined) throw new Error(`${subgraph} has no ${object.name} for ${JSON.stringify(reference)}`)
    return truth.isMissing(object.name, row, subgraph) ? null : { ...rowOf(object.name, row), given: reference }
  }
}

function isKeyOf(instance: Instance, text: string, reference: Row, truth: Truth): boolean {
  const nodes = parseFieldSet(text)
  const never = (): boolean => false
  const read = (object: Row, name: string): unknown =>
    truth.valueOf(truth.fieldOf(String(object.type), name), object as never, {})
  const ofRow = project(instance, nodes, read, never)
  const ofReference = project(reference, nodes, (object, name) => object[name], never)
  return JSON.stringify(ofRow) === JSON.stringify(ofReference)
}

/** Finds a row of any type by its id. */
function finderById(model: Model): (reference: Row) => Instance | null {
  return (reference) => {
    for (const { name, kind } of model.objects.values()) {
      if (kind !== 'entity') continue
      for (let row = 0; row < ROWS; row++) {
        if (idOf(name, row) === reference.id) return { ...rowOf(name, row), given: reference }
      }
    }
    throw new Error(`no row has the id of ${JSON.stringify(reference)}`)
  }
}

/** The correct answer. */
export interface Expected {
  readonly data: unknown
  readonly errorPaths: readonly (readonly (string | number)[])[]
  /** Response positions, without list indices, of each requested field that fails. An answer may have an error at each of them. */
  readonly failing: ReadonlySet<string>
}

/** The reference: graphql-js over one schema. */
export interface Reference {
  readonly schema: GraphQLSchema
  answer(operation: Operation): Expected
}

/** Makes the reference of a model. */
export function referenceOf(model: Model): Reference {
  const truth = truthOf(model)
  const sdl = wholeSdl(model)
  const schema = buildSchema(sdl)
  // Without non-null types, execution does not stop at the first failure.
  const lenient = buildSchema(sdl.replaceAll('!', ''))
  return {
    schema,
    answer(operation) {
      const { data, errors = [] } = run(schema, operation, truth, () => undefined)
      const failing = new Set<string>()
      if (errors.length > 0) run(lenient, operation, truth, (position) => failing.add(position))
      return { data, errorPaths: errors.map(({ path = [] }) => path), failing }
    },
  }
}

function run(schema: GraphQLSchema, operation: Operation, truth: Truth, onFailing: (position: string) => void) {
  const answer = execute({
    schema,
    document: operation.document,
    variableValues: operation.variables,
    operationName: operation.operationName,
    typeResolver: ({ type }: Instance) => type,
    fieldResolver(parent: Instance | undefined, args, _, { parentType, fieldName, path }) {
      const field = truth.fieldOf(parentType.name, fieldName)
      const planted = truth.plantedFor(field, parent ?? null, args)
      if (planted === 'throws' || (planted === 'null' && field.wrap.endsWith('!'))) onFailing(positionOf(path))
      return truth.valueOf(field, parent ?? null, args)
    },
  })
  if (answer instanceof Promise) throw new Error('expected an answer at once')
  // Passes through JSON, so that objects have a prototype and undefined values are left out.
  return { errors: answer.errors ?? [], data: JSON.parse(JSON.stringify(answer.data ?? null)) }
}

interface Path {
  readonly prev: Path | undefined
  readonly key: string | number
}

function positionOf(path: Path): string {
  const before = path.prev ? positionOf(path.prev) : ''
  return typeof path.key === 'number' ? before : `${before}.${path.key}`
}

/** Whether some subgraph answers each field. Composition would reject the model too, but later. */
export function isAnswered(model: Model): boolean {
  const fields = [...[...model.objects.values()].flatMap((object) => object.fields), ...model.roots]
  return fields.every((field) => field.by.size === 0 || answering(field).length > 0)
}

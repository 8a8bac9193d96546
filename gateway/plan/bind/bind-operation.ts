/**
 * Binds plans (`gateway/types/plan.ts`, plain data) to the schemas: field definitions by coordinate, leaf checks by type name, the
 * client's keys by the gateway's keys. It makes one pass over the plan, and shares with it what needs no binding. Syntax nodes keep their
 * identity, because the rooms use them as keys of their caches.
 */
import type {
  CheckedField,
  CompiledOperation,
  Fetch,
  FieldUse,
  PreparedOperation,
  SpreadRule,
  TopField,
} from '../../types/operation.ts'
import type { GatewayKeys, Unbound } from '../../types/plan.ts'
import type { FieldShape, LeafShape, ObjectShape, PageArguments, TypeShape, ValueShape } from '../../types/shape.ts'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { outKeyOf } from '../normalise/gateway-keys.ts'
import { createSchemaBinder, type SchemaBinder } from './schema-binder.ts'

/** The schemas to which plans are bound. */
export interface BindingSchemas extends Pick<LoadedSupergraph, 'apiSchema' | 'directives'> {
  readonly subgraphs: ReadonlyMap<string, Pick<LoadedSubgraph, 'schema'>>
}

/** Makes the binder of a supergraph. */
export function createBinder({ apiSchema, directives, subgraphs }: BindingSchemas) {
  // The values of the contract's scalars are checked in the answer only if the graph is made of the contract's domains.
  const api = createSchemaBinder(apiSchema, directives.answeredBy.size > 0)
  const domains = new Map([...subgraphs].map(([name, { schema }]) => [name, createSchemaBinder(schema, true)]))
  const domainOf = (name: string): SchemaBinder => {
    const domain = domains.get(name)
    if (!domain) throw new Error(`expected a subgraph of the supergraph; came ${name}`)
    return domain
  }
  return {
    /** Binds the fields of an operation to the API schema. */
    bindPreparation: (planned: Unbound<PreparedOperation>) => ({
      ...planned,
      uses: bindUses(planned.uses, api),
      outKey: bindKeys(planned.keys),
    }),
    /**
     * Binds a plan: the shape of its answer to the API schema, each fetch to the schema of its domain.
     * @throws {Error} if the plan was made for another supergraph.
     */
    bindOperation: (planned: Unbound<CompiledOperation>) => ({
      ...planned,
      fetches: planned.fetches.map((fetch) => bindFetch(fetch, domainOf)),
      separateGroups: planned.separateGroups.map((fetches) => fetches.map((fetch) => bindFetch(fetch, domainOf))),
      shape: bindObject(planned.shape, api),
      checked: planned.checked.map((field) => bindChecked(field, domainOf(field.domain))),
      outKey: bindKeys(planned.keys),
    }),
  }
}

function bindKeys(keys: GatewayKeys): (key: string) => string | null {
  return (key) => outKeyOf(key, keys)
}

/** Binds uses in order. A parent comes before the fields below it, so its bound twin exists already. */
function bindUses(uses: readonly Unbound<FieldUse>[], api: SchemaBinder): readonly FieldUse[] {
  const bound = new Map<Unbound<FieldUse>, FieldUse>()
  return uses.map((use) => {
    const definition = api.findDefinition(`${use.typeName}.${use.fieldName}`)
    const twin: FieldUse = { ...use, definition, parent: (use.parent && bound.get(use.parent)) ?? null }
    bound.set(use, twin)
    return twin
  })
}

function bindFetch(fetch: Unbound<Fetch>, domainOf: (name: string) => SchemaBinder): Fetch {
  if (fetch.mode === 'PLAIN') return fetch
  const domain = domainOf(fetch.domain)
  return { ...fetch, fields: fetch.fields.map((field) => bindTopField(field, domain)) }
}

function bindTopField(field: Unbound<TopField>, domain: SchemaBinder): TopField {
  return {
    ...field,
    shape: bindField(field.shape, domain),
    spread: bindSpread(field.spread, field.shape.coordinate, domain),
  }
}

function bindSpread(rule: Unbound<SpreadRule> | null, coordinate: string, domain: SchemaBinder): SpreadRule | null {
  return rule && { ...rule, definition: domain.definitionOf(coordinate) }
}

function bindChecked(field: Unbound<CheckedField>, domain: SchemaBinder): CheckedField {
  return {
    ...field,
    definition: domain.definitionOf(field.coordinate),
    page: bindPage(field.page, domain),
    spread: bindSpread(field.spread, field.coordinate, domain),
  }
}

// Binds shapes to a schema: adds a check to each leaf and a definition to each page.

/** Binds the selections on one composite type. */
export function bindObject(shape: Unbound<ObjectShape>, schema: SchemaBinder): ObjectShape {
  const types = new Map([...shape.types].map(([name, type]) => [name, bindType(type, schema)]))
  return {
    ...shape,
    types,
    onlyType: (shape.onlyType && types.get(shape.onlyType.typeName)) ?? null,
    anyType: shape.anyType && bindType(shape.anyType, schema),
  }
}

/** Binds one field of a type. */
function bindField(shape: Unbound<FieldShape>, schema: SchemaBinder): FieldShape {
  return { ...shape, value: bindValue(shape.value, schema), page: bindPage(shape.page, schema) }
}

/** Binds the page of a field to the field's definition; null for a field without a page. */
function bindPage(page: Unbound<PageArguments> | null, schema: SchemaBinder): PageArguments | null {
  return page && { ...page, definition: schema.definitionOf(page.coordinate) }
}

function bindType(shape: Unbound<TypeShape>, schema: SchemaBinder): TypeShape {
  return { ...shape, fields: shape.fields.map((field) => bindField(field, schema)) }
}

function bindValue(shape: Unbound<ValueShape>, schema: SchemaBinder): ValueShape {
  switch (shape.kind) {
    case 'leaf':
      return bindLeaf(shape, schema)
    case 'list':
      return { ...shape, of: bindValue(shape.of, schema) }
    case 'object':
      return { ...shape, object: bindObject(shape.object, schema) }
  }
}

function bindLeaf(shape: Unbound<LeafShape>, schema: SchemaBinder): LeafShape {
  const enumValues = schema.enumValues(shape.typeName)
  const accepts = schema.leafCheck(shape.typeName)
  return { ...shape, accepts, isId: shape.typeName === 'ID', ...(enumValues && { enumValues }) }
}

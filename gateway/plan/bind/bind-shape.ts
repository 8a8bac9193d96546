/** Binds shapes to a schema: adds a check to each leaf and a definition to each page. */
import type {
  PlannedFieldShape,
  PlannedLeafShape,
  PlannedObjectShape,
  PlannedPage,
  PlannedTypeShape,
  PlannedValueShape,
} from '../../types/plan-shape.ts'
import type { FieldShape, LeafShape, ObjectShape, PageArguments, TypeShape, ValueShape } from '../../types/shape.ts'
import type { SchemaBinder } from './schema-binder.ts'

/** Binds the selections on one composite type. */
export function bindObject(shape: PlannedObjectShape, schema: SchemaBinder): ObjectShape {
  const types = new Map([...shape.types].map(([name, type]) => [name, bindType(type, schema)]))
  return {
    ...shape,
    types,
    onlyType: (shape.onlyType && types.get(shape.onlyType.typeName)) ?? null,
    anyType: shape.anyType && bindType(shape.anyType, schema),
  }
}

/** Binds one field of a type. */
export function bindField(shape: PlannedFieldShape, schema: SchemaBinder): FieldShape {
  return { ...shape, value: bindValue(shape.value, schema), page: bindPage(shape.page, schema) }
}

/** Binds the page of a field to the field's definition; null for a field without a page. */
export function bindPage(page: PlannedPage | null, schema: SchemaBinder): PageArguments | null {
  return page && { ...page, definition: schema.definitionOf(page.coordinate) }
}

function bindType(shape: PlannedTypeShape, schema: SchemaBinder): TypeShape {
  return { ...shape, fields: shape.fields.map((field) => bindField(field, schema)) }
}

function bindValue(shape: PlannedValueShape, schema: SchemaBinder): ValueShape {
  switch (shape.kind) {
    case 'leaf':
      return bindLeaf(shape, schema)
    case 'list':
      return { ...shape, of: bindValue(shape.of, schema) }
    case 'object':
      return { ...shape, object: bindObject(shape.object, schema) }
  }
}

function bindLeaf(shape: PlannedLeafShape, schema: SchemaBinder): LeafShape {
  const enumValues = schema.enumValues(shape.typeName)
  const accepts = schema.leafCheck(shape.typeName)
  return { ...shape, accepts, isId: shape.typeName === 'ID', ...(enumValues && { enumValues }) }
}

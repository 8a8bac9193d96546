import type { Change } from '@graphql-inspector/core'
import { type Said, said } from '../../../contract/said.ts'

/** How two schemas differ, in Spanish: @graphql-inspector/core says it in English. */

/** By the type of the change. `{name}` stands for a member of what it knows of the change. */
const SPANISH: Readonly<Record<string, string>> = {
  FIELD_REMOVED: 'falta el campo «{removedFieldName}» de «{typeName}»',
  FIELD_ADDED: 'el campo «{addedFieldName}» de «{typeName}», que el contrato no tiene',
  FIELD_TYPE_CHANGED: 'el campo «{typeName}.{fieldName}» es de tipo {newFieldType}, y en el contrato de {oldFieldType}',
  FIELD_ARGUMENT_ADDED:
    'el argumento «{addedArgumentName}: {addedArgumentType}» de «{typeName}.{fieldName}», que el contrato no tiene',
  FIELD_ARGUMENT_REMOVED:
    'falta el argumento «{removedFieldArgumentName}: {removedFieldType}» de «{typeName}.{fieldName}»',
  FIELD_ARGUMENT_TYPE_CHANGED:
    'el argumento «{argumentName}» de «{typeName}.{fieldName}» es de tipo {newArgumentType}, y en el contrato de {oldArgumentType}',
  FIELD_ARGUMENT_DEFAULT_CHANGED:
    'el argumento «{argumentName}» de «{typeName}.{fieldName}» vale {newDefaultValue} si falta, y en el contrato {oldDefaultValue}',
  INPUT_FIELD_REMOVED: 'falta el campo «{removedFieldName}» de la entrada «{inputName}»',
  INPUT_FIELD_ADDED: 'el campo «{addedInputFieldName}» de la entrada «{inputName}», que el contrato no tiene',
  INPUT_FIELD_TYPE_CHANGED:
    'el campo «{inputName}.{inputFieldName}» es de tipo {newInputFieldType}, y en el contrato de {oldInputFieldType}',
  INPUT_FIELD_DEFAULT_VALUE_CHANGED:
    'el campo «{inputName}.{inputFieldName}» vale {newDefaultValue} si falta, y en el contrato {oldDefaultValue}',
  ENUM_VALUE_REMOVED: 'falta el valor «{removedEnumValueName}» de la enumeración «{enumName}»',
  ENUM_VALUE_ADDED: 'el valor «{addedEnumValueName}» de la enumeración «{enumName}», que el contrato no tiene',
  TYPE_ADDED: 'el tipo «{addedTypeName}», que el contrato no tiene',
  TYPE_KIND_CHANGED: '«{typeName}» es de la clase {newTypeKind}, y en el contrato de {oldTypeKind}',
  UNION_MEMBER_REMOVED: 'falta el miembro «{removedUnionMemberTypeName}» de la unión «{unionName}»',
  UNION_MEMBER_ADDED: 'el miembro «{addedUnionMemberTypeName}» de la unión «{unionName}», que el contrato no tiene',
  OBJECT_TYPE_INTERFACE_ADDED: '«{objectTypeName}» implementa «{addedInterfaceName}», y en el contrato no',
  OBJECT_TYPE_INTERFACE_REMOVED: '«{objectTypeName}» no implementa «{removedInterfaceName}», y en el contrato sí',
  SCHEMA_QUERY_TYPE_CHANGED: 'el tipo raíz de las preguntas es {newQueryTypeName}, y en el contrato {oldQueryTypeName}',
}

/** Says how a schema differs. A change that this version does not know is said as the library says it. */
export function describeChange({ type, message, meta }: Pick<Change, 'type' | 'message' | 'meta'>): Said {
  const members = meta as Readonly<Record<string, unknown>>
  const spanish = SPANISH[type]?.replace(/\{(\w+)\}/g, (_, name: string) => String(members[name] ?? 'nada'))
  return said(message, spanish ?? message)
}

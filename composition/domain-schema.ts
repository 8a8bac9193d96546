import {
  baseType,
  type EnumValue,
  type FieldDefinition,
  type InputFieldDefinition,
  type InterfaceType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type ObjectType,
  type Schema,
  type Subgraph,
  type Type,
} from '@apollo/federation-internals'
import { ISTMO, type ISTMO_DIRECTIVES } from '../contract/access/rule-directives.ts'

/**
 * A subgraph's schema as the composition rules read it: what the istmo and Federation directives say, under whatever names the
 * subgraph's `@link` imports them.
 */

/** Name of a directive of the istmo spec, without `@`. */
export type IstmoDirective = (typeof ISTMO_DIRECTIVES)[number]

/** Names of the Federation directives that the rules read, without `@`. */
export type FederationDirective =
  | 'key'
  | 'requires'
  | 'external'
  | 'interfaceObject'
  | 'authenticated'
  | 'requiresScopes'
  | 'policy'
  | 'composeDirective'

/** A subgraph, built and valid, with the names of its directives. */
export interface DomainSchema {
  /** The subgraph's name in the supergraph. */
  readonly name: string
  readonly schema: Schema
  /** Version of the istmo spec that the subgraph links, as in `v1.0`; undefined if it does not link the spec. */
  readonly istmoVersion: string | undefined
  /** Returns the name that `directive` of the istmo spec has in this schema, or undefined if the schema does not link the spec. */
  istmoName(directive: IstmoDirective): string | undefined
  /** Returns the name that `directive` of the Federation spec has in this schema. */
  federationName(directive: FederationDirective): string
}

/** The arguments of one application of a directive, defaults filled in. */
export type DirectiveArguments = Readonly<Record<string, unknown>>

/** A field of an object type or an interface. */
export type Field = FieldDefinition<ObjectType> | FieldDefinition<InterfaceType>

/** An element of a schema that can carry directives. */
export interface Annotated {
  appliedDirectivesOf(name: string): readonly { arguments(includeDefaultValues?: boolean): DirectiveArguments }[]
}

/** An element that can be named by its schema coordinate. */
export interface Located extends Annotated {
  readonly coordinate: string
}

/** Reads a built subgraph. */
export function readDomainSchema(subgraph: Subgraph): DomainSchema {
  const { name, schema } = subgraph
  const metadata = subgraph.metadata()
  const istmo = schema.coreFeatures?.getByIdentity(ISTMO)
  return {
    name,
    schema,
    istmoVersion: istmo?.url.version.toString(),
    istmoName: (directive) => istmo?.directiveNameInSchema(directive),
    federationName: (directive) => metadata.federationDirectiveNameInSchema(directive),
  }
}

/** Returns the applications of an istmo directive on `element`, in the order written; none if the spec is not linked. */
export function istmo(
  domain: DomainSchema,
  element: Annotated,
  directive: IstmoDirective,
): readonly DirectiveArguments[] {
  const name = domain.istmoName(directive)
  return name === undefined ? [] : element.appliedDirectivesOf(name).map((application) => application.arguments(true))
}

/** Returns the applications of a Federation directive on `element`, in the order written. */
export function federation(
  domain: DomainSchema,
  element: Annotated,
  directive: FederationDirective,
): readonly DirectiveArguments[] {
  const name = domain.federationName(directive)
  return element.appliedDirectivesOf(name).map((application) => application.arguments(true))
}

/** Returns the fields of the root types, without those that Federation adds. */
export function rootFields({ schema }: DomainSchema): readonly Field[] {
  return schema.schemaDefinition.roots().flatMap((root) => root.type.fields().filter(isWrittenField))
}

/** Returns the fields of the object types, including the root types, without those that Federation adds. */
export function objectFields({ schema }: DomainSchema): readonly Field[] {
  return schema
    .objectTypes()
    .filter((type) => type.name !== '_Service')
    .flatMap((type) => type.fields().filter(isWrittenField))
}

/** Returns the fields of the interfaces. */
export function interfaceFields({ schema }: DomainSchema): readonly Field[] {
  return schema.interfaceTypes().flatMap((type) => type.fields())
}

/** Returns the arguments of the fields of the object types. */
export function fieldArguments(domain: DomainSchema): readonly Located[] {
  return objectFields(domain).flatMap((field): readonly Located[] => field.arguments())
}

/** Returns the fields of the input object types. */
export function inputFields({ schema }: DomainSchema): readonly InputFieldDefinition[] {
  return schema.inputTypes().flatMap((type) => type.fields())
}

/** Returns the values of the enums. */
export function enumValues({ schema }: DomainSchema): readonly EnumValue[] {
  return schema.enumTypes().flatMap((type) => type.values)
}

/** Returns the object types and interfaces that carry `@key`. */
export function entities(domain: DomainSchema): readonly (ObjectType | InterfaceType)[] {
  const types = [...domain.schema.objectTypes(), ...domain.schema.interfaceTypes()]
  return types.filter((type) => federation(domain, type, 'key').length > 0)
}

/** Returns the keys of an entity: the text of `fields` with single spaces, and whether the subgraph resolves the key. */
export function keysOf(domain: DomainSchema, type: Annotated): readonly { fields: string; resolvable: boolean }[] {
  return federation(domain, type, 'key').map(({ fields, resolvable }) => ({
    fields: String(fields).trim().replace(/\s+/g, ' '),
    resolvable: resolvable !== false,
  }))
}

/** Returns the named type of a field, without list and non-null; undefined for a field without a type. */
export function namedType(field: { readonly type?: Type | undefined }): ReturnType<typeof baseType> | undefined {
  return field.type && baseType(field.type)
}

/** Returns the type without its outermost non-null. */
export function nullable(type: Type): Type {
  return isNonNullType(type) ? type.ofType : type
}

/** Checks whether a type is a list, nullable or not. */
export function isList(type: Type): boolean {
  return isListType(nullable(type))
}

/** Checks whether an operation can select fields of a named type: whether it is an object type or an interface. */
export function hasFields(type: unknown): type is ObjectType | InterfaceType {
  return (
    typeof type === 'object' &&
    type !== null &&
    'kind' in type &&
    (isObjectType(type as Type) || isInterfaceType(type as Type))
  )
}

/** Checks whether a named type is a connection: an object type with the field `edges`, or with a name that ends in `Connection`. */
export function isConnection(type: unknown): type is ObjectType {
  if (!hasFields(type) || !isObjectType(type)) return false
  return type.field('edges') !== undefined || type.name.endsWith('Connection')
}

/** Checks whether every country answers a field. */
export function isEvery(domain: DomainSchema, field: Annotated): boolean {
  return istmo(domain, field, 'answeredBy').some(({ who }) => who === 'EVERY')
}

function isWrittenField(field: Field): boolean {
  return field.name !== '_entities' && field.name !== '_service'
}

import {
  type ASTNode,
  buildASTSchema,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  Kind,
  parse,
  printSchema,
  type TypeDefinitionNode,
  visit,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { type Descriptions, describeRule, readDescriptions } from '../../contract/descriptions.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Language } from '../../contract/language.ts'
import { visibleSchema } from './visible-schema.ts'

/** How many schemas the cache holds, one for each set of hidden coordinates and each language. */
const MAX_SCHEMAS = 32

/** What the shown schemas are made of. */
export interface ShownFrom {
  readonly apiSchema: GraphQLSchema
  /** The rules that the fields' descriptions state. */
  readonly rules: RuleTable
  /** Whether the graph is the countries' contract, which our texts describe. Another graph keeps its own descriptions. */
  readonly isContract: boolean
}

/** Returns the schema without the `hidden` coordinates, with the descriptions of one language. */
export type ShowSchema = (hidden: readonly string[], language: Language) => GraphQLSchema

/**
 * Makes a function that returns the schema without some coordinates (`Type.field`, `Type.field(arg:)`, `Input.field`, `Enum.VALUE`), with
 * the descriptions of one language, as introspection shows it (docs/design/access.md, What introspection shows). It describes the graph in
 * a language when that is first asked for, which takes about 0.1 s.
 */
export function createShownSchemas(from: ShownFrom): ShowSchema {
  const described = new Map<Language, GraphQLSchema>()
  const shown = new LRUCache<string, GraphQLSchema>({ max: MAX_SCHEMAS })
  return (hidden, language) => {
    return getOrAdd(shown, `${language} ${hidden.join(' ')}`, () => {
      const names = new Set(hidden)
      const whole = getOrAdd(described, language, () => describe(from, language))
      return visibleSchema(whole, (coordinate) => !names.has(coordinate))
    })
  }
}

const NO_TEXTS: Descriptions = { typeNames: [], membersOf: () => [], textFor: () => undefined }

function describe({ apiSchema, rules, isContract }: ShownFrom, language: Language): GraphQLSchema {
  return describeSchema(apiSchema, { language, texts: isContract ? readDescriptions(language) : NO_TEXTS, rules })
}

/** What the texts of a described schema are made of. */
interface DescribedBy {
  readonly language: Language
  readonly texts: Descriptions
  /** The rules that each field states after its text. */
  readonly rules: RuleTable
}

/**
 * Makes a copy of a schema whose types, fields, arguments and enum values have the descriptions of one language. A field says which
 * scopes and policies it needs. What the texts do not have keeps the description that it has. The copy is for introspection and for
 * printing: it has no resolvers.
 */
export function describeSchema(schema: GraphQLSchema, by: DescribedBy): GraphQLSchema {
  const document = visit(parse(printSchema(schema)), {
    enter: (node) => (isTypeDefinition(node) ? describeType(node, by) : undefined),
  })
  return buildASTSchema(document, { assumeValid: true })
}

function isTypeDefinition(node: ASTNode): node is TypeDefinitionNode {
  return /^(Scalar|Object|Interface|Union|Enum|InputObject)TypeDefinition$/.test(node.kind)
}

function describeType(node: TypeDefinitionNode, by: DescribedBy): TypeDefinitionNode {
  const typeName = node.name.value
  const described = withText(node, by.texts.textFor(typeName))
  switch (described.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return { ...described, fields: described.fields?.map((field) => describeField(typeName, field, by)) ?? [] }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...described, fields: described.fields?.map((field) => describeMember(typeName, field, by)) ?? [] }
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...described, values: described.values?.map((value) => describeMember(typeName, value, by)) ?? [] }
    default:
      return described
  }
}

function describeField(typeName: string, field: FieldDefinitionNode, by: DescribedBy): FieldDefinitionNode {
  const name = field.name.value
  const text = by.texts.textFor(typeName, name) ?? field.description?.value ?? ''
  const rule = describeRule(by.rules.ofField(typeName, name), by.language)
  const described = withText(field, [text, rule].filter((part) => part !== '').join(' ') || undefined)
  return {
    ...described,
    arguments:
      field.arguments?.map((argument) =>
        withText(argument, by.texts.textFor(typeName, `${name}(${argument.name.value}:)`)),
      ) ?? [],
  }
}

function describeMember<Member extends InputValueDefinitionNode | EnumValueDefinitionNode>(
  typeName: string,
  member: Member,
  by: DescribedBy,
): Member {
  return withText(member, by.texts.textFor(typeName, member.name.value))
}

function withText<
  Node extends TypeDefinitionNode | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode,
>(node: Node, text: string | undefined): Node {
  return text === undefined ? node : { ...node, description: { kind: Kind.STRING, value: text } }
}

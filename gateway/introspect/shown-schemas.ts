import type { GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { type Descriptions, readDescriptions } from '../../contract/descriptions.ts'
import type { Language } from '../../contract/language.ts'
import { describeSchema } from './describe-schema.ts'
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
    const key = `${language} ${hidden.join(' ')}`
    const cached = shown.get(key)
    if (cached !== undefined) return cached
    const names = new Set(hidden)
    const whole = described.get(language) ?? describe(from, language)
    described.set(language, whole)
    const schema = visibleSchema(whole, (coordinate) => !names.has(coordinate))
    shown.set(key, schema)
    return schema
  }
}

const NO_TEXTS: Descriptions = { typeNames: [], membersOf: () => [], textFor: () => undefined }

function describe({ apiSchema, rules, isContract }: ShownFrom, language: Language): GraphQLSchema {
  return describeSchema(apiSchema, { language, texts: isContract ? readDescriptions(language) : NO_TEXTS, rules })
}

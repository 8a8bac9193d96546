import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Requirement, Rule } from './access/rule.ts'
import { isOpen } from './access/rule.ts'
import type { Language } from './language.ts'
import { FIELDS } from './records/records.ts'

/**
 * What each part of the graph means, for people: descriptions.en.yaml and descriptions.es.yaml, and contract/records for fields with a column. The SDL of the contract has few
 * descriptions and only in English, and it is fixed to the letter, so the texts are laid over it.
 */

/** By type name, then by member; `_` is the type itself. The entry `*` is for members that mean the same in each type. */
const DESCRIPTIONS = z.record(z.string(), z.record(z.string(), z.string().min(1)))

/** Named in full, so that the pack of the gateway contains them. */
const FILES: Readonly<Record<Language, URL>> = {
  en: new URL('descriptions.en.yaml', import.meta.url),
  es: new URL('descriptions.es.yaml', import.meta.url),
}

/** The texts of one language. */
export interface Descriptions {
  /** The type names that the file has, without `*`. */
  readonly typeNames: readonly string[]
  /** The members that a type has in the file, without `_`. An unknown type has none. */
  membersOf(typeName: string): readonly string[]
  /**
   * Returns the text for a type, or for a member of it: `field`, `field(argument:)`, an input field or an enum value. A field without a
   * text of its own gets what `contract/records` says of its column, an argument the text of its name, and another field that of its name.
   */
  textFor(typeName: string, member?: string): string | undefined
}

/**
 * Reads the descriptions of one language from the file beside this one.
 * @throws {z.ZodError} if the file does not have the form above, or the file system's error.
 */
export function readDescriptions(language: Language): Descriptions {
  const text = readFileSync(FILES[language], 'utf8')
  const { '*': shared = {}, ...types } = DESCRIPTIONS.parse(parse(text))
  return {
    typeNames: Object.keys(types),
    membersOf: (typeName) => Object.keys(types[typeName] ?? {}).filter((member) => member !== '_'),
    textFor: (typeName, member = '_') =>
      types[typeName]?.[member] ??
      FIELDS.get(`${typeName}.${member}`)?.meaning[language] ??
      shared[member.replace(/^[^(]+(?=\()/, '')],
  }
}

interface RuleWords {
  readonly token: string
  readonly scopes: (scopes: string) => string
  readonly policies: (policies: string) => string
  readonly and: string
  readonly or: string
}

const RULE_WORDS: Readonly<Record<Language, RuleWords>> = {
  en: {
    token: 'You need a token.',
    scopes: (scopes) => `You need the scope ${scopes}.`,
    policies: (policies) => `Each country’s policy ${policies} decides too.`,
    and: ' and ',
    or: ', or ',
  },
  es: {
    token: 'Necesita un token.',
    scopes: (scopes) => `Necesita el permiso (scope) ${scopes}.`,
    policies: (policies) => `También decide la política ${policies} de cada país.`,
    and: ' y ',
    or: ', o ',
  },
}

/**
 * Says what a field's rule requires, for example «You need the scope `case:read`.». A country may require more.
 * @returns an empty text for a rule that requires nothing.
 */
export function describeRule(rule: Rule, language: Language): string {
  if (isOpen(rule)) return ''
  const words = RULE_WORDS[language]
  const scopes = mergeRequirements(rule.scopes)
  const policies = mergeRequirements(rule.policies)
  const sentences = [
    ...(scopes.length === 0 ? [] : [words.scopes(scopes.map((one) => wordRequirement(one, words)).join(words.and))]),
    ...(policies.length === 0
      ? []
      : [words.policies(policies.map((one) => wordRequirement(one, words)).join(words.and))]),
  ]
  return sentences.length === 0 ? words.token : sentences.join(' ')
}

/** Makes one requirement of all that have a single alternative, so that no name is said twice. */
function mergeRequirements(requirements: readonly Requirement[]): readonly Requirement[] {
  const names = new Set(requirements.filter((one) => one.length === 1).flatMap((one) => one.flat()))
  const others = requirements.filter((one) => one.length > 1)
  return names.size === 0 ? others : [[[...names]], ...others]
}

function wordRequirement(requirement: Requirement, words: RuleWords): string {
  return requirement.map((all) => all.map((name) => `\`${name}\``).join(words.and)).join(words.or)
}

/** The values of a command's options and arguments, from what commander has found on the command line. */
import type { CommandSpec, OptionSpec, ValueSpec } from './command-spec.ts'
import { helpText } from './help-words.ts'
import { UsageError } from './usage-error.ts'
import { commandWords } from './words.ts'

/** What this file needs of a command of commander. */
interface FoundValues {
  getOptionValue(name: string): unknown
}

/** What this file needs of an option of commander. */
interface FoundOption {
  attributeName(): string
  readonly negate: boolean
}

/** A command of commander, with its options by key. */
export interface CommandParts<Found extends FoundValues = FoundValues, Each extends FoundOption = FoundOption> {
  readonly command: Found
  readonly options: readonly { readonly key: string; readonly each: OptionSpec; readonly option: Each }[]
}

/** Reads the values of all options. `errors`: what is wrong with them, one text for each. */
export function readOptions({ command, options }: CommandParts): { values: Record<string, unknown>; errors: string[] } {
  const flags = new Set(options.map(({ each }) => `--${each.flag}`))
  const values: Record<string, unknown> = {}
  const errors: string[] = []
  for (const { key, each, option } of options) {
    try {
      values[key] = optionValue(each, option, command, flags)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      errors.push(error.message)
    }
  }
  return { values, errors }
}

/** Returns the arguments by key, from the texts that commander has found. @throws {UsageError} if one has another form. */
export function argumentValues(spec: CommandSpec, given: readonly unknown[]): readonly (readonly [string, unknown])[] {
  return Object.entries(spec.arguments ?? {}).map(([key, each], at) => {
    const value = given[at]
    const name = `<${kebabCase(key)}>`
    if (Array.isArray(value)) return [key, value.map((text) => parseValue(name, each, String(text)))]
    return [key, value === undefined ? undefined : parseValue(name, each, String(value))]
  })
}

function optionValue(spec: OptionSpec, option: FoundOption, command: FoundValues, flags: ReadonlySet<string>): unknown {
  const name = `--${spec.flag}`
  const given: unknown = command.getOptionValue(option.attributeName())
  if (spec.value === null) {
    const isOn = option.negate ? given === false : given === true
    return spec.variable !== undefined && !isOn ? undefined : isOn
  }
  const byDefault = spec.variable === undefined ? spec.default : undefined
  const texts = given === undefined ? (byDefault === undefined ? [] : [byDefault]) : [given].flat().map(String)
  if (texts.length === 0 && spec.isRequired === true && spec.variable === undefined) {
    throw new UsageError(commandWords()('cameNothing', { name, expected: expectedForm(spec) }))
  }
  if (spec.instead !== undefined && texts.length > 0) throw new UsageError(`${name}: ${describeRemoved(spec.instead)}`)
  const flagAsValue = texts.find((text) => flags.has(text))
  if (flagAsValue !== undefined) {
    throw new UsageError(commandWords()('cameOption', { name, expected: expectedForm(spec), option: flagAsValue }))
  }
  const values = texts.map((text) => parseValue(name, spec, text))
  return spec.isRepeated === true ? values : values[0]
}

/** Reads the text of one value. @throws {UsageError} if it has another form than its declaration says. */
export function parseValue(name: string, spec: ValueSpec & { readonly isSecret?: boolean }, text: string): unknown {
  try {
    const value = spec.parse === undefined ? text : spec.parse(text)
    if (value !== undefined) return value
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${name}: ${error.message}`, { cause: error })
  }
  const say = commandWords()
  const came = spec.isSecret === true ? say('secret') : JSON.stringify(text)
  throw new UsageError(say('cameOther', { name, expected: expectedForm(spec), came }))
}

/** Returns what an error says about an option that only an earlier version had. */
export function describeRemoved(instead: string): string {
  return commandWords()('removed', { instead: helpText(instead) })
}

/** Returns what an error says was expected. */
export function expectedForm(spec: ValueSpec & { readonly value?: string | null }): string {
  if (spec.expected !== undefined) return helpText(spec.expected)
  return spec.value == null ? helpText(spec.meaning) : commandWords()('valueOf', { name: spec.value })
}

/** Returns a key as the help shows it: `fromPlace` becomes `from-place`. */
export function kebabCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

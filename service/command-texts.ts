import { readWords } from '../contract/read-words.ts'
import { type CommandStreams, executeGroup } from './command-line.ts'
import type { CommandShape, CommandSpec, DeclaredCommand, HelpNotes, OptionShape, OptionSpec } from './command-spec.ts'
import { kebabCase } from './command-values.ts'

/**
 * Commands whose texts stand in a file of YAML beside the code of their room: what the help says, and examples. The code has what decides the types of
 * values: which option is a switch, which is required or repeated, and how a value is read.
 */

/** What the help says of an argument or an option: its meaning, or more. */
type ValueText = string | { readonly meaning: string; readonly value?: string; readonly expected?: string }

interface CommandText {
  /** In the list of commands; as a sentence in the help of the command, unless `about` stands there. */
  readonly description?: string
  readonly about?: string
  readonly arguments?: Readonly<Record<string, ValueText>>
  readonly options?: Readonly<Record<string, ValueText>>
  /** What the exit codes mean, from 0 on. */
  readonly exit?: readonly string[]
  /** Command lines, with what they do. */
  readonly examples?: Readonly<Record<string, string>>
}

/** The file of a room. */
interface CommandTexts {
  /** The form of a value by its name in the help, such as `file`. */
  readonly forms: Readonly<Record<string, string>>
  /** What the exit codes of all commands mean, except of those with meanings of their own. */
  readonly exit?: readonly string[]
  /** What several commands say of an argument or option of the same key, or of the one that an option's `says` names. */
  readonly values: Readonly<Record<string, ValueText>>
  /** What groups of commands are for. */
  readonly groups: Readonly<Record<string, string>>
  readonly commands: Readonly<Record<string, CommandText>>
}

/** An argument or option whose value is a text. */
export const TEXT = {} as const
/** An option that is on or off. */
export const SWITCH = { value: null } as const
/** An option that must be given. */
export const NEEDED = { isRequired: true } as const
/** An option that may be given several times. */
export const LIST = { isRepeated: true } as const
/** An option that must be given, and may be given several times. */
export const NEEDED_LIST = { isRequired: true, isRepeated: true } as const

/** A value that is one of these words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return { expected: `one of ${words.join(', ')}`, parse: (text: string) => words.find((each) => each === text) }
}

/** A value for which a check is true, such as a form. */
export function matching(check: RegExp | ((text: string) => boolean)) {
  const isRight = (text: string) => (check instanceof RegExp ? check.test(text) : check(text))
  return { parse: (text: string) => (isRight(text) ? text : undefined) }
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number) {
  const parse = (text: string) => (/^\d{1,9}$/.test(text) && +text >= least && +text <= most ? +text : undefined)
  return { expected: `a whole number from ${least} to ${most}`, parse }
}

/** The commands of a room. */
export interface RoomCommands {
  /** Declares a command. @throws {Error} if the file lacks a text of it. */
  readonly declare: <const S extends CommandShape>(name: string, shape: S) => DeclaredCommand<S>
  /** What the list of commands says of one. */
  readonly describe: (name: string) => string
  /** Runs the command of a group that the first argument names. They are given by their last word, in the order of the help. */
  readonly runGroup: <Io extends CommandStreams>(
    name: string,
    commands: Readonly<Record<string, (args: readonly string[], io: Io) => Promise<unknown>>>,
    args: readonly string[],
    io: Io,
  ) => Promise<number>
}

/**
 * Returns the commands of a room.
 * @param file named with `new URL('….yaml', import.meta.url)`, so that packs contain it. It is read with the first command.
 * @param program the words before the name of a command, such as `istmo audit`
 */
export function commandsOf(file: URL, program: string): RoomCommands {
  const texts = (): CommandTexts => readWords(file)
  const find = (name: string): CommandText => {
    const text = texts().commands[name]
    if (text === undefined) throw new Error(`${file}: expected the command ${name}; came none`)
    return text
  }
  const fill = (shapes: Readonly<Record<string, OptionShape>>, own: CommandText['options'] = {}) => {
    const { forms, values } = texts()
    const filled = Object.entries(shapes).map(([key, shape]) => {
      const said = (shape.meaning === undefined ? undefined : '') ?? own[key] ?? values[shape.says ?? key]
      if (said === undefined) throw new Error(`${file}: expected a text of ${key}; came none`)
      const text = typeof said === 'string' ? { meaning: said } : said
      const expected = forms[shape.value ?? text.value ?? '']
      return [key, { value: 'text', ...(expected !== undefined && { expected }), ...text, ...shape }]
    })
    return Object.fromEntries(filled)
  }
  const describe = (name: string): string => find(name).description ?? ''
  return {
    describe,
    declare<const S extends CommandShape>(name: string, shape: S) {
      const { description = '', about, examples = {}, exit = texts().exit, ...own } = find(name)
      const spec: CommandSpec = {
        name: `${program} ${name}`,
        description: about ?? `${description.charAt(0).toUpperCase()}${description.slice(1)}.`,
        arguments: fill(shape.arguments ?? {}, own.arguments),
        options: fill(withFlags(shape.options), own.options),
        examples: Object.entries(examples).map(([command, meaning]) => ({ command, meaning })),
        ...(exit !== undefined && { notes: exitNotes(exit) }),
      }
      return spec as unknown as DeclaredCommand<S>
    },
    runGroup(name, commands, args, io) {
      const named = Object.entries(commands).map(([word, run]) => ({
        name: word,
        description: describe(`${name} ${word}`),
        run: (rest: readonly string[]) => run(rest, io),
      }))
      const group = { name: `${program} ${name}`, description: texts().groups[name] ?? '', commands: named }
      return executeGroup(group, args, io)
    },
  }
}

function withFlags(options: Readonly<Record<string, OptionShape>> = {}): Readonly<Record<string, OptionShape>> {
  return Object.fromEntries(Object.entries(options).map(([key, shape]) => [key, { flag: kebabCase(key), ...shape }]))
}

/** Returns the notes of a help about exit codes, from 0 on. */
export function exitNotes(meanings: readonly string[]): HelpNotes {
  return { 'Exit codes': Object.fromEntries(meanings.entries()) }
}

/** Returns what the help says of an option of a declared command; undefined if it has none of this key. */
export function optionOf(command: DeclaredCommand, key: string): OptionSpec | undefined {
  return (command as CommandSpec).options?.[key]
}

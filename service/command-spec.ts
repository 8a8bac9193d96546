/** How a command is declared as data, and the type of its command line after it is read. service/command-line.ts reads it. */

/** What decides how a value is read. */
export interface ValueShape {
  /** What it is for, without a full stop. */
  readonly meaning?: string
  /** The form that a value must have, for messages and help: `a whole number from 0 to 65535`. */
  readonly expected?: string
  /**
   * Turns the given text into the value. It returns undefined for a text that does not have the expected form. It may throw a UsageError
   * that says what was expected and what came; the parser puts the name of the option before the message.
   */
  readonly parse?: (text: string) => unknown
  /** Whether it may be given several times. */
  readonly isRepeated?: boolean
}

/** What decides how an argument is read. */
export interface ArgumentShape extends ValueShape {
  readonly isOptional?: boolean
}

/** What decides how an option is read. */
export interface OptionShape extends ValueShape {
  /** The flag without its two dashes, if it is not the key in kebab case. */
  readonly flag?: string
  /** Null for a switch. */
  readonly value?: string | null
  /** The key of its text in the file of the room's commands, if it is another one (command-texts.ts). */
  readonly says?: string
  /** The environment variable that replaces a missing flag. The parser then enforces neither `isRequired` nor `default`. */
  readonly variable?: string
  /** The text that counts if the flag is not given. */
  readonly default?: string
  readonly isRequired?: boolean
  /** Whether the value may hold a password, so that no message shows it. */
  readonly isSecret?: boolean
  /** What to do instead of using this option, which only an earlier version had. The help leaves the option out. */
  readonly instead?: string
}

/** What an argument and the value of an option have in common. */
export interface ValueSpec extends ValueShape {
  readonly meaning: string
}

/** An argument: a value that its place identifies. */
export interface ArgumentSpec extends ArgumentShape, ValueSpec {
  readonly meaning: string
}

/** An option: a value or a switch that its flag identifies. */
export interface OptionSpec extends OptionShape, ValueSpec {
  readonly meaning: string
  /** The flag without its two dashes: `audit-log-dir`. */
  readonly flag: string
  /** The name of the value in the help: `file`. Null for a switch. */
  readonly value: string | null
}

/** What decides the values of a command line: its arguments and options, without what the help says of them. */
export interface CommandShape {
  /** The arguments by key, in their order; `<gateway-log>` is the key `gatewayLog`. */
  readonly arguments?: Readonly<Record<string, ArgumentShape>>
  /** The options by key, in the order of the help. The keys of arguments and options differ. */
  readonly options?: Readonly<Record<string, OptionShape>>
}

/** What options have in common whose value is the path of a file. */
export const FILE = { value: 'file', expected: 'the path of a file' } as const

/** A command whose arguments and options have all that the help says of them (service/command-texts.ts). */
export type DeclaredCommand<S extends CommandShape = CommandShape> = S & Pick<CommandSpec, 'name' | 'description'>

/** A command, declared as data. */
export interface CommandSpec {
  /** All words before the arguments, as a person types them: `istmo audit verify`, `npm start --`. */
  readonly name: string
  /** What it does, in a sentence. */
  readonly description: string
  readonly arguments?: Readonly<Record<string, ArgumentSpec>>
  readonly options?: Readonly<Record<string, OptionSpec>>
  readonly examples?: readonly CommandExample[]
  readonly notes?: HelpNotes
}

/** Further sections of the help: terms with their meanings, by title. */
export type HelpNotes = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A command line that works, with what it does. */
export interface CommandExample {
  readonly command: string
  readonly meaning: string
}

/** A command in the form that its group and `istmo` know. It reads its own arguments, including `--help`. */
export interface CommandDoor {
  readonly name: string
  /** One line for the help of its group. */
  readonly description: string
  readonly run: (args: readonly string[]) => Promise<unknown>
}

/** A command that has commands of its own. */
export interface CommandGroupSpec {
  /** All words before the command, as a person types them: `istmo audit`. */
  readonly name: string
  readonly description: string
  /** Printed by `--version`. */
  readonly version?: string
  /** In the order in which `--help` lists them. */
  readonly commands: readonly CommandDoor[]
  readonly notes?: HelpNotes
}

type Parsed<S> = S extends { readonly parse: (text: string) => infer T } ? Exclude<T, undefined> : string

type ArgumentValue<S> = S extends { readonly isRepeated: true }
  ? readonly Parsed<S>[]
  : S extends { readonly isOptional: true }
    ? Parsed<S> | undefined
    : Parsed<S>

type OptionValue<S> = S extends { readonly value: null }
  ? S extends { readonly variable: string }
    ? true | undefined
    : boolean
  : S extends { readonly isRepeated: true }
    ? readonly Parsed<S>[]
    : S extends { readonly variable: string }
      ? Parsed<S> | undefined
      : S extends { readonly isRequired: true } | { readonly default: string }
        ? Parsed<S>
        : Parsed<S> | undefined

type Specs<S, Part extends 'arguments' | 'options'> = S extends { readonly [P in Part]: infer Given } ? Given : unknown

/**
 * A command line after it was read: the values by the keys of arguments and options. A repeated one is a list, a switch is a boolean, and
 * one that was not given is undefined.
 */
export type CommandLine<S extends CommandShape> = {
  readonly [Key in keyof Specs<S, 'arguments'>]: ArgumentValue<Specs<S, 'arguments'>[Key]>
} & { readonly [Key in keyof Specs<S, 'options'>]: OptionValue<Specs<S, 'options'>[Key]> }

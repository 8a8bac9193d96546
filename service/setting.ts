/**
 * Settings of a process: each stands once, in a table, with its flag, its variable, its form, its default and its meaning. The values and their
 * types, the help and the tables of docs/operating.md follow from it.
 */
import { z } from 'zod'
import type { OptionSpec } from './command-spec.ts'

/** The form that the text of a setting must have, and what it becomes. */
export interface SettingForm<Shown extends string | null = string | null, Value = unknown> {
  /** The name of the value in the help: `file`. Null for a switch. */
  readonly value: Shown
  /** The form in words: `a whole number from 0 to 65535`. */
  readonly expected: string
  /** Turns the text into the value. */
  readonly schema: z.ZodType<Value, string>
}

/** What a setting has beside its form. */
type SettingWords = Omit<OptionSpec, 'value' | 'expected' | 'parse' | 'variable'> & {
  readonly variable: string
  /** The text that counts if the setting is not given. With `absent`, it only says in words what that is. */
  readonly default?: string
  /** The value if the setting is not given, where `default` is not its text. */
  readonly absent?: unknown
}

type ValueOf<Value, Words> = Words extends { readonly absent: infer Absent }
  ? Value | Absent
  : Words extends { readonly isRequired: true } | { readonly default: string }
    ? Value
    : Value | undefined

/** One setting: an option that an environment variable may replace, and how its text is read. */
export type Setting = OptionSpec &
  Required<Pick<OptionSpec, 'variable' | 'expected'>> & { readonly schema: z.ZodType<unknown, string | undefined> }

/** Settings by key, in the order of the help. */
export type SettingTable = Readonly<Record<string, Setting>>

/** The texts of settings by key. A setting that is not given is missing. */
export type TextsOf<Table> = Readonly<Partial<Record<keyof Table, string | undefined>>>

/** Flags of the command line as they came, by the key of the setting. A switch is true, and a repeated flag is a list. */
export type FlagsOf<Table> = Readonly<Partial<Record<keyof Table, string | boolean | readonly string[] | undefined>>>

type MayBeMissing<Table extends SettingTable> = {
  [Key in keyof Table]: undefined extends z.output<Table[Key]['schema']> ? Key : never
}[keyof Table]

/** The values of settings by key. A setting that is not given, and has no default, is undefined. */
export type SettingsOf<Table extends SettingTable> = {
  readonly [Key in Exclude<keyof Table, MayBeMissing<Table>>]: z.output<Table[Key]['schema']>
} & { readonly [Key in MayBeMissing<Table>]?: z.output<Table[Key]['schema']> }

/** Makes a setting of a form and of what else it has. */
export function setting<Shown extends string | null, Value, const Words extends SettingWords>(
  form: SettingForm<Shown, Value>,
  words: Words,
) {
  const { value, expected } = form
  const schema = withDefault(form.schema, words) as z.ZodType<ValueOf<Value, Words>, string | undefined>
  return { value, expected, ...words, schema }
}

function withDefault(schema: z.ZodType<unknown, string>, words: SettingWords): z.ZodType {
  if (words.absent !== undefined) return schema.default(words.absent)
  if (words.default !== undefined) return schema.prefault(words.default)
  return words.isRequired === true ? schema : schema.optional()
}

/** Returns how an operator sets something: `--node-key (NODE_KEY_FILE)`. */
export function nameSetting({ flag, variable }: Pick<Setting, 'flag' | 'variable'>): string {
  return `--${flag} (${variable})`
}

/**
 * Reads settings. A flag overrides its variable; an empty variable counts as not set.
 * @returns the texts that were given, the values, and a sentence for each wrong setting. The values are null if there are such sentences. No
 * sentence shows a value that may hold a password.
 */
export function readSettings<const Table extends SettingTable>(
  table: Table,
  flags: FlagsOf<Table>,
  env: Readonly<Record<string, string | undefined>>,
): { given: TextsOf<Table>; values: SettingsOf<Table> | null; wrong: readonly string[] } {
  const given: Record<string, string> = {}
  for (const [key, { variable }] of Object.entries(table)) {
    const flag = flags[key]
    const isAbsent = flag === undefined || (typeof flag === 'object' && flag.length === 0)
    const text = isAbsent ? env[variable] || undefined : String(flag)
    if (text !== undefined) given[key] = text
  }
  const shape = Object.fromEntries(Object.entries(table).map(([key, { schema }]) => [key, schema]))
  const parsed = z.object(shape).safeParse(given)
  const paths = new Map(parsed.error?.issues.map(({ path }) => [path.join('.'), path.map(String)]))
  return {
    given: given as TextsOf<Table>,
    values: parsed.success ? (parsed.data as SettingsOf<Table>) : null,
    wrong: [...paths.values()].flatMap(([key = '', ...items]) => {
      const wrong = table[key]
      return wrong === undefined ? [] : [describeWrong(wrong, items, given[key])]
    }),
  }
}

/** `items`: which items of a list are wrong, counted from 0. */
function describeWrong(wrong: Setting, items: readonly string[], given: string | undefined): string {
  const place = items.length > 0 ? `, item ${items.map((index) => Number(index) + 1).join('.')}` : ''
  const shown = wrong.isSecret === true ? 'something else' : JSON.stringify(given)
  return `${nameSetting(wrong)}${place}: expected ${wrong.expected}; came ${given === undefined ? 'nothing' : shown}.`
}

/** The forms that settings of several processes have. */
import { z } from 'zod'
import { FILE as PATH } from './command-spec.ts'
import type { SettingForm } from './setting.ts'

/** Makes a form. */
export function form<Shown extends string | null, Value>(
  value: Shown,
  expected: string,
  schema: z.ZodType<Value, string>,
): SettingForm<Shown, Value> {
  return { value, expected, schema }
}

/** Makes the form of any text that is not empty. */
export function text<Shown extends string>(value: Shown, expected: string): SettingForm<Shown, string> {
  return form(value, expected, z.string().min(1))
}

/** The path of a file. */
export const FILE = text(PATH.value, PATH.expected)

/** The path of a folder. */
export const FOLDER = text('dir', 'the path of a folder')

/** An address to listen on. */
export const HOST = text('address', 'an address or host name')

/** A PostgreSQL server. */
export const POSTGRES_URL = form('url', 'postgres://…', z.string().regex(/^postgres(ql)?:\/\//))

const onOrOff = z.enum(['1', 'true', '0', 'false']).transform((word) => word === '1' || word === 'true')

/** A flag without a value. Its variable has one. */
export const SWITCH = form(null, '1, true, 0 or false', onOrOff)

/** What is on or off by a value, so that a flag can switch it off too. */
export const ON_OR_OFF = form('1|0', '1, true, 0 or false', onOrOff)

/** Makes the form of a whole number. `what`: how it is called before its limits. */
export function wholeNumber<Shown extends string>(
  value: Shown,
  least: number,
  most: number,
  what = 'a whole number',
): SettingForm<Shown, number> {
  const digits = z.string().regex(/^\d{1,10}$/)
  const schema = digits.transform(Number).pipe(z.int().min(least).max(most))
  return form(value, `${what} from ${least} to ${most}`, schema)
}

/** Makes the form of a time in milliseconds, at most ten minutes. */
export function milliseconds(least: number): SettingForm<'ms', number> {
  return wholeNumber('ms', least, 600_000, 'a whole number of milliseconds')
}

/** A port; 0 is a free one. */
export const PORT = wholeNumber('number', 0, 65_535)

/** Makes the form of one of several words. */
export function oneOf<Shown extends string, const Word extends string>(
  value: Shown,
  words: readonly Word[],
  expected = `one of ${words.join(', ')}`,
): SettingForm<Shown, Word> {
  return form(value, expected, z.enum(words))
}

/** Makes the form of the address of an operator's server; `off` is null. */
export function listenAddress(example: string) {
  return form(
    'host:port',
    `an address and a port, such as ${example}, or \`off\``,
    z.string().transform(toListenAddress),
  )
}

/** Returns the items of a list whose items are separated by commas. */
export function splitList(list: string): readonly string[] {
  return list.split(',').map((item) => item.trim())
}

/** Makes the form of a list whose items are separated by commas. An error says which item is wrong. */
export function listOf<Shown extends string, Item>(
  value: Shown,
  expected: string,
  item: z.ZodType<Item, string>,
): SettingForm<Shown, readonly Item[]> {
  const items = z.string().transform((list) => [...splitList(list)])
  return form(value, expected, items.pipe(z.array(item)).readonly())
}

/** Where a server listens. */
interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads a setting `host:port`, or `[::1]:port` for IPv6, or `off`, which is null. Adds an issue to `context` for anything else. */
function toListenAddress(text: string, context: z.RefinementCtx): ListenAddress | null {
  if (text === 'off') return null
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host !== undefined && Number(port) <= 65_535) return Object.freeze({ host, port: Number(port) })
  context.addIssue({ code: 'custom', message: 'expected host:port' })
  return z.NEVER
}

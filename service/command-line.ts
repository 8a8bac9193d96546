/**
 * Reads command lines. A command is declared as data. The declaration decides how its arguments are read, what `--help` prints, how a
 * wrong argument is reported, and the exit code. Commander reads the arguments and lays out the help.
 *
 * Nothing here reads the environment. An option may name a variable that replaces it. The file that reads the environment of the process
 * then fills in its value.
 */
import { Argument, Command, CommanderError, Option } from 'commander'
import type {
  ArgumentSpec,
  CommandGroupSpec,
  CommandLine,
  CommandSpec,
  DeclaredCommand,
  OptionSpec,
} from './command-spec.ts'
import {
  argumentValues,
  type CommandParts,
  describeRemoved,
  expectedForm,
  kebabCase,
  parseValue,
  readOptions,
} from './command-values.ts'
import { ConfigError } from './config-error.ts'
import { describeError } from './describe-error.ts'
import { helpText } from './help-words.ts'
import { LANG_OPTION, speaking } from './lang-option.ts'
import { showText } from './show-text.ts'
import { EXIT_FAILED, EXIT_USAGE, UsageError } from './usage-error.ts'
import { commandWords } from './words.ts'

/** How wide the help is if it does not go to a terminal, in characters. */
const PLAIN_WIDTH = 80

/** What the help of a group ends with. */
const SEE_COMMAND = 'Run «{{group}} COMMAND --help» for the arguments and options of a command.'

/** The characters beside the command of an example: two spaces before it, and a space and a backslash after it. */
const EXAMPLE_MARGIN = 4

/** Thrown if the arguments ask for `--help` or `--version`. This is not a failure; `text` is the answer. */
export class HelpRequested extends Error {
  override readonly name = 'HelpRequested'
  readonly text: string
  constructor(text: string) {
    super('help was requested')
    this.text = text
  }
}

/** Where a command writes: its answer to `out`, messages to `err`. */
export interface CommandStreams {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
}

/**
 * Reads the arguments of a command.
 * @param given what follows the command's name.
 * @throws {UsageError} if arguments are wrong. The message has a line for each wrong flag, and names the argument or flag, what was expected
 * and what came.
 * @throws {HelpRequested} for `--help`.
 */
export function parseCommandLine<const S extends DeclaredCommand>(
  declared: S,
  given: readonly string[],
): CommandLine<S> {
  const spec = declared as CommandSpec
  const args = putHashesLast(spec, given)
  const parts = createCommand(spec, wantsHelp(args))
  const { command } = parts
  try {
    rejectUnknownFlags(spec, args)
    rejectFlagsAsValues(spec, args)
    readWith(command, args)
    const { values, errors } = readOptions(parts)
    if (errors.length > 0) throw new UsageError(errors.join('\n'))
    return { ...Object.fromEntries(argumentValues(spec, command.processedArgs)), ...values } as CommandLine<S>
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommanderError)) throw error
    const message = error instanceof CommanderError ? describeArgumentError(error, spec, command) : error.message
    throw new UsageError(`${message}\n${commandWords()('seeHelp', { command: spec.name })}`)
  }
}

/**
 * Puts arguments that are a hash and begin with a hyphen behind `--`. One of 64 hashes in base64url does, and commander takes it for a flag; whoever
 * pasted it to revoke a mandate would be told of an unknown option.
 */
function putHashesLast(spec: CommandSpec, args: readonly string[]): readonly string[] {
  if (args.includes('--') || !args.some(isHashWithHyphen)) return args
  const hashes = createCommand(spec)
    .command.parseOptions([...args])
    .unknown.filter(isHashWithHyphen)
  return [...args.filter((text) => !hashes.includes(text)), '--', ...hashes]
}

/** SHA-256 in base64url. */
function isHashWithHyphen(text: string): boolean {
  return /^-[\w-]{42}$/.test(text)
}

/** Checks whether arguments ask for help. Else no text of it is made: a start in Spanish would read all of them first. */
function wantsHelp(args: readonly string[]): boolean {
  return args.some((text) => text === '--help' || text.startsWith('-h'))
}

/** Makes the command of a declaration. `isShown`: with the texts of its help. */
function createCommand(spec: CommandSpec, isShown = false): CommandParts<Command, Option> {
  const command = new Command(spec.name)
  const options = Object.entries(spec.options ?? {}).map(([key, each]) => ({
    key,
    each,
    option: toOption(each, isShown),
  }))
  for (const { option } of options) command.addOption(option)
  const isOwn = options.some(({ each }) => each.flag === LANG_OPTION.flag)
  if (!isOwn) addLanguage(command, isShown)
  for (const [key, each] of Object.entries(spec.arguments ?? {})) command.addArgument(toArgument(key, each, isShown))
  if (isShown) addTexts(command, spec)
  return { command, options }
}

/** Gives a command the option that each has. */
function addLanguage(command: Command, isShown: boolean): void {
  const option = toOption(LANG_OPTION, isShown)
  command.addOption(option.argParser((text) => parseValue('--lang', LANG_OPTION, text)))
}

/** Gives a command what its help says beside its arguments and options. */
function addTexts(command: Command, spec: CommandSpec | CommandGroupSpec): void {
  command.description(helpText(spec.description)).helpOption('-h, --help', helpText('show this help'))
  command.configureHelp({ ...command.configureHelp(), styleTitle: (title) => helpText(title) })
  command.addHelpText('after', furtherHelp(command, spec))
}

/**
 * Rejects flags that the command does not have, all at once and together with the wrong values of those that it has: commander stops at the
 * first one.
 * @throws {UsageError} with a line for each.
 */
function rejectUnknownFlags(spec: CommandSpec, args: readonly string[]): void {
  const parts = createCommand(spec)
  parts.command.exitOverride().configureOutput({ writeErr: () => undefined })
  const unknown = parts.command.parseOptions([...args]).unknown.filter((text) => /^-[^-]|^--[^-]/.test(text))
  if (unknown.length === 0 || unknown.includes('--help') || unknown.includes('-h')) return
  const messages = unknown.map((flag) => describeUnknown(spec, flag))
  throw new UsageError([...new Set(messages), ...readOptions(parts).errors].join('\n'))
}

/**
 * Rejects a flag that stands where the value of another one is missing: commander takes it for the value, and then reports what stands behind it.
 * @throws {UsageError} with a line for each.
 */
function rejectFlagsAsValues({ options = {} }: CommandSpec, given: readonly string[]): void {
  const args = given.includes('--') ? given.slice(0, given.indexOf('--')) : given
  // A command may declare the language itself.
  const flags = new Map<string, OptionSpec>(
    [...Object.values(options), LANG_OPTION].map((spec) => [`--${spec.flag}`, spec]),
  )
  const messages = [...flags].flatMap(([name, spec]) => {
    const option = spec.value === null ? undefined : args.find((each, at) => args[at - 1] === name && flags.has(each))
    return option === undefined ? [] : [commandWords()('cameOption', { name, expected: expectedForm(spec), option })]
  })
  if (messages.length > 0) throw new UsageError(messages.join('\n'))
}

/** Returns commander's message for one flag that the command does not have, with the flag that may have been meant. */
function describeUnknown(spec: CommandSpec, flag: string): string {
  try {
    readWith(createCommand(spec).command, [flag])
  } catch (error) {
    if (error instanceof CommanderError) return plainMessage(error)
  }
  return commandWords()('unknownOption', { flag })
}

/**
 * Reads the arguments of a command and runs it. It writes the help if the arguments ask for it, and writes to `err` what went wrong.
 * @param action does the work. It may return the exit code; without one, the code is 0.
 * @returns the exit code: 2 for a {@link UsageError} or {@link ConfigError}, 1 for any other failure.
 */
export function executeCommand<const S extends DeclaredCommand>(
  spec: S,
  args: readonly string[],
  action: (line: CommandLine<S>) => unknown,
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  return speaking(args, () => settle(spec.name, () => action(parseCommandLine(spec, args)), streams))
}

/** As {@link executeCommand}, for the process itself: writes to its streams and sets its exit code. */
export async function runCommand<const S extends DeclaredCommand>(
  spec: S,
  args: readonly string[],
  action: (line: CommandLine<S>) => unknown,
): Promise<void> {
  const code = await executeCommand(spec, args, action)
  if (code !== 0) process.exitCode = code
}

/**
 * Runs the command of a group that the first argument names.
 * @returns the exit code: that of the command if it returns a number, else as {@link executeCommand}.
 */
export function executeGroup(
  group: CommandGroupSpec,
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  return speaking(args, () => settle(group.name, () => chooseCommand(group, args)(), streams))
}

function chooseCommand(group: CommandGroupSpec, args: readonly string[]): () => Promise<unknown> {
  const isShown = wantsHelp(args)
  const program = new Command(group.name).enablePositionalOptions().helpCommand(false)
  addLanguage(program, isShown)
  program.configureHelp({ subcommandTerm: (command) => command.name() })
  let chosen: (() => Promise<unknown>) | undefined
  for (const { name, description, run } of group.commands) {
    const command = program
      .command(name)
      .description(isShown ? helpText(description) : '')
      .argument('[args...]')
    command.allowUnknownOption().passThroughOptions().helpOption(false)
    command.action((given: readonly string[]) => {
      chosen = () => run(given)
    })
  }
  if (group.version !== undefined)
    program.version(group.version, '-V, --version', isShown ? helpText('show the version') : '')
  if (isShown) addTexts(program, group)
  if (isShown) program.addHelpText('after', `\n${helpText(SEE_COMMAND).replace('{{group}}', group.name)}`)
  const [name = ''] = args
  const isUnknown = !name.startsWith('-') && group.commands.every((each) => each.name !== name)
  try {
    // Whoever asks for the help of a command that there is not must not take the help of the group for it.
    readWith(program, isUnknown ? args.slice(0, 1) : args)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const say = commandWords()
    const message = error.code === 'commander.help' ? say('noCommand') : plainMessage(error)
    throw new UsageError(`${message}\n${say('seeCommands', { command: group.name })}`)
  }
  return chosen ?? (() => Promise.resolve())
}

/** Reads arguments with commander. @throws {HelpRequested} for `--help` and `--version`; {CommanderError} for what it does not accept. */
function readWith(command: Command, args: readonly string[]): void {
  let text = ''
  const write = (piece: string): void => {
    text += piece
  }
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeOut: write, writeErr: () => undefined })
  }
  try {
    command.parse([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) throw new HelpRequested(text)
    throw error
  }
}

async function settle(name: string, work: () => unknown, { out, err }: CommandStreams): Promise<number> {
  try {
    const code = await work()
    return typeof code === 'number' ? code : 0
  } catch (error) {
    if (error instanceof HelpRequested) {
      out.write(error.text)
      return 0
    }
    err.write(`${name.replace(/ --$/, '')}: ${showText(describeError(error))}\n`)
    return error instanceof UsageError || error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED
  }
}

function toOption(spec: OptionSpec, isShown: boolean): Option {
  const { flag, value, meaning } = spec
  const option = new Option(
    value === null ? `--${flag}` : `--${flag} <${value}>`,
    isShown ? `${helpText(meaning)}${hints(spec)}` : '',
  )
  if (spec.instead !== undefined) option.hideHelp()
  if (spec.isRepeated === true) option.argParser((text, before: readonly string[] = []) => [...before, text])
  return option
}

function toArgument(key: string, spec: ArgumentSpec, isShown: boolean): Argument {
  const name = `${kebabCase(key)}${spec.isRepeated === true ? '...' : ''}`
  const meaning = isShown ? `${helpText(spec.meaning)}${hints(spec)}` : ''
  return new Argument(spec.isOptional === true ? `[${name}]` : `<${name}>`, meaning)
}

/** Returns what the help says about a value after its meaning. */
function hints(spec: ArgumentSpec & Partial<OptionSpec>): string {
  const parts = [
    ...(spec.isRequired === true ? [helpText('required')] : []),
    ...(spec.expected === undefined ? [] : [`${helpText('expected')}: ${helpText(spec.expected)}`]),
    ...(spec.isRepeated === true && spec.flag !== undefined ? [helpText('may be repeated')] : []),
    ...(spec.default === undefined ? [] : [`${helpText('default')}: ${helpText(spec.default)}`]),
    ...(spec.variable === undefined ? [] : [`${helpText('environment')}: ${spec.variable}`]),
  ]
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`
}

function furtherHelp(command: Command, { examples = [], notes = {} }: Pick<CommandSpec, 'notes' | 'examples'>): string {
  const help = command.createHelp()
  help.prepareContext({ helpWidth: process.stdout.isTTY ? process.stdout.columns : PLAIN_WIDTH })
  const sections = Object.entries(notes).map(([title, rows]) => {
    const widest = Math.max(...Object.keys(rows).map(({ length }) => length))
    return [
      `${helpText(title)}:`,
      ...Object.entries(rows).map(([term, meaning]) => help.formatItem(term, widest, helpText(meaning), help)),
    ]
  })
  const shown = examples.flatMap(({ command: line, meaning }) => [
    `  ${wrapCommand(line)}`,
    `      ${help.boxWrap(helpText(meaning), PLAIN_WIDTH - 6).replaceAll('\n', '\n      ')}`,
  ])
  if (shown.length > 0) sections.push([helpText('Examples:'), ...shown])
  return sections.map((lines) => `\n${lines.join('\n')}`).join('\n')
}

/**
 * Breaks the command of an example before flags, so that no line is wider than the plain help. A backslash ends each line but the last, so
 * that a shell reads the copied lines as one command. A flag and its value that are too long together stay together.
 */
function wrapCommand(command: string): string {
  const [start = '', ...parts] = command.split(/ (?=--\w)/)
  const lines: string[] = []
  let line = start
  for (const part of parts) {
    if (`${line} ${part}`.length <= PLAIN_WIDTH - EXAMPLE_MARGIN) {
      line = `${line} ${part}`
    } else {
      lines.push(line)
      line = `  ${part}`
    }
  }
  return [...lines, line].join(' \\\n  ')
}

/** Describes an error of commander in our form. The flag or argument is the first text that its message quotes. */
function describeArgumentError(error: CommanderError, spec: CommandSpec, command: Command): string {
  const say = commandWords()
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.excessArguments') {
    const names = Object.keys(spec.arguments ?? {}).map((key) => `<${kebabCase(key)}>`)
    const came = JSON.stringify(command.args.join(' '))
    return names.length === 0 ? say('noArguments', { came }) : say('tooMany', { names: names.join(' '), came })
  }
  if (error.code === 'commander.missingArgument') {
    const found = Object.entries(spec.arguments ?? {}).find(([key]) => kebabCase(key) === quoted)
    return say('cameNothing', {
      name: `<${quoted}>`,
      expected: found === undefined ? say('value') : expectedForm(found[1]),
    })
  }
  const flag = /^--[^ ]+/.exec(quoted)?.[0] ?? ''
  const option = Object.values(spec.options ?? {}).find((each) => `--${each.flag}` === flag)
  if (error.code === 'commander.unknownOption' || option === undefined) return plainMessage(error)
  if (option.instead !== undefined) return `${flag}: ${describeRemoved(option.instead)}`
  return say('cameNothing', { name: flag, expected: expectedForm(option) })
}

/** Says which option or command there is not, with the one that may have been meant. */
function plainMessage({ code, message }: CommanderError): string {
  const say = commandWords()
  const [, name = ''] = /'([^']*)'/.exec(message) ?? []
  const [, several, meant] = /\n\(Did you mean (one of )?(.*)\?\)$/s.exec(message) ?? []
  const hint = meant === undefined ? '' : `. ${say(several === undefined ? 'meant' : 'meantOneOf', { name: meant })}`
  if (code === 'commander.unknownOption') return say('unknownOption', { flag: name }) + hint
  if (code === 'commander.unknownCommand') return say('unknownCommand', { name }) + hint
  return message.replace(/^error: /, '')
}

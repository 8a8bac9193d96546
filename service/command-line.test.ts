import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { executeCommand, executeGroup, HelpRequested, parseCommandLine } from './command-line.ts'
import type { CommandSpec } from './command-spec.ts'
import { ConfigError } from './config-error.ts'
import { LANG_OPTION } from './lang-option.ts'
import { UsageError } from './usage-error.ts'

const COPY = {
  name: 'istmo copy',
  description: 'Copies logs.',
  arguments: {
    fromPlace: { meaning: 'the log to copy' },
    others: { meaning: 'more logs', isOptional: true, isRepeated: true },
  },
  options: {
    to: {
      flag: 'to',
      value: 'dir',
      meaning: 'where the copy goes',
      expected: 'the path of a folder',
      isRequired: true,
    },
    first: {
      flag: 'first',
      value: 'number',
      meaning: 'how many entries',
      default: '50',
      expected: 'a whole number',
      parse: (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined),
    },
    port: { flag: 'port', value: 'number', meaning: 'port to listen on', variable: 'PORT', default: '4000' },
    kept: { flag: 'kept', value: 'file', meaning: 'a file that you kept', isRepeated: true },
    database: {
      flag: 'database',
      value: 'url',
      meaning: 'where rows are',
      expected: 'postgres://…',
      isSecret: true,
      parse: (text: string) => (text.startsWith('postgres://') ? text : undefined),
    },
    claims: {
      flag: 'claims',
      value: 'json',
      meaning: 'claims',
      parse: (text: string): object => {
        throw new UsageError(`expected JSON; came text of ${text.length} characters`)
      },
    },
    index: { flag: 'no-index', value: null, meaning: 'use no index' },
    anonymous: { flag: 'anonymous', value: null, meaning: 'let strangers in', variable: 'ANONYMOUS' },
  },
  examples: [{ command: 'istmo copy hn --to copies', meaning: 'Copies the log in the folder hn.' }],
  notes: { 'Exit codes': { 0: 'copied', 1: 'not copied' } },
} as const satisfies CommandSpec

const NOTHING_GIVEN = {
  others: [],
  first: 50,
  port: undefined,
  kept: [],
  database: undefined,
  claims: undefined,
  index: false,
  anonymous: undefined,
}

function collect() {
  const said = { out: '', err: '' }
  const streams = {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
  }
  return { said, streams }
}

describe('a command line', () => {
  it.each([
    ['only what is required', ['hn', '--to', 'x'], { fromPlace: 'hn', to: 'x' }],
    ['options before arguments, and `=`', ['--to=x', 'hn', 'sv'], { fromPlace: 'hn', others: ['sv'], to: 'x' }],
    ['a value of another type', ['hn', '--to', 'x', '--first', '7'], { fromPlace: 'hn', to: 'x', first: 7 }],
    [
      'a repeated option',
      ['hn', '--to', 'x', '--kept', 'a', '--kept', 'b'],
      { fromPlace: 'hn', to: 'x', kept: ['a', 'b'] },
    ],
    [
      'switches',
      ['hn', '--to', 'x', '--no-index', '--anonymous'],
      { fromPlace: 'hn', to: 'x', index: true, anonymous: true },
    ],
    ['an empty value', ['hn', '--to', ''], { fromPlace: 'hn', to: '' }],
    ['arguments behind two dashes', ['--to', 'x', '--', '--hn'], { fromPlace: '--hn', to: 'x' }],
  ])('is read with %s', (_, args, expected) => {
    expect(parseCommandLine(COPY, args)).toEqual({ ...NOTHING_GIVEN, ...expected })
  })

  it('is read with any hash, as an argument or as the value of an option, also if it begins with a hyphen', () => {
    const hash = fc
      .tuple(fc.constantFrom('-', '--', '_', 'a'), fc.stringMatching(/^[\w-]{43}$/))
      .map(([start, rest]) => `${start}${rest}`.slice(0, 43))
    fc.assert(
      fc.property(hash, hash, (one, two) => {
        for (const args of [
          [one, '--to', two],
          ['--to', two, one],
        ]) {
          expect(parseCommandLine(COPY, args)).toMatchObject({ fromPlace: one, to: two })
        }
      }),
    )
  })

  it.each([
    ['an unknown flag', ['hn', '--to', 'x', '--fist', '7'], /^unknown option '--fist'\. Did you mean --first\?\n/],
    ['a missing value', ['hn', '--to'], /^--to: expected the path of a folder; came nothing\n/],
    [
      'a flag in place of a value',
      ['hn', '--to', '--first', '7'],
      /^--to: expected the path of a folder; came the option --first\n/,
    ],
    [
      'the language in place of a value',
      ['hn', '--to', '--lang', 'es'],
      /^--to: expected the path of a folder; came the option --lang\n/,
    ],
    [
      'an unknown flag beside a missing option',
      ['hn', '--too', 'x'],
      /^unknown option '--too'\. Did you mean --to\?\n/,
    ],
    ['a missing option', ['hn'], /^--to: expected the path of a folder; came nothing\n/],
    ['a missing argument', ['--to', 'x'], /^<from-place>: expected the log to copy; came nothing\n/],
    [
      'a value of a wrong form',
      ['hn', '--to', 'x', '--first', 'all'],
      /^--first: expected a whole number; came "all"\n/,
    ],
    [
      'a value that says itself what is wrong',
      ['hn', '--to', 'x', '--claims', '{'],
      /^--claims: expected JSON; came text of 1/,
    ],
    ['a switch with a value', ['hn', '--to', 'x', '--anonymous=1'], /^unknown option '--anonymous=1'/],
  ])('with %s is rejected', (_, args, message) => {
    expect(() => parseCommandLine(COPY, args)).toThrow(UsageError)
    expect(() => parseCommandLine(COPY, args)).toThrow(message)
    expect(() => parseCommandLine(COPY, args)).toThrow(/\nRun «istmo copy --help» for its arguments and options\.$/)
  })

  it('with a flag in place of the language that it declares itself is rejected once', () => {
    const spec: CommandSpec = { ...COPY, options: { ...COPY.options, lang: LANG_OPTION } }
    expect(() => parseCommandLine(spec, ['hn', '--lang', '--to', 'x'])).toThrow(
      /^--lang: expected one of en, es; came the option --to\nRun /,
    )
  })

  it('with several wrong flags is rejected with all of them at once', () => {
    const args = ['hn', '--frist', '1', '--claims', '{', '--first', 'two', '--potr', '9']
    expect(() => parseCommandLine(COPY, args)).toThrow(
      /'--frist'.*--first(.|\n)*'--potr'(.|\n)*--to: expected the path of a folder; came nothing(.|\n)*--first: expected a whole number; came "two"(.|\n)*--claims: expected JSON/,
    )
    expect(() => parseCommandLine(COPY, ['hn', '--first', 'two'])).toThrow(/--to: (.|\n)*--first: /)
  })

  it('with too many arguments is rejected', () => {
    const args = { place: { meaning: 'a place' } }
    const spec: CommandSpec = { name: 'istmo go', description: 'Goes.', arguments: args }
    expect(() => parseCommandLine(spec, ['a', 'b'])).toThrow(/^expected no more arguments than <place>; came "a b"\n/)
    expect(() => parseCommandLine({ name: 'istmo go', description: 'Goes.' }, ['a'])).toThrow(/^expected no arguments/)
  })

  it('never shows a value that may hold a password', () => {
    const read = () => parseCommandLine(COPY, ['hn', '--to', 'x', '--database', 'mysql://u:secret@h'])
    expect(read).toThrow(/--database: expected postgres:\/\/…; came something else/)
    expect(read).toThrow(/^(?!.*secret)/s)
  })

  it('answers a request for help before it checks anything else', () => {
    expect(() => parseCommandLine(COPY, ['--help'])).toThrow(HelpRequested)
  })
})

describe('the help of a command', () => {
  it('lists arguments, options, defaults, variables, examples and notes', async () => {
    const { said, streams } = collect()
    expect(await executeCommand(COPY, ['-h'], () => 7, streams)).toBe(0)
    expect(said.err).toBe('')
    expect(said.out.replaceAll(/\s+/g, ' ')).toBe(
      'Usage: istmo copy [options] <from-place> [others...] Copies logs. ' +
        'Arguments: from-place the log to copy others more logs ' +
        'Options: --to <dir> where the copy goes (required; expected: the path of a folder) ' +
        '--first <number> how many entries (expected: a whole number; default: 50) ' +
        '--port <number> port to listen on (default: 4000; environment: PORT) ' +
        '--kept <file> a file that you kept (may be repeated) ' +
        '--database <url> where rows are (expected: postgres://…) --claims <json> claims --no-index use no index ' +
        '--anonymous let strangers in (environment: ANONYMOUS) --lang <code> the language of what is printed: en or es; without it, that of LC_ALL, LC_MESSAGES or LANG, else en (expected: one of en, es) -h, --help show this help ' +
        'Exit codes: 0 copied 1 not copied Examples: istmo copy hn --to copies Copies the log in the folder hn. ',
    )
  })
})

describe('an example in the help', () => {
  const show = async (command: string): Promise<readonly string[]> => {
    const { said, streams } = collect()
    await executeCommand({ ...COPY, examples: [{ command, meaning: 'Copies.' }] }, ['-h'], () => 0, streams)
    return said.out.slice(said.out.indexOf('Examples:\n') + 'Examples:\n'.length).split('\n')
  }

  it('that is too wide is broken before a flag with a backslash, and stays one command for a shell', async () => {
    const flags = fc.array(fc.stringMatching(/^--[a-z]{1,20}( [a-z./]{1,30})?$/), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(flags, async (given) => {
        const command = ['istmo copy hn', ...given].join(' ')
        const lines = (await show(command)).slice(0, -1)
        const meaning = lines.pop()
        expect(meaning).toBe('      Copies.')
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
        expect(
          lines
            .join('\n')
            .replaceAll(/ \\\n +/g, ' ')
            .trim(),
        ).toBe(command)
      }),
    )
  })
})

describe('a command that ran', () => {
  const args = ['hn', '--to', 'x']
  it.each([
    ['the code that its action returns', args, () => 3, 3, ''],
    ['0 if its action returns none', args, () => undefined, 0, ''],
    ['1 for a failure', args, () => Promise.reject(new Error('the disk is full')), 1, 'istmo copy: the disk is full\n'],
    ['2 for a wrong setting', args, () => Promise.reject(new ConfigError('a.yaml: no')), 2, 'istmo copy: a.yaml: no\n'],
    ['2 for a wrong argument', ['hn'], () => 0, 2, /^istmo copy: --to: expected .*; came nothing\n/],
  ])('ends with %s', async (_, given, action, code, err) => {
    const { said, streams } = collect()
    expect(await executeCommand(COPY, given, action, streams)).toBe(code)
    expect(said.err).toMatch(err)
  })
})

describe('a group of commands', () => {
  const ran: (readonly string[])[] = []
  const door = { name: 'copy', description: 'copies logs', run: async (args: readonly string[]) => ran.push(args) }
  const group = { name: 'istmo', description: 'A group.', version: '1.2.3', commands: [door] }

  it('passes everything after the name of a command to it, including `--help`', async () => {
    expect(await executeGroup(group, ['copy', '--help', '--', 'x'], collect().streams)).toBe(1)
    expect(ran).toEqual([['--help', '--', 'x']])
  })

  it.each([
    [['--help'], 0, /Commands:\n {2}copy .*copies logs/, /^$/],
    [['--version'], 0, /^1\.2\.3\n$/, /^$/],
    [['cop'], 2, /^$/, /^istmo: unknown command 'cop'\. Did you mean copy\?\nRun «istmo --help» for the commands\.\n$/],
    [
      ['cop', '--help'],
      2,
      /^$/,
      /^istmo: unknown command 'cop'\. Did you mean copy\?\nRun «istmo --help» for the commands\.\n$/,
    ],
    [[], 2, /^$/, /^istmo: expected a command; came nothing\n/],
    [['--quick'], 2, /^$/, /^istmo: unknown option '--quick'/],
  ])('answers %j', async (args, code, out, err) => {
    const { said, streams } = collect()
    expect(await executeGroup(group, args, streams)).toBe(code)
    expect(said.out).toMatch(out)
    expect(said.err).toMatch(err)
  })
})

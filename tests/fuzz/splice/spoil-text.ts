import type { Dice } from '../../oracle/dice.ts'

/** Strings of JSON, as they stand in a text, that are hard to scan. */
const STRINGS: readonly string[] = [
  '""',
  '"\\""',
  '"\\\\"',
  '"a\\\\\\"b"',
  '"\\u00e9\\n"',
  '"\\ud800"',
  '"\\uD83D\\uDE00"',
  '"Ñandú 😀 \u2028"',
  '"a","b"',
  '"],["',
  '"}}"',
  '"\\x"',
  '"\\u12g4"',
  '"\\"',
  '"a\tb"',
  '"a\u0000b"',
  '"null"',
  '"__proto__"',
]

/** Other values, some of which are no JSON. */
const VALUES: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-0.0',
    '-1',
    '1.0',
    '1e2',
    '1E+2',
    '-0.5',
    '0.1e-7',
    '1e400',
    '-1e400',
    '01',
    '1.',
    '.5',
    '+1',
    '--1',
  ],
  ...[
    '1999999999',
    '2147483647',
    '2147483648',
    '-2147483648',
    '-2147483649',
    '99999999999999999999',
    '1e',
    '1e+',
    'NaN',
    'Infinity',
    'nul',
  ],
  ...['[]', '{}', '[null]', '[[]]', '[1,]', '[,1]', '{"a":1}', '{"a":1,}', '{,}', 'nulll', 'undefined', ''],
]

const SPACES: readonly string[] = [' ', '\n', '\t', '\r\n', '\u00a0', '\ufeff', '\f']

/** Changes the text of an answer in one place: most results are almost what they were. */
export function spoilText(text: string, dice: Dice): Buffer {
  switch (dice.between(1, 9)) {
    case 1:
      return Buffer.from(replaceOne(text, /"(?:[^"\\]|\\.)*"/g, dice.pick(STRINGS), dice))
    case 2:
      return Buffer.from(
        replaceOne(
          text,
          /(?<=[:[,])(?:"[^"]*"|-?[\d.]+|true|false|null)(?=[,\]}])/g,
          dice.pick([...STRINGS, ...VALUES]),
          dice,
        ),
      )
    case 3:
      return Buffer.from(
        replaceOne(
          text,
          /[{}[\],:]/g,
          (sign) => dice.pick([`${sign}${dice.pick(SPACES)}`, `${sign}${sign}`, '', dice.pick(['{', '}', ',', ']'])]),
          dice,
        ),
      )
    case 4:
      return Buffer.from(replaceOne(text, /("\w+"):([^,{}[\]]*),("\w+"):([^,{}[\]]*)(?=[,}])/g, '$3:$4,$1:$2', dice))
    case 5:
      return Buffer.from(
        replaceOne(
          text,
          /("\w+"):([^,{}[\]]*)(?=[,}])/g,
          dice.pick(['$1:$2,$1:$2', '$1:$2,$1:null', '"x":1,$1:$2', '$2']),
          dice,
        ),
      )
    case 6:
      return Buffer.from(
        dice.pick([
          `${text}\n`,
          `${text} \r\n\t`,
          ` ${text}`,
          `\ufeff${text}`,
          `${text}${text}`,
          `${text}x`,
          `[${text}]`,
          `${text.slice(0, -1)},"errors":[]}`,
          `${text.slice(0, -1)},"extensions":{}}`,
          `{"errors":[],${text.slice(1)}`,
        ]),
      )
    case 7:
      return Buffer.from(text.slice(0, dice.between(0, text.length)))
    case 8: {
      const bytes = Buffer.from(text)
      bytes[dice.between(0, bytes.length - 1)] = dice.pick([0xff, 0xc3, 0x80, 0x00, 0x1f, 0x22, 0x5c, 0x7f])
      return bytes
    }
    default:
      return Buffer.from(escapeOne(text, dice))
  }
}

function replaceOne(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string) => string),
  dice: Dice,
): string {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return text
  const { 0: match, index } = dice.pick(matches)
  const single = new RegExp(pattern.source, 'y')
  single.lastIndex = index
  if (typeof replacement === 'function')
    return `${text.slice(0, index)}${replacement(match)}${text.slice(index + match.length)}`
  return text.replace(single, replacement.replaceAll('$$', '$'))
}

/** Writes one letter as an escape, which changes no value. */
function escapeOne(text: string, dice: Dice): string {
  return replaceOne(text, /[A-Za-z]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`, dice)
}

import fc from 'fast-check'
import type { Pair } from './compare.ts'

/** A made-up page, with everything that is compared. */
export const ORIGINAL = `# A page

For everybody. Read [the other page](other.md#the-second) and <https://example.org/>. In Spanish: [here](es/page.md).

## The first

- Type \`istmo keys --out FILE\`, or wait.
- See [the second](#the-second).

\`\`\`sh
# Make a key.
istmo suspend --domain cases --reason "a drill" --language en --folder x
istmo map cases.csv # proposes a mapping
\`\`\`

| code | meaning |
|---|---|
| \`NOT_SIGNED\` | your key \\| theirs |
| \`NOT_HERE\` | no such field |

## The second

1. Put it there:

   \`\`\`yaml
   country: NI # made up
   cases: { from: expediente }
   \`\`\`

### A detail

\`\`\`console
$ istmo check
HOLDS: nothing is wrong # really
\`\`\`
`

/** A translation of it that is right. */
export const TRANSLATION = `# Una página

Para todos. Lea [la otra página](other.md#la-segunda) y <https://example.org/>. En inglés: [aquí](../page.md).

## La primera

- Escriba \`istmo keys --out ARCHIVO\`, o espere.
- Vea [la segunda](#la-segunda).

\`\`\`sh
# Haga una clave.
istmo suspend --domain cases --reason "un simulacro" --folder x
istmo map cases.csv # propone un mapeo
\`\`\`

| código | significado |
|---|---|
| \`NOT_SIGNED\` | su clave o la de ellos |
| \`NOT_HERE\` | no existe ese campo |

## La segunda

1. Póngalo allí:

   \`\`\`yaml
   country: NI # inventado
   cases: { from: expediente }
   \`\`\`

### Un detalle

\`\`\`console
$ istmo check
HOLDS: nothing is wrong # really
\`\`\`
`

/** Another page, to which the made-up page links. */
export const OTHER: Pair = {
  original: { path: 'docs/other.md', text: '# Other\n\n## The second\n' },
  translation: { path: 'docs/es/other.md', text: '# Otra\n\n## La segunda\n' },
}

/** The made-up page with a translation. */
export function makePair(translation: string, original = ORIGINAL): Pair {
  return {
    original: { path: 'docs/page.md', text: original },
    translation: { path: 'docs/es/page.md', text: translation },
  }
}

/** One line of a made-up page that a translation must have too, and a line of its translation. */
export type PlannedLine = readonly [english: string, spanish: string]

const LINES: readonly PlannedLine[] = [
  ['## Who asks', '## Quién pregunta'],
  ['### Why', '### Por qué'],
  ['See [that](https://example.org/a).', 'Vea [eso](https://example.org/a).'],
  ['Type `istmo check --all`.', 'Escriba `istmo check --all`.'],
  ['```sh\nistmo map\n```', '```sh\nistmo map\n```'],
  ['~~~yaml\n## not a heading\n| not | a table |\n~~~', '~~~yaml\n## no es un título\n| not | a table |\n~~~'],
  ['| a | b |\n|---|---|\n| 1 | 2 |\n', '| c | d |\n|---|---|\n| 1 | 2 |\n'],
  ['- an item', '- un elemento'],
]

/** Lines of a made-up page. */
export const arbitraryLines = () => fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 20 })
/** Makes a page of lines, in English (0) or Spanish (1). */
export const joinLines = (lines: readonly PlannedLine[], language: 0 | 1) =>
  lines.map((line) => `${line[language]}\n\nText.\n\n`).join('')
/** A made-up page in English. */
export const arbitraryPage = () => arbitraryLines().map((lines) => joinLines(lines, 0))

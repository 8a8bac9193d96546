import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompositionError, compose } from '../../composition/compose.ts'
import { textsOf } from '../../composition/rule.ts'
import { RULES } from '../../composition/rules.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { meaningOf, remedyOf } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode, type ErrorEntry } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { readWords } from '../../contract/read-words.ts'
import { METRICS } from '../../gateway/metrics/metrics.ts'
import { createPlanner } from '../../gateway/plan/compile.ts'
import { GATEWAY_SETTINGS } from '../../gateway/process/settings.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec, OptionSpec } from '../../service/command-spec.ts'
import { helpText } from '../../service/help-words.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { buildCheckPage } from '../check-page/build.ts'
import { makeClientFiles } from './client-files.ts'
import { makeConsoleDocuments } from './console-documents.ts'
import { makeConsoleTypes } from './console-types.ts'
import { coverageTable } from './coverage-page.ts'
import { fieldTables, makeMappingSchema, ruleKeyTable } from './mapping-page.ts'

/**
 * `npm run generate`: writes the files that are made from other files. `npm run generate -- --check` writes nothing, and exits with 1
 * if a committed file differs from what it would write.
 *
 * The complete SDL of each domain comes first. supergraph.yaml names these files, and the supergraph is made from them.
 */

const ROOT = new URL('../../', import.meta.url)
const OPERATING = 'docs/operating.md'
const SPANISH_OPERATING = 'docs/es/operating.md'
const ERRORS_PAGE = 'docs/errores.md'
const COVERAGE_PAGE = 'docs/coverage.md'
const MAPPING_PAGE = 'docs/mapping.md'
const CONSOLE_DOCUMENTS = 'console/trusted-documents.json'
const SPANISH_MAPPING_PAGE = 'docs/es/mapping.md'
const CONSOLE_TYPES = 'console/src/documents/operation-types.ts'
const MAPPING_SCHEMA = 'joining/mapping/mapping.schema.json'
const GENERATE = {
  name: 'npm run generate --',
  description:
    'Writes the files that are made from others: the domains’ SDL, the supergraph, the files for clients, the console’s trusted documents and their types, the page that checks proofs, the schema of mappings, and the tables of docs/operating.md, docs/errores.md, docs/coverage.md and docs/mapping.md, and of docs/es.',
  options: {
    check: {
      flag: 'check',
      value: null,
      meaning: 'write nothing, and exit with 1 if a committed file differs from what would be written',
    },
  },
} as const satisfies CommandSpec

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, ROOT))
}

function readOrEmpty(name: string): string {
  try {
    return readFileSync(pathOf(name), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/**
 * Writes one generated file. With `isCheck`, reports that it differs and writes nothing.
 *
 * @returns whether the file was right, or is right now.
 */
function writeGenerated(name: string, text: string, isCheck: boolean): boolean {
  if (readOrEmpty(name) === text) return true
  if (isCheck) {
    process.stderr.write(
      `${name}: expected what \`npm run generate\` writes; found another text. Run it, and commit the file.\n`,
    )
    return false
  }
  mkdirSync(dirname(pathOf(name)), { recursive: true })
  writeFileSync(pathOf(name), text)
  process.stdout.write(`${name}: written\n`)
  return true
}

function composeSupergraph(): string {
  const { supergraphSdl, hints } = compose(pathOf('supergraph.yaml'))
  for (const { code, level, message } of hints) {
    if (level !== 'DEBUG') process.stderr.write(`${level} ${code}: ${message}\n`)
  }
  return `# Written by \`npm run generate\` from supergraph.yaml.\n${supergraphSdl}`
}

async function clientFiles(supergraph: string): Promise<Readonly<Record<string, string>>> {
  const { apiSchema, rules } = createPlanner(supergraph, () => true)
  const oversightSdl = readFileSync(pathOf('auditors/oversight/schema.graphql'), 'utf8')
  const files = makeClientFiles(apiSchema, rules)
  return {
    ...files,
    [CONSOLE_DOCUMENTS]: makeConsoleDocuments(pathOf('console'), apiSchema, oversightSdl),
    [CONSOLE_TYPES]: await makeConsoleTypes(pathOf('console'), files['contract/client/schema.graphql'] ?? ''),
  }
}

/** Makes the tabs of GraphiQL: README's questions, with the person whom README asks about. */
function graphiqlQuestions(): string {
  const variables = JSON.stringify({ id: 'GT:P-000001' }, null, 2)
  const questions = ['demo/across-borders.graphql', 'demo/three-profiles.graphql'].map((name) => ({
    query: readOrEmpty(name),
    variables,
  }))
  return `// Written by \`npm run generate\`: README’s questions.\nexport const QUESTIONS = ${JSON.stringify(questions, null, 2)}\n`
}

/** The heads of the tables. */
const HEADS = {
  en: {
    settings: '| flag | environment | meaning (default) |',
    metrics: '| metric | type | labels | meaning |',
    errors: '| code | HTTP | meaning | what the caller does | what the operator does |',
    rules: '| code | refused | remedy |',
  },
  es: {
    settings: '| opción | variable de entorno | significado (si falta) |',
    metrics: '| métrica | tipo | etiquetas | significado |',
    errors: '| código | HTTP | significado | qué hace quien consulta | qué hace quien opera |',
    rules: '| código | qué se rechaza | remedio |',
  },
} as const

/** The Spanish of what is only in the tables of docs/es/operating.md. */
interface OperatingWords {
  readonly metrics: Readonly<Record<string, string>>
  readonly operators: Readonly<Record<string, string>>
  readonly rules: Readonly<Record<string, { readonly refuses: string; readonly remedy: string }>>
}

const SPANISH = readWords<OperatingWords>(new URL('operating.es.yaml', import.meta.url))

/** Returns a Spanish text. @throws if there is none, so that no table is written without it. */
function spanishOf<Text>(texts: Readonly<Record<string, Text>>, key: string): Text {
  const text = texts[key]
  if (text === undefined)
    throw new Error(`expected the Spanish of ${key} in tools/generate/operating.es.yaml; found none`)
  return text
}

function errorTable(language: Language): string {
  const rows = Object.entries<ErrorEntry>(ERRORS).map(([name, { status, operator }]) => {
    const code = name as ErrorCode
    const task = operator === undefined || language === 'en' ? operator : spanishOf(SPANISH.operators, code)
    return `| \`${code}\` | ${status} | ${meaningOf(code, language)} | ${remedyOf(code, language)} | ${task ?? ''} |`
  })
  return [HEADS[language].errors, '|---|---|---|---|---|', ...rows].join('\n')
}

function spanishErrorTable(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[]
  const rows = codes.map((code) => `| \`${code}\` | ${meaningOf(code, 'es')} | ${remedyOf(code, 'es')} |`)
  return ['| código | significado | qué hacer |', '|---|---|---|', ...rows].join('\n')
}

function ruleTable(language: Language): string {
  const rows = RULES.map((rule) => {
    const { refuses, remedy } = language === 'en' ? textsOf(rule) : spanishOf(SPANISH.rules, rule.code)
    return `| \`${rule.code}\` | ${refuses} | ${remedy} |`
  })
  return [HEADS[language].rules, '|---|---|---|', ...rows].join('\n')
}

function settingTable(settings: Readonly<Record<string, OptionSpec>>, language: Language): string {
  const rows = Object.values(settings).map(({ flag, variable, meaning, isRequired, default: byDefault }) => {
    const remark = isRequired === true ? 'required' : byDefault
    const inBrackets = remark === undefined ? '' : ` (${helpText(String(remark), language)})`
    return `| \`--${flag}\` | \`${variable}\` | ${helpText(meaning, language)}${inBrackets} |`
  })
  return [HEADS[language].settings, '|---|---|---|', ...rows].join('\n')
}

function metricTable(language: Language): string {
  const rows = Object.values(METRICS).map(({ name, type, labels, help }) => {
    const by = labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${type} | ${by} | ${language === 'en' ? help : spanishOf(SPANISH.metrics, name)} |`
  })
  return [HEADS[language].metrics, '|---|---|---|---|', ...rows].join('\n')
}

/** Puts `body` between `<!-- name -->` and `<!-- /name -->`. Adds the marks at the end of a page that does not have them. */
function withSection(page: string, name: string, heading: string, body: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const section = `${open}\n${body}\n${close}`
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start >= 0 && end > start) return page.slice(0, start) + section + page.slice(end + close.length)
  return `${page.trimEnd()}\n\n## ${heading}\n\n${section}\n`
}

function operatingPage(language: Language): string {
  const sections = [
    ['gateway-settings', 'Settings of the gateway', settingTable(GATEWAY_SETTINGS, language)],
    ['node-settings', 'Settings of a national node', settingTable(NODE_SETTINGS, language)],
    ['metrics', 'Metrics', metricTable(language)],
    ['errors', 'Error codes', errorTable(language)],
    ['composition', 'What composition refuses', ruleTable(language)],
  ] as const
  const page = readOrEmpty(language === 'en' ? OPERATING : SPANISH_OPERATING) || '# Operating Istmo\n'
  return sections.reduce((text, [name, heading, body]) => withSection(text, name, heading, body), page)
}

function errorsPage(): string {
  const page = readOrEmpty(ERRORS_PAGE) || '# Códigos de error\n'
  return withSection(page, 'errors-es', 'Los códigos', spanishErrorTable())
}

function coveragePage(): string {
  return withSection(readOrEmpty(COVERAGE_PAGE), 'coverage', 'By law', coverageTable())
}

function mappingPage(): string {
  const page = readOrEmpty(MAPPING_PAGE) || '# Mappings\n'
  return withSection(
    withSection(page, 'mapping-keys', 'Keys of a rule', ruleKeyTable()),
    'mapping-fields',
    'Keys of the sections',
    fieldTables('en'),
  )
}

function spanishMappingPage(): string {
  return withSection(readOrEmpty(SPANISH_MAPPING_PAGE), 'mapping-fields', 'Claves de las secciones', fieldTables('es'))
}

async function generate(isCheck: boolean): Promise<boolean> {
  const domains = DOMAINS.map((domain) =>
    writeGenerated(`subgraphs/${domain}/domain.graphql`, domainSdl(domain), isCheck),
  )
  const supergraph = composeSupergraph()
  const others = [
    writeGenerated('supergraph.graphql', supergraph, isCheck),
    writeGenerated(OPERATING, operatingPage('en'), isCheck),
    writeGenerated(SPANISH_OPERATING, operatingPage('es'), isCheck),
    writeGenerated(ERRORS_PAGE, errorsPage(), isCheck),
    writeGenerated(COVERAGE_PAGE, coveragePage(), isCheck),
    writeGenerated(MAPPING_PAGE, mappingPage(), isCheck),
    writeGenerated(SPANISH_MAPPING_PAGE, spanishMappingPage(), isCheck),
    writeGenerated(MAPPING_SCHEMA, `${JSON.stringify(makeMappingSchema(), null, 1)}\n`, isCheck),
    writeGenerated('gateway/front/page/questions.js', graphiqlQuestions(), isCheck),
    writeGenerated('auditors/check-page.html', await buildCheckPage(), isCheck),
    ...Object.entries(await clientFiles(supergraph)).map(([name, text]) => writeGenerated(name, text, isCheck)),
  ]
  return ![...domains, ...others].includes(false)
}

await runCommand(GENERATE, process.argv.slice(2), async ({ check }) => {
  try {
    return (await generate(check)) ? 0 : 1
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
})

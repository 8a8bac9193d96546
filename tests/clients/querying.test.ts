import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { runSession, stepsOf } from '../docs/console-session.ts'
import { atPort, recipesOf } from './recipes.ts'
import { tokenHere } from './token.ts'
import { startTrustingGateway, type TrustingGateway } from './trusting-gateway.ts'

/** Runs every command and every file of docs/querying.md, as a developer who reads the page from top to bottom. */

/** The variables of the page's questions. */
const PERSON = { name: 'Erick Ramírez Guzmán', birthDate: '1974-07-10' }
const VARIABLES = { id: 'GT:P-000001', search: { name: PERSON.name }, searches: [PERSON], first: 5, countries: null }

const world = inject('world')
const token = await tokenHere()
const page = await readFile(join(PROJECT_DIR, 'docs/querying.md'), 'utf8')
const steps = stepsOf(page)
const recipes = recipesOf(page)

let desk: string
let outputs: readonly string[]
let trusting: TrustingGateway

beforeAll(async () => {
  desk = await mkdtemp(join(tmpdir(), 'istmo-querying-'))
  await symlink(join(PROJECT_DIR, 'contract'), join(desk, 'contract'))
  await symlink(world.home, join(desk, '.istmo'))
  await symlink(join(import.meta.dirname, 'node_modules'), join(desk, 'node_modules'))
  await writeFile(join(desk, 'package.json'), '{ "type": "module" }')
  for (const { name, text } of recipes) await writeFile(join(desk, name), atPort(text, world.port))
  // The commands take Debian's Python and the Node that runs this test.
  process.env.PATH = `${dirname(process.execPath)}:/usr/bin:${process.env.PATH}`
  const env = { ISTMO_HOME: world.home, PORT: String(world.port) }
  outputs = await runSession(
    steps.map(({ command }) => atPort(command, world.port)),
    desk,
    env,
  )
  trusting = await startTrustingGateway(world.home, join(desk, 'generated/persisted-documents.json'))
})
afterAll(async () => {
  await trusting?.end()
  await rm(desk, { recursive: true, force: true })
})

describe('docs/querying.md', () => {
  it.each(steps.map((step, at) => [step.command, step.output, at] as const))(
    'shows what comes of %s',
    (_, output, at) => {
      expect((outputs[at] ?? '').trimEnd()).toBe(output.trimEnd())
    },
  )

  it.each(blocksOf('graphql'))('has only questions that the demo answers: %s', async (query) => {
    const { status, body } = await ask({ query, variables: VARIABLES })
    expect([status, codesOf(body)]).toEqual([200, []])
  })

  it.each(blocksOf('').filter((text) => text.startsWith('Istmo-Mandate: ')))(
    'says what becomes of %s',
    async (text) => {
      const grounds = text.replace('Istmo-Mandate: ', '').trim()
      const { status, body } = await ask(
        { query: '{ person(id: "GT:P-000001") { id } }' },
        { 'istmo-mandate': grounds },
      )
      const covers = !grounds.includes('case=')
      expect([status, codesOf(body)]).toEqual(covers ? [200, []] : [403, ['MANDATE_NOT_COVERED']])
    },
  )
})

describe('a trusted document', () => {
  it.each(['trusted-apollo.js', 'trusted-urql.js'])('is answered by its id, with __typename: %s', async (name) => {
    const text = recipes.find((recipe) => recipe.name === name)?.text ?? ''
    await writeFile(join(desk, name), atPort(text, trusting.port))
    const [output] = await sessionOf(`node ${name}`)
    expect(output).toBe("{ __typename: 'PersonName', full: 'Erick Ramírez Guzmán' }\n")
  })

  it('is not answered if the client sends its own text', async () => {
    const text = recipes.find(({ name }) => name === 'trusted-apollo.js')?.text ?? ''
    const byText = atPort(text, trusting.port).replace('[byId, http]', '[http]')
    await writeFile(
      join(desk, 'by-text.js'),
      `${byText.replace(/^const \{ data.*/ms, '')}
const { error } = await client.query({ query: CasesDocument, variables, errorPolicy: 'all' })
console.log(error.errors[0].extensions.code)`,
    )
    expect(await sessionOf('node by-text.js')).toEqual(['DOCUMENT_NOT_TRUSTED\n'])
  })
})

describe('the types that graphql-codegen writes', () => {
  it('compile, and are those of the scalars in contract/client', async () => {
    const options = { module: 'esnext', moduleResolution: 'bundler', target: 'es2024', strict: true, noEmit: true }
    await writeFile(join(desk, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['use.ts'] }))
    await writeFile(
      join(desk, 'use.ts'),
      `import type { CasesQuery } from './generated/graphql'
       type Page = NonNullable<NonNullable<CasesQuery['person']>['cases']>
       export const reach = (page: Page): 'ANSWERED' | 'DENIED' | 'NOT_PUBLISHED' | 'TIMED_OUT' | 'UNAVAILABLE' | undefined =>
         page.outcomes[0]?.reach
       export const country = (page: Page): string | undefined => page.outcomes[0]?.country
       // @ts-expect-error: a code is a string, and not any value
       export const wrong = (page: Page): number | undefined => page.outcomes[0]?.country`,
    )
    const compiler = join(PROJECT_DIR, 'node_modules/.bin/tsc')
    expect(await sessionOf(`${compiler} -p . && echo compiled`)).toEqual(['compiled\n'])
  })
})

function sessionOf(command: string): Promise<readonly string[]> {
  return runSession([command], desk, { TOKEN: token })
}

function blocksOf(language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```/gms)].flatMap(([, of, text = '']) => (of === language ? [text] : []))
}

interface Body {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

const codesOf = ({ errors = [] }: Body): string[] => errors.map(({ extensions }) => extensions.code)

async function ask(body: object, headers: Record<string, string> = {}): Promise<{ status: number; body: Body }> {
  const response = await fetch(world.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

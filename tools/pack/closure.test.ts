import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findClosure, packageName, readReferences } from './closure.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-closure-'))
  const files = {
    'package.json': '{}',
    'a/main.ts': `import type { T } from './types.ts'\nimport { b } from '../b/b.ts'\nimport 'zod'\nconst version = new URL('../package.json', import.meta.url)`,
    'a/types.ts': '',
    'a/worker.ts': "import pg from 'pg'",
    'b/b.ts': `export * from './c.ts'\nconst page = join(import.meta.dirname, 'page')\nsiblingModule(import.meta, '../a/worker.ts')`,
    'b/c.ts': `const lazy = () => import('@scope/name/file')
const later = () => require('yaml').parse
const part = new URL(\`\${d}/x.graphql\`, import.meta.url)`,
    'b/page/index.html': '',
    'b/cases/x.graphql': '',
    'b/legal/x.graphql': '',
    'b/unused.ts': '',
    'broken/file.ts': "new URL('./none.sql', import.meta.url)",
    'broken/started.ts': "new Worker(new URL('./worker.ts', import.meta.url))",
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
})
afterAll(() => rm(root, { recursive: true }))

describe('findClosure', () => {
  it('finds the modules, files and packages that an entry needs, without those that it needs only for types', () => {
    expect(findClosure(root, ['a/main.ts'])).toEqual({
      modules: ['a/main.ts', 'a/worker.ts', 'b/b.ts', 'b/c.ts'],
      assets: ['b/cases/x.graphql', 'b/legal/x.graphql', 'b/page'],
      packages: ['@scope/name', 'pg', 'yaml', 'zod'],
      readPackages: [],
    })
  })

  it('rejects a file that does not exist', () => {
    expect(() => findClosure(root, ['broken/file.ts'])).toThrow(
      'broken/file.ts: names ./none.sql, which does not exist in the project',
    )
  })

  it('rejects a module that is named like a file, because its name differs in a pack', () => {
    expect(() => findClosure(root, ['broken/started.ts'])).toThrow('expected siblingModule(import.meta, …)')
  })
})

describe('readReferences', () => {
  it.each([
    ['createRequire(import.meta.url)'],
    ['if (import.meta.main) run()'],
    ["require.resolve('react/package.json')"],
  ])('understands %s', (text) => {
    expect(() => readReferences('a.ts', text)).not.toThrow()
  })

  it.each([
    ['const here = import.meta.dirname'],
    ['new URL(name, import.meta.url)'],
    ['join(import.meta.dirname, name)'],
    ["import.meta.resolve('react')"],
  ])('rejects %s, because it cannot know which file that is', (text) => {
    expect(() => readReferences('a.ts', text)).toThrow('a.ts: cannot tell which file import.meta names')
  })

  it('rejects an import if it cannot know which module that is', () => {
    expect(() => readReferences('a.ts', 'await import(name)')).toThrow('a.ts: expected a literal in import(…)')
  })
})

describe('packageName', () => {
  it.each([
    ['graphql', 'graphql'],
    ['yaml/util', 'yaml'],
    ['@apollo/server/plugin/disabled', '@apollo/server'],
  ])('returns for %s the package %s', (specifier, name) => {
    expect(packageName(specifier)).toBe(name)
  })
})

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildConsole, isConsoleBuilt } from './demo.ts'

it('builds the console again when one of its files has changed, or one that they import', () => {
  const root = mkdtempSync(join(tmpdir(), 'istmo-build-console-'))
  const folder = join(root, 'console')
  try {
    const write = (path: string, seconds: number, text = ''): void => {
      writeFileSync(join(root, path), text)
      utimesSync(join(root, path), seconds, seconds)
    }
    for (const name of ['console/src/shell', 'console/dist', 'contract/words']) {
      mkdirSync(join(root, name), { recursive: true })
    }
    write('console/src/shell/bar.tsx', 1_000, "const load = () => import('../../../contract/errors.ts')")
    write(
      'contract/errors.ts',
      1_000,
      "export { WORDS } from './words/words.ts'\nimport text from './schema.graphql?raw'",
    )
    for (const path of ['contract/words/words.ts', 'contract/schema.graphql', 'contract/other.ts']) write(path, 1_000)
    for (const name of ['src', 'src/shell']) utimesSync(join(folder, name), 1_000, 1_000)
    expect(isConsoleBuilt(folder)).toBe(false)
    write('console/dist/index.html', 2_000)
    expect(isConsoleBuilt(folder)).toBe(true)
    write('contract/other.ts', 3_000)
    expect(isConsoleBuilt(folder)).toBe(true)
    for (const path of ['contract/words/words.ts', 'contract/schema.graphql']) {
      write(path, 3_000)
      expect(isConsoleBuilt(folder), path).toBe(false)
      write(path, 1_000)
    }
    write('console/src/shell/bar.tsx', 3_000)
    expect(isConsoleBuilt(folder)).toBe(false)
  } finally {
    rmSync(root, { recursive: true })
  }
})

it('builds what officers get, also where NODE_ENV says «test»', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'istmo-build-console-'))
  const environments: unknown[] = []
  try {
    const run = async ({ args, env }: { readonly args: readonly string[]; readonly env: object }): Promise<void> => {
      environments.push(env)
      mkdirSync(join(folder, args[args.indexOf('--outDir') + 1] ?? ''))
    }
    await buildConsole({ run }, folder)
    expect(environments).toEqual([{ NODE_ENV: 'production' }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

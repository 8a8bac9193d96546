import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildConsole, isConsoleBuilt } from './build-console.ts'

it('builds the console again when one of its files has changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istmo-build-console-'))
  try {
    const write = (path: string, seconds: number): void => {
      writeFileSync(join(folder, path), '')
      utimesSync(join(folder, path), seconds, seconds)
    }
    mkdirSync(join(folder, 'src/shell'), { recursive: true })
    write('src/shell/bar.tsx', 1_000)
    for (const name of ['src', 'src/shell']) utimesSync(join(folder, name), 1_000, 1_000)
    expect(isConsoleBuilt(folder)).toBe(false)
    mkdirSync(join(folder, 'dist'))
    write('dist/index.html', 2_000)
    expect(isConsoleBuilt(folder)).toBe(true)
    write('src/shell/bar.tsx', 3_000)
    expect(isConsoleBuilt(folder)).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
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

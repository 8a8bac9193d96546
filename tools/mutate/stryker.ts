import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPackages } from '../install-packages.ts'
import type { TestedMutant } from './mutant.ts'
import { TEST_ENVIRONMENT } from './rooms.ts'

/** What one run of Stryker mutates, and for how long. */
export interface Run {
  /** Path of the checkout. Stryker works on a copy. */
  readonly root: string
  /** Globs of the files to mutate, or `file:line-line`. */
  readonly sources: readonly string[]
  /** Globs of the tests. */
  readonly tests: readonly string[]
  /** Ends the run after this number of seconds; undefined for no limit. */
  readonly seconds: number | undefined
  /** The share of the mutants to test, from 0 to 1. */
  readonly sample: number
  readonly seed: number
  /** Whether to pass Stryker's own output on to standard error. */
  readonly isVerbose: boolean
}

/** The result of one run. */
export interface RunResult {
  readonly mutants: readonly TestedMutant[]
  /** Whether time ran out before all mutants were tested. */
  readonly isCutShort: boolean
}

/**
 * Runs Stryker and collects the mutants that it tested. The first run installs it (package.json in this folder).
 *
 * @throws {Error} if Stryker fails, for example because a test fails without any mutant. The message contains its output.
 */
export async function runStryker(run: Run): Promise<RunResult> {
  installPackages(import.meta.dirname)
  const folder = mkdtempSync(join(tmpdir(), 'mutate-'))
  try {
    // Stryker links the checkout’s node_modules into its copy, but not if node_modules is itself a link, as in a second worktree.
    symlinkSync(realpathSync(join(run.root, 'node_modules')), join(folder, 'node_modules'))
    const configFile = join(folder, 'stryker.config.json')
    const results = join(folder, 'results.jsonl')
    writeFileSync(configFile, JSON.stringify(configure(run, join(folder, 'sandbox'))))
    const { code, isCutShort, output } = await runProcess(configFile, run, {
      ...TEST_ENVIRONMENT,
      ISTMO_MUTATE_RESULTS: results,
      ISTMO_MUTATE_SAMPLE: String(run.sample),
      ISTMO_MUTATE_SEED: String(run.seed),
      ISTMO_MUTATE_TESTS: JSON.stringify(run.tests),
    })
    if (code !== 0 && !isCutShort) throw new Error(`Stryker ended with code ${code}:\n${output}`)
    return { mutants: existsSync(results) ? parseLines(readFileSync(results, 'utf8')) : [], isCutShort }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function configure({ sources }: Run, sandbox: string): object {
  return {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('plugins.ts', import.meta.url))],
    // TypeScript 7 has no `parseConfigFileTextToJson`, which Stryker calls if it finds this file. It does not need the file.
    tsconfigFile: 'none.json',
    mutate: [...sources, '!**/*.test.ts', '!**/testing.ts'],
    coverageAnalysis: 'perTest',
    // With `related`, vitest would add each test that imports the room indirectly.
    vitest: { configFile: 'tools/mutate/vitest.config.ts', related: false },
    checkers: ['sample'],
    reporters: ['lines'],
    concurrency: 1,
    timeoutMS: 5000,
    tempDirName: sandbox,
    allowEmpty: false,
  }
}

interface Ended {
  readonly code: number | null
  readonly isCutShort: boolean
  readonly output: string
}

function runProcess(configFile: string, run: Run, environment: Readonly<Record<string, string>>): Promise<Ended> {
  const manifest = createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json')
  const child = spawn(process.execPath, [join(manifest, '../bin/stryker.js'), 'run', configFile], {
    cwd: run.root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a process group of its own, so that its workers end with it.
    detached: true,
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (run.isVerbose) process.stderr.write(chunk)
    })
  }
  const endGroup = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  return new Promise((resolve, reject) => {
    let isCutShort = false
    const cut = (): void => {
      isCutShort = true
      endGroup()
    }
    const timer = run.seconds === undefined ? undefined : setTimeout(cut, run.seconds * 1000)
    // Ctrl-C does not reach another process group. The results so far are still reported.
    const signals = ['SIGINT', 'SIGTERM'] as const
    for (const signal of signals) process.once(signal, cut)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      for (const signal of signals) process.off(signal, cut)
      resolve({ code, isCutShort, output: Buffer.concat(chunks).toString() })
    })
  })
}

/** Reads the lines of the reporter. Skips the last one, which may be incomplete if the run was interrupted. */
function parseLines(text: string): readonly TestedMutant[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { AUDIT_COMMANDS_WITH_PLANNER, runAuditWithPlanner } from '../auditors/run-with-planner.ts'

const PROJECT = join(import.meta.dirname, '..')

/** Runs the launcher with these arguments, on the Node.js that runs the tests. */
function istmo(...args: string[]) {
  const child = spawn(process.execPath, [join(PROJECT, 'demo/istmo.js'), ...args], { cwd: PROJECT })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return { child, stdout: () => stdout, stderr: () => stderr }
}

describe('each command of istmo', () => {
  // The other commands are those of an installation, whose help `tests/national-start/help.test.ts` reads.
  it.each(['gateway', 'policy test', 'import', 'generate-records', 'token'])('answers --help: %s', async (name) => {
    const { child, stdout, stderr } = istmo(...name.split(' '), '--help')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(stderr()).toBe('')
    expect(stdout()).toMatch(new RegExp(`^Usage: istmo ${name}(.|\\n)*--help +show this help`))
  })

  it('names its environment variables, its defaults and the profiles', async () => {
    const help = async (command: string) => {
      const { child, stdout } = istmo(command, '--help')
      await once(child, 'close')
      return stdout().replaceAll(/\s+/g, ' ')
    }
    expect(await help('gateway')).toContain('default: 4000; environment: PORT)')
    expect(await help('node')).toContain('environment: COUNTRY)')
    const token = await help('token')
    expect(token).toContain('hit-only officer of GT-MP-DICRI')
    expect(token).toContain('one of those below; without it, the command lists them and ends with an error')
  })
})

describe('istmo audit', () => {
  // A command that only has others below it prints no document.
  const paths = Object.keys(AUDIT_COMMANDS_WITH_PLANNER).flatMap((name) =>
    name === 'reveal' ? ['reveal key', 'reveal request', 'reveal open'] : [name],
  )
  it.each(paths)('answers --help of %s', async (path) => {
    let out = ''
    const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => undefined } }
    expect(await runAuditWithPlanner([...path.split(' '), '--help'], streams)).toBe(0)
    expect(out).toContain(`Usage: istmo audit ${path} [options]`)
    expect(out).toMatch(/--json +print (one JSON document|each difference)(.|\n)*Exit codes:/)
  })
})

const GATEWAY = 'gateway --development --supergraph supergraph.graphql --countries countries --port 0 --anonymous'

/** Returns the arguments of a witness whose key and heads are in this folder. */
async function witnessIn(folder: string): Promise<string> {
  const key = join(folder, 'witness.key')
  await writeFile(key, generateSignerKey('witness.example/w', SIGNATURE_TYPES.cosignature), { mode: 0o600 })
  const log = parseSignerKey(generateSignerKey('istmo.example/a', SIGNATURE_TYPES.ed25519)).verifier.vkey
  return `witness --key ${key} --folder ${join(folder, 'heads')} --log ${log} --port 0`
}

describe('istmo gateway', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-command-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('prints where it listens, and exits with 0 on SIGTERM', async () => {
    const { child, stderr } = istmo(
      'gateway',
      '--development',
      '--supergraph',
      'supergraph.graphql',
      '--countries',
      'countries',
      '--port',
      '0',
      '--anonymous',
    )
    const early = once(child, 'close').then(() => Promise.reject(new Error(`expected a line; came: ${stderr()}`)))
    const [line] = await Promise.race([once(child.stdout, 'data'), early])
    const url = /Istmo listens on (http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(String(line))?.[1]
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  // npm runs a command in a shell, which ends with npm and passes no signal on. The launcher is the same for all commands, and a witness starts sooner.
  it.each([
    ['npm by SIGTERM', 'SIGTERM', 'exec sh -c "$COMMAND; true"', GATEWAY],
    ['npm and leaves its shell', 'SIGKILL', 'sh -c "$COMMAND; true"; true', 'witness'],
  ] as const)('does not go on listening when somebody ends %s', async (_, signal, script, command) => {
    const started = command === GATEWAY ? command : await witnessIn(folder)
    const COMMAND = `${process.execPath} ${join(PROJECT, 'demo/istmo.js')} ${started}`
    const npm = spawn('sh', ['-c', script], {
      cwd: PROJECT,
      env: { ...process.env, npm_command: 'exec', COMMAND },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line] = await once(npm.stdout, 'data')
    const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(String(line))?.[1]
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    npm.kill(signal)
    while (await fetch(`${url}/health/ready`).then(Boolean, () => false)) await sleep(100)
  })

  it.each([
    ['a setting that is wrong', ['gateway', '--supergraph', 'x', '--port', 'abc'], 2, /--port \(PORT\): expected/],
    [
      'a flag that does not exist',
      ['gateway', '--supergraf', 'x'],
      2,
      /unknown option '--supergraf'. Did you mean --supergraph/,
    ],
    ['a profile that does not exist', ['token', 'king'], 2, /<profile>: expected one of analyst, .*; came "king"/],
    [
      'a gateway that is not safe for real records',
      [
        'gateway',
        '--supergraph',
        'supergraph.graphql',
        '--countries',
        'countries',
        '--anonymous',
        '--graphiql',
        '--host',
        '0.0.0.0',
      ],
      2,
      /--host 0\.0\.0\.0 is reached .*\n- there is no audit log.*\n- a caller without a token .*\n.*--leg-key.*\n.*GraphiQL(.|\n)*--development/,
    ],
    [
      'a node that is not safe for real records',
      [
        'node',
        '--country',
        'HN',
        '--domains',
        'cases',
        '--port',
        '0',
        '--host',
        '::',
        '--gateway-jwks',
        'http://istmo.sica.int/jwks',
      ],
      2,
      /--host :: is reached .*\n- the key set of the gateway goes over plain HTTP.*\n- there is no audit log(.|\n)*--development/,
    ],
    ['a node without a country', ['node', '--domains', 'cases'], 2, /--country \(COUNTRY\): expected .*; came nothing/],
    ['an import of nothing', ['import', 'nothing'], 2, /<name>: expected one of iccs, treaties/],
    ['a command that does not exist', ['gatewy'], 2, /unknown command 'gatewy'. Did you mean gateway\?/],
  ])('exits with a code and a reason for %s', async (_, args, code, reason) => {
    const { child, stderr } = istmo(...args)
    expect(await once(child, 'close')).toEqual([code, null])
    expect(stderr()).toMatch(reason)
  })
})

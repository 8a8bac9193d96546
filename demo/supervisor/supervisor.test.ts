import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { speaking } from '../../service/lang-option.ts'
import { takePort } from '../../tests/ports.ts'
import { PROJECT_DIR } from '../config.ts'
import { parseControlArguments } from '../control.ts'
import { sendCommand, serveControl } from './control-socket.ts'
import { createSlots } from './countries.ts'
import { checkPortsFree, greetingText, lockHome } from './demo.ts'
import { databaseName } from './fill.ts'
import { parseStartOptions } from './options.ts'
import { awaitLeftovers, createProcesses, type Processes, type ProcessesSettings } from './processes.ts'
import { adaptFile } from './run-files.ts'
import { createTerminal } from './terminal.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'istmo-supervisor-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function program(name: string, code: string): Promise<string> {
  const path = join(dir, `${name}.mjs`)
  await writeFile(path, code)
  return path
}

const SERVING = `import { createServer } from 'node:http'
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')`

describe('the lock of a home folder', () => {
  it('has one holder, and is free again after its release', async () => {
    const home = { dir, lock: join(dir, 'lock.db') }
    const held = await lockHome(home)
    await expect(lockHome(home)).rejects.toThrow(
      new RegExp(`a demo runs in .* already, process ${process.pid}: stop it first .* ISTMO_HOME=`),
    )
    held.release()
    ;(await lockHome(home)).release()
  })
})

describe('the children', () => {
  const unexpected: string[] = []

  function make(overrides: Partial<ProcessesSettings> = {}): Processes {
    return createProcesses({
      logs: dir,
      pids: join(dir, 'pids.json'),
      codeCache: join(dir, 'cache'),
      prepared: join(dir, 'prepared'),
      onUnexpectedEnd: (child, exit) => unexpected.push(`${child.name} ${exit.signal ?? exit.code}`),
      onSlow: (text) => unexpected.push(text),
      ...overrides,
    })
  }

  it('are ready when they answer, and their process ids are in a file while they run', async () => {
    const processes = make()
    const free = await takePort()
    const path = await program('ready', SERVING.replace('listen(0', `listen(${free}`))
    await processes.serve({ name: 'ready', args: [path], env: {}, readyUrl: `http://127.0.0.1:${free}/` })
    expect(processes.isRunning('ready')).toBe(true)
    expect(JSON.parse(await readFile(join(dir, 'pids.json'), 'utf8'))).toEqual({ ready: expect.any(Number) })
    await processes.stop('ready')
    expect(processes.isRunning('ready')).toBe(false)
    expect(JSON.parse(await readFile(join(dir, 'pids.json'), 'utf8'))).toEqual({})
    expect(unexpected).toEqual([])
  })

  it('that end before they are ready are reported with the end of their log', async () => {
    const path = await program('failing', `console.error('the disk is full'); process.exit(3)`)
    const spec = { name: 'failing', args: [path], env: {}, readyUrl: 'http://127.0.0.1:1/' }
    await expect(make().serve(spec)).rejects.toThrow(/failing did not start: exit code 3[\s\S]*the disk is full/)
  })

  it('that are slow are waited for, and who waits is told how busy the machine is', async () => {
    const free = await takePort()
    const serving = SERVING.replace('listen(0', `listen(${free}`)
    const path = await program('slow', `await new Promise((resolve) => setTimeout(resolve, 1_000))\n${serving}`)
    const told: string[] = []
    const patience = { readyWithinMs: 600_000, tellAfterMs: 200 }
    const processes = make({ patience, onSlow: (text) => told.push(text) })
    await processes.serve({ name: 'slow', args: [path], env: {}, readyUrl: `http://127.0.0.1:${free}/` })
    await processes.stop('slow')
    expect(told[0]).toMatch(
      /^slow does not answer after \d+ s\. On average [\d.]+ programs wanted one of .* \d+ processors/,
    )
  })

  it('that never answer are given up at last, with how busy the machine is and what to do', async () => {
    const path = await program('silent', 'setInterval(() => {}, 1_000)')
    const processes = make({ patience: { readyWithinMs: 300, tellAfterMs: 600_000 } })
    const spec = { name: 'silent', args: [path], env: {}, readyUrl: 'http://127.0.0.1:1/' }
    await expect(processes.serve(spec)).rejects.toThrow(
      /no answer from \S+ within 0 s\. On average .* GB of memory are free\. End other programs, or start with fewer records: npm start -- /,
    )
    await processes.stopAll()
  })

  it('that end by themselves are reported', async () => {
    const free = await takePort()
    const path = await program(
      'short',
      `${SERVING.replace('listen(0', `listen(${free}`)}; process.on('SIGUSR2', () => process.exit(7))`,
    )
    const told = Promise.withResolvers<string>()
    const processes = make({ onUnexpectedEnd: (child, exit) => told.resolve(`${child.name} ${exit.code}`) })
    await processes.serve({ name: 'short', args: [path], env: {}, readyUrl: `http://127.0.0.1:${free}/` })
    const { short } = JSON.parse(await readFile(join(dir, 'pids.json'), 'utf8')) as { short: number }
    process.kill(short, 'SIGUSR2')
    expect(await told.promise).toBe('short 7')
  })

  it('cannot start after all were stopped', async () => {
    const processes = make()
    await processes.stopAll()
    await expect(processes.run({ name: 'late', args: ['-e', ''], env: {} })).rejects.toThrow(/stopping/)
  })

  it.each([
    ['even one that ignores signals', 'deaf', ''],
    [
      'even one that still loads what NODE_OPTIONS names',
      'early',
      'while (process.connected) await new Promise((resolve) => setTimeout(resolve, 20))',
    ],
  ])('end when the supervisor is killed, %s', async (_, name, first) => {
    const path = await program(name, `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`)
    const options = `${process.env.NODE_OPTIONS ?? ''} --import=${await program(`${name}-first`, first)}`.trim()
    const pids = join(dir, `${name}-orphans.json`)
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `import('./demo/supervisor/processes.ts').then((m) => {
        const p = m.createProcesses({ logs: ${JSON.stringify(dir)}, pids: ${JSON.stringify(pids)}, codeCache: ${JSON.stringify(dir)}, onUnexpectedEnd() {} })
        p.run({ name: 'child', args: [${JSON.stringify(path)}], env: { NODE_OPTIONS: ${JSON.stringify(options)} } }); console.log('up') })`,
      ],
      { cwd: PROJECT_DIR, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(parent.stdout, 'data')
    const { child } = JSON.parse(await readFile(pids, 'utf8')) as { child: number }
    expect(process.kill(child, 0)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await awaitLeftovers(pids)
    expect(() => process.kill(child, 0)).toThrow(/ESRCH/)
  })

  it.runIf(process.platform === 'linux')(
    'are not mistaken for another process that has received their id',
    async () => {
      const pids = join(dir, 'recycled.json')
      await writeFile(pids, JSON.stringify({ HN: process.ppid, gateway: 1 }))
      const before = performance.now()
      await awaitLeftovers(pids)
      // To wait for them would take ten seconds.
      expect(performance.now() - before).toBeLessThan(8_000)
    },
  )
})

describe('the control socket', () => {
  it('carries a command to the demo and the reply back, only for the owner', async () => {
    const path = join(dir, 'control.sock')
    const server = await serveControl(path, async ({ action, country }) => ({
      done: true,
      message: `${action} ${country}`,
    }))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await sendCommand(path, { action: 'stop', country: 'HN' })).toEqual({ done: true, message: 'stop HN' })
    server.close()
    await once(server, 'close')
    await expect(sendCommand(path, { action: 'stop', country: 'HN' })).rejects.toThrow(/no demo runs here/)
  })

  it('replaces a socket that a killed demo left behind', async () => {
    const path = join(dir, 'stale.sock')
    await writeFile(path, '')
    const server = await serveControl(path, async () => ({ done: true, message: 'new' }))
    expect((await sendCommand(path, { action: 'start', country: 'HN' })).message).toBe('new')
    server.close()
  })

  it.each([
    [
      ['stop', 'XX'],
      /expected one of the demo’s countries \(GT, HN, PA, SV, UN\); Ctrl-C .* ends all of it; came "XX"/,
    ],
    [['stop'], /came nothing/],
    [['stop', 'HN', 'GT'], /came "HN GT"/],
    [['kill', 'HN'], /expected stop or start; came kill/],
  ])('%j is not a command', (args, message) => {
    expect(() => parseControlArguments(args)).toThrow(message)
  })
})

describe('the ports', () => {
  it('that are taken are reported with the remedy', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const free = await takePort()
    const ports = new Map([
      [port, 'gateway'],
      [free, 'GT'],
    ])
    await expect(checkPortsFree(ports)).rejects.toThrow(new RegExp(`port ${port} \\(gateway\\)\\. End .* PORT=`))
    taken.close()
    await once(taken, 'close')
    await checkPortsFree(ports)
  })

  it('of the participants move with the base, and nothing else does', () => {
    const text = `# kept
country: HN
domains:
  cases: { url: http://127.0.0.1:4002/cases, deadlineMs: 4002 }
  legal:
    url: http://127.0.0.1:4002/legal # kept too
`
    const moved = adaptFile(text, 5100, 'ca.pem', {})
    const tls = { ca: 'ca.pem' }
    expect(parse(moved)).toEqual({
      country: 'HN',
      domains: {
        cases: { url: 'https://127.0.0.1:5102/cases', deadlineMs: 4002, tls },
        legal: { url: 'https://127.0.0.1:5102/legal', tls },
      },
    })
    expect(moved).toMatch(/# kept\n[\s\S]*# kept too/)
    expect(parse(adaptFile(text, 4000, 'ca.pem', {})).domains.legal.url).toBe('https://127.0.0.1:4002/legal')
  })
})

describe('the options of npm start', () => {
  it('are read', () => {
    expect(parseStartOptions(['--persons', '10', '--cases=0', '--seed', '7', '--data', 'x'])).toEqual({
      persons: 10,
      cases: 0,
      seed: 7,
      publicDataDir: 'x',
    })
    expect(parseStartOptions([])).toEqual({})
  })

  it.each([
    [['--persons', 'many'], /--persons: expected a whole number from 0 to 10000000; came "many"/],
    [['--persons', '99999999'], /came "99999999"/],
    [['--size', '1'], /--size[\s\S]*npm start/],
    [['now'], /now/],
  ])('%j is rejected', (args, message) => {
    expect(() => parseStartOptions(args)).toThrow(message)
  })
})

describe('small things', () => {
  it('slots run no more tasks at a time than their number', async () => {
    const inSlot = createSlots(2)
    let now = 0
    let most = 0
    const results = await Promise.allSettled(
      Array.from({ length: 7 }, (_, index) =>
        inSlot(async () => {
          most = Math.max(most, ++now)
          await new Promise((resolve) => setImmediate(resolve))
          now--
          if (index === 3) throw new Error('one fails')
          return index
        }),
      ),
    )
    expect(most).toBe(2)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(6)
  })

  it('a country’s database has a plain name', () => {
    expect(databaseName('GT')).toBe('istmo_gt')
    expect(() => databaseName('g"t')).toThrow(/country code/)
  })

  it('is in Spanish for a terminal that speaks Spanish, all but what is typed', async () => {
    const text = await speaking(['--lang', 'es'], async () => greetingText(4000, ['GT', 'HN', 'PA', 'SV', 'UN']))
    expect(text.split('\n').slice(0, 2)).toEqual(['', '  http://127.0.0.1:4000/'])
    expect(text).toContain('Responden GT, HN, PA, SV, UN.')
    expect(text).not.toMatch(/\b(?:the|of|for|and)\b/)
  })

  it('progress overwrites its line on a terminal, and is not written to a file', () => {
    const tty: string[] = []
    const terminal = createTerminal({ isTTY: true, columns: 12, write: (text) => tty.push(text) })
    terminal.progress('GT 1000 of 2000 rows')
    terminal.line('done')
    expect(tty.join('')).toBe('GT 1000 of \r\u001b[2Kdone\n')
    const file: string[] = []
    createTerminal({ write: (text) => file.push(text) }).progress('GT')
    expect(file).toEqual([])
  })
})

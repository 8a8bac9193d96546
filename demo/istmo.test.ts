import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const PROJECT = join(import.meta.dirname, '..')

/** The launcher with these arguments, on the Node.js that runs the tests. */
function istmo(...args: string[]) {
  const child = spawn(process.execPath, [join(PROJECT, 'demo/istmo.js'), ...args], { cwd: PROJECT })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return { child, stderr: () => stderr }
}

describe('istmo gateway', () => {
  it('says where it listens, and ends with 0 on SIGTERM', async () => {
    const { child, stderr } = istmo(
      'gateway',
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

  it.each([
    ['a setting that is wrong', ['gateway', '--supergraph', 'x', '--port', 'abc'], 2, /--port \(PORT\): expected/],
    [
      'a flag that is not there',
      ['gateway', '--supergraf', 'x'],
      2,
      /unknown option '--supergraf'. Did you mean --supergraph/,
    ],
    ['a profile that is not there', ['token', 'king'], 2, /<profile>: expected one of analyst, .*; came "king"/],
    ['a node without a country', ['node', '--domains', 'cases'], 2, /--country \(COUNTRY\): expected .*; came nothing/],
    ['an import of nothing', ['import', 'nothing'], 2, /<name>: expected one of iccs, treaties/],
    ['a command that is not there', ['gatewy'], 2, /unknown command 'gatewy'. Did you mean gateway\?/],
  ])('ends with an exit code and a reason on %s', async (_, args, code, reason) => {
    const { child, stderr } = istmo(...args)
    expect(await once(child, 'close')).toEqual([code, null])
    expect(stderr()).toMatch(reason)
  })
})

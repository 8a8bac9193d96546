import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** A command that says whether graphql-js looks for a second copy of itself. It then throws at what only looks like one of its types. */
const PROGRAM = `
  const { runIstmo } = await import('./cli/program.ts')
  const run = async () => {
    const { isObjectType } = await import('graphql')
    try {
      isObjectType({ [Symbol.toStringTag]: 'GraphQLObjectType' })
      console.log('production')
    } catch {
      console.log('development')
    }
  }
  await runIstmo([{ name: 'look', description: 'look', run }])
`

async function runWith(environment: Readonly<Record<string, string>>): Promise<string> {
  const { NODE_ENV: _, ...env } = process.env
  const options = { cwd: `${import.meta.dirname}/..`, env: { ...env, ...environment } }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, 'istmo', 'look'],
    options,
  )
  return stdout
}

it('loads graphql-js for production, unless NODE_ENV says otherwise', async () => {
  expect(await runWith({})).toBe('production\n')
  expect(await runWith({ NODE_ENV: 'development' })).toBe('development\n')
})

it('ends without a word when nobody reads what it prints, as every command behind `| head` does', async () => {
  const command = '"$0" cli/istmo.js --help | true; echo "$PIPESTATUS"'
  const options = { cwd: `${import.meta.dirname}/..` }
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command, process.execPath], options)
  expect({ code: stdout, stderr }).toEqual({ code: '141\n', stderr: '' })
})

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const NODE_FLAGS = ['--country', 'HN', '--domains', 'cases', '--port', '0', '--gateway-jwks', 'none.json']

// Each start ends at a file that cannot be used, after the settings were read.
it.each([
  ['gateway', ['--supergraph', 'package.json', '--anonymous'], 'MAX_DEPHT', 'MAX_DEPTH'],
  [
    'node',
    [...NODE_FLAGS, '--audit-log-dir', 'none', '--audit-log-key', 'none', '--audit-log-ref-keys', 'none'],
    'DATABASE_FOLDR',
    'DATABASE_FOLDER',
  ],
  ['authority', ['--config', 'none.yaml'], 'DATABSE_URL', 'DATABASE_URL'],
])('%s warns at its start of a variable that is almost a setting', (process_, flags, name, meant) => {
  const env = { ...process.env, [name]: '1' }
  const { stdout, stderr, status } = spawnSync(process.execPath, ['cli/istmo.ts', process_, ...flags], {
    env,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stdout + stderr).toContain(`the variable ${name} is not a setting; did you mean ${meant}?`)
})
